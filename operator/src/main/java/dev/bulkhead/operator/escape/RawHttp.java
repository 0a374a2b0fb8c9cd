package dev.bulkhead.operator.escape;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes bytes to a server and reads its answer. No client library: they tidy paths, and refuse to send what has to be sent
 * here. An attempt has a connection of its own: what a server makes of odd bytes must not touch the next answer. Requests
 * that any client would send share connections, as a TLS handshake takes longer than they do.
 *
 * <p>Each request runs on a virtual thread, whose socket an interrupt closes: so a server that sends a byte now and then
 * holds nobody longer than the limit. Whatever is larger than an S3 server has reason to send is no answer.
 */
final class RawHttp implements AutoCloseable {
    private static final int MOST_BODY_BYTES = 4 << 20;
    private static final int MOST_LINE_BYTES = 16 << 10;
    private static final int MOST_HEADERS = 100;
    private static final int MOST_INTERIM_ANSWERS = 5;
    private static final int MOST_CHUNK_DIGITS = 7;
    private static final int MOST_KEPT = 4;

    /** Servers close a connection that nothing is asked on, and none of them so soon. */
    private static final Duration KEPT_FOR = Duration.ofSeconds(1);

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9]{2})(?: .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");

    private final URI endpoint;
    private final SSLSocketFactory tls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Line> kept = new ArrayDeque<>();

    /** A connection, and when its last answer had come. */
    private record Line(Socket socket, InputStream in, long nanos) {
        boolean isFresh() {
            return System.nanoTime() - nanos < KEPT_FOR.toNanos();
        }
    }

    /**
     * For one server.
     *
     * @param tls trusts the server's certificate; its name is held against the endpoint's host as well
     */
    RawHttp(URI endpoint, SSLSocketFactory tls) {
        this.endpoint = endpoint;
        this.tls = tls;
    }

    /** The value of the Host header. */
    String host() {
        return endpoint.getPort() < 0 ? endpoint.getHost() : endpoint.getHost() + ":" + endpoint.getPort();
    }

    /**
     * Sends them on a connection of their own.
     *
     * @param request asks the server to close the connection
     * @param limit from beginning to end
     * @return {@link RawAnswer#none} where the server closes the connection before its answer is whole, gives none in time,
     *     or one that is no HTTP or too large
     * @throws UnclearException when there is no connection to the server at all
     */
    RawAnswer send(byte[] request, Duration limit) throws IOException, InterruptedException {
        return within(limit, () -> {
            try (Socket socket = open(limit)) {
                return exchange(request, new Line(socket, new BufferedInputStream(socket.getInputStream()), 0), false);
            }
        });
    }

    /**
     * Sends a request such as any client would on a connection that others were answered on, where there is one.
     *
     * @return as {@link #send}
     * @throws UnclearException as {@link #send}
     */
    RawAnswer ask(byte[] request, Duration limit) throws IOException, InterruptedException {
        return within(limit, () -> {
            Line line = kept();
            if (line != null && !wasClosed(request, line)) {
                return answer(line, true);
            }
            Socket socket = open(limit);
            return exchange(request, new Line(socket, new BufferedInputStream(socket.getInputStream()), 0), true);
        });
    }

    private RawAnswer within(Duration limit, Callable<RawAnswer> exchange) throws IOException, InterruptedException {
        Future<RawAnswer> answer = threads.submit(exchange);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return RawAnswer.none();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException) {
                throw new UnclearException(UnclearException.Why.Unreachable, "server " + host(), "");
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    /**
     * Sends it, and whether the server had closed the connection before: not a byte came back, and not for want of time. It
     * was not done then; after anything else it may have been, and is not sent again.
     */
    private static boolean wasClosed(byte[] request, Line line) throws IOException {
        try {
            line.socket().getOutputStream().write(request);
            line.socket().getOutputStream().flush();
            line.in().mark(1);
            if (line.in().read() >= 0) {
                line.in().reset();
                return false;
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // It was.
        }
        line.socket().close();
        return true;
    }

    private RawAnswer exchange(byte[] request, Line line, boolean keep) throws IOException {
        try {
            line.socket().getOutputStream().write(request);
            line.socket().getOutputStream().flush();
        } catch (IOException e) {
            line.socket().close();
            return RawAnswer.none();
        }
        return answer(line, keep);
    }

    /** Keeps the connection afterwards where that is wanted and can be, and closes it otherwise. */
    private RawAnswer answer(Line line, boolean keep) throws IOException {
        boolean kept = false;
        try {
            RawAnswer answer = read(line.in());
            kept = keep && answer.leavesOpen() && keep(line);
            return answer;
        } catch (IOException e) {
            return RawAnswer.none();
        } finally {
            if (!kept) {
                line.socket().close();
            }
        }
    }

    private boolean keep(Line line) throws IOException {
        if (line.in().available() > 0) {
            return false; // more than an answer
        }
        synchronized (kept) {
            return kept.size() < MOST_KEPT && kept.offerFirst(new Line(line.socket(), line.in(), System.nanoTime()));
        }
    }

    private @Nullable Line kept() throws IOException {
        synchronized (kept) {
            for (Line line = kept.pollFirst(); line != null; line = kept.pollFirst()) {
                if (line.isFresh()) {
                    return line;
                }
                line.socket().close();
            }
            return null;
        }
    }

    private Socket open(Duration limit) throws IOException {
        boolean encrypted = "https".equals(endpoint.getScheme());
        int port = endpoint.getPort() >= 0 ? endpoint.getPort() : encrypted ? 443 : 80;
        int millis = Math.clamp(limit.toMillis(), 1, Integer.MAX_VALUE);
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
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static RawAnswer read(InputStream in) throws IOException {
        for (int n = 0; n <= MOST_INTERIM_ANSWERS; n++) {
            var line = STATUS.matcher(line(in));
            if (!line.matches()) {
                throw new IOException("no HTTP");
            }
            boolean old = line.group(1).equals("0");
            int status = Integer.parseInt(line.group(2));
            Map<String, String> headers = headers(in);
            if (status >= 200) {
                if (old) {
                    headers.put("connection", "close");
                }
                return new RawAnswer(status, headers, status == 204 || status == 304 ? "" : body(in, headers));
            }
        }
        throw new IOException("no answer but interim ones");
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (int n = 0; n <= MOST_HEADERS; n++) {
            String line = line(in);
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
        }
        throw new IOException("too many headers");
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return chunks(in);
        }
        String length = headers.get("content-length");
        if (length == null) {
            headers.put("connection", "close");
            byte[] body = in.readNBytes(MOST_BODY_BYTES + 1);
            return text(body, atMost(body.length));
        }
        if (!LENGTH.matcher(length).matches()) {
            throw new IOException("no length of a body");
        }
        int bytes = atMost(Integer.parseInt(length));
        return text(in.readNBytes(bytes), bytes);
    }

    private static String chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int bytes = chunkLength(line(in));
            if (bytes == 0) {
                headers(in); // trailers
                return body.toString(StandardCharsets.ISO_8859_1);
            }
            atMost(body.size() + bytes);
            byte[] chunk = in.readNBytes(bytes);
            if (chunk.length < bytes || !line(in).isEmpty()) {
                throw new IOException("a chunk of another length");
            }
            body.writeBytes(chunk);
        }
    }

    private static int chunkLength(String line) throws IOException {
        int end = line.indexOf(';');
        String digits = (end < 0 ? line : line.substring(0, end)).trim();
        if (digits.isEmpty()
                || digits.length() > MOST_CHUNK_DIGITS
                || digits.chars().anyMatch(c -> Character.digit(c, 16) < 0)) {
            throw new IOException("no length of a chunk");
        }
        return Integer.parseInt(digits, 16);
    }

    private static int atMost(int bytes) throws IOException {
        if (bytes > MOST_BODY_BYTES) {
            throw new IOException("too large");
        }
        return bytes;
    }

    private static String text(byte[] bytes, int wanted) throws IOException {
        if (bytes.length < wanted) {
            throw new IOException("cut off");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Without its end. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() == MOST_LINE_BYTES) {
                throw new IOException("a line without an end");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Waits for nobody: what is under way is cut off. */
    @Override
    public void close() {
        threads.shutdownNow();
        synchronized (kept) {
            for (Line line : kept) {
                try {
                    line.socket().close();
                } catch (IOException e) {
                    // It is closed as far as it can be.
                }
            }
            kept.clear();
        }
    }
}
