package dev.bulkhead.operator.escape;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes bytes to a server and reads its answer, on a connection of its own each time. No client library: they tidy paths,
 * and refuse to send what has to be sent here.
 *
 * <p>Each request runs on a virtual thread, whose socket an interrupt closes: so a server that sends a byte now and then
 * holds nobody longer than the limit.
 */
final class RawHttp implements AutoCloseable {
    /** More of an answer is not read: what is looked for is small. */
    private static final int MOST_BYTES = 4 << 20;

    private final URI endpoint;
    private final SSLSocketFactory tls;
    private final Duration limit;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * For one server.
     *
     * @param tls trusts the server's certificate; its name is held against the endpoint's host as well
     * @param limit for a request from beginning to end
     */
    RawHttp(URI endpoint, SSLSocketFactory tls, Duration limit) {
        this.endpoint = endpoint;
        this.tls = tls;
        this.limit = limit;
    }

    /** The value of the Host header. */
    String host() {
        return endpoint.getPort() < 0 ? endpoint.getHost() : endpoint.getHost() + ":" + endpoint.getPort();
    }

    /**
     * Sends them.
     *
     * @param head whether the answer has no body, whatever its headers say
     * @return {@link RawAnswer#none} where the server closes the connection without an answer, or gives none in time
     * @throws IOException when there is no connection to the server at all
     */
    RawAnswer send(byte[] request, boolean head) throws IOException, InterruptedException {
        Future<RawAnswer> answer = threads.submit(() -> exchange(request, head));
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return RawAnswer.none();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private RawAnswer exchange(byte[] request, boolean head) throws IOException {
        try (Socket socket = open()) {
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
                return read(new BufferedInputStream(socket.getInputStream()), head);
            } catch (IOException e) {
                return RawAnswer.none(); // many servers close at once what they cannot read
            }
        }
    }

    private Socket open() throws IOException {
        boolean encrypted = "https".equals(endpoint.getScheme());
        int port = endpoint.getPort() >= 0 ? endpoint.getPort() : encrypted ? 443 : 80;
        int millis = (int) Math.min(limit.toMillis(), Integer.MAX_VALUE);
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(endpoint.getHost(), port), millis);
            plain.setSoTimeout(millis);
            plain.setTcpNoDelay(true);
            return encrypted ? encrypted(plain, port) : plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private Socket encrypted(Socket plain, int port) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, endpoint.getHost(), port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (endpoint.getHost().chars().anyMatch(Character::isLetter)
                && !endpoint.getHost().contains(":")) {
            parameters.setServerNames(List.of(new SNIHostName(endpoint.getHost())));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static RawAnswer read(InputStream in, boolean head) throws IOException {
        String line = line(in);
        if (line == null || !line.startsWith("HTTP/1.") || line.length() < 12) {
            return RawAnswer.none();
        }
        int status;
        try {
            status = Integer.parseInt(line.substring(9, 12));
        } catch (NumberFormatException e) {
            return RawAnswer.none();
        }
        Map<String, String> headers = headers(in);
        if (status < 200) {
            return read(in, head);
        }
        return new RawAnswer(status, headers, head || status == 204 || status == 304 ? "" : body(in, headers));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
        }
        return headers;
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return chunks(in);
        }
        int length = MOST_BYTES;
        try {
            length = Math.min(
                    MOST_BYTES, Integer.parseInt(headers.getOrDefault("content-length", String.valueOf(MOST_BYTES))));
        } catch (NumberFormatException e) {
            // To the end of the connection.
        }
        return text(in.readNBytes(Math.max(0, length)));
    }

    private static String chunks(InputStream in) throws IOException {
        StringBuilder body = new StringBuilder();
        while (body.length() < MOST_BYTES) {
            String line = line(in);
            if (line == null) {
                break;
            }
            int length;
            try {
                length = Integer.parseInt(line.replaceFirst(";.*", "").trim(), 16);
            } catch (NumberFormatException e) {
                break;
            }
            if (length <= 0) {
                break;
            }
            body.append(text(in.readNBytes(Math.min(length, MOST_BYTES))));
            line(in);
        }
        return body.toString();
    }

    /** Without its end; null at the end of the connection. */
    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r' && line.length() < MOST_BYTES) {
                line.append((char) b);
            }
        }
        return line.isEmpty() ? null : line.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Waits for nobody: what is under way is cut off. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
