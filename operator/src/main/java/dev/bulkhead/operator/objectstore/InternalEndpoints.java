package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whether the parts of a store's server that are not S3 answer somebody who has no credentials. Each is asked in plain words
 * and over TLS without a certificate; one that cannot be reached, ends the connection, says nothing, or says 400, 401 or 403
 * is closed. Nothing of the operator's is sent, so whose certificate the part shows does not matter.
 */
final class InternalEndpoints {
    /** Its name in {@code status.capabilities}. */
    static final String CAPABILITY = "internalEndpointsClosed";

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final List<String> REFUSALS = List.of("400", "401", "403");
    private static final int ENOUGH = 64;
    private static final byte TLS_ALERT = 21;
    private static final SSLContext ANYBODY = anybody();

    private final List<String> endpoints;

    /**
     * Of one server.
     *
     * @param endpoints each as {@code HOST:PORT}
     */
    InternalEndpoints(List<String> endpoints) {
        this.endpoints = List.copyOf(endpoints);
    }

    /** Whether there is nothing to ask. */
    boolean none() {
        return endpoints.isEmpty();
    }

    /** Asks all of them at once; ends within some seconds. */
    SeenFeature look() {
        List<String> open = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<String>>> answers = endpoints.stream()
                    .map(endpoint -> threads.submit(() -> open(endpoint)))
                    .toList();
            for (Future<Optional<String>> answer : answers) {
                answer.get().ifPresent(open::add);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking an endpoint throws nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.StoreFailure.Stopped, "InternalEndpoints", "interrupted");
        }
        return open.isEmpty()
                ? new SeenFeature(true, "tried without credentials: " + String.join(", ", endpoints))
                : new SeenFeature(
                        false,
                        open.stream().sorted().collect(Collectors.joining("; "))
                                + ". Close it to all but the server's parts");
    }

    private static Optional<String> open(String endpoint) {
        return answered(endpoint, false)
                .or(() -> answered(endpoint, true))
                .map(answer -> endpoint + " answers without credentials (" + answer + ")");
    }

    /** What came back, in a word; empty when nobody was let in. */
    private static Optional<String> answered(String endpoint, boolean tls) {
        int colon = endpoint.lastIndexOf(':');
        String host = endpoint.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(endpoint.substring(colon + 1));
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
            plain.setSoTimeout((int) ANSWER.toMillis());
            try (Socket socket = tls ? encrypted(plain, host, port) : plain) {
                socket.getOutputStream()
                        .write(("GET / HTTP/1.1\r\nHost: " + endpoint + "\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                return word(first(socket.getInputStream()), tls);
            }
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty(); // not reached, or the connection was ended
        }
    }

    private static Optional<String> word(byte[] answer, boolean tls) {
        if (answer.length == 0) {
            return Optional.empty();
        }
        Matcher status = STATUS.matcher(new String(answer, StandardCharsets.ISO_8859_1));
        String way = tls ? ", over TLS" : ", in plain words";
        if (!status.lookingAt()) {
            // The only word that a server for TLS has for who does not speak it.
            boolean alert = !tls && answer[0] == TLS_ALERT;
            return alert ? Optional.empty() : Optional.of("something that is not HTTP/1" + way);
        }
        return REFUSALS.contains(status.group(1)) ? Optional.empty() : Optional.of("HTTP " + status.group(1) + way);
    }

    private static byte[] first(InputStream in) throws IOException {
        byte[] answer = new byte[ENOUGH];
        int length = in.read(answer);
        return length <= 0 ? new byte[0] : Arrays.copyOf(answer, length);
    }

    private static SSLSocket encrypted(Socket plain, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) ANYBODY.getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLContext anybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Whoever()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Nothing is told to whom it believes. */
    private static final class Whoever implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
