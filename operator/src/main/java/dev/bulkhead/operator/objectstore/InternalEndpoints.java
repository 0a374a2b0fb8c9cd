package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whether the parts of a store's server that are not S3 answer somebody who has no credentials. Each is asked in plain words
 * and over TLS without a certificate. Nothing of the operator's is sent, so whose certificate the part shows does not matter.
 */
final class InternalEndpoints {
    /** Its name in {@code status.capabilities}. */
    static final String CAPABILITY = "internalEndpointsClosed";

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final List<String> REFUSALS = List.of("401", "403");

    /** What a server for TLS says to who does not speak it; from one that speaks none it is an answer like any other. */
    private static final String BAD_REQUEST = "400";

    private static final int ENOUGH = 64;
    private static final int HIGHEST_PORT = 65_535;
    private static final byte TLS_ALERT = 21;
    private static final SSLContext ANYBODY = anybody();

    private final List<String> endpoints;
    private final int patienceMillis;

    /**
     * Of one server.
     *
     * @param endpoints each as {@code HOST:PORT}
     */
    InternalEndpoints(List<String> endpoints) {
        this(endpoints, PATIENCE);
    }

    /**
     * The same.
     *
     * @param patience for a connection, and for the first word of an answer
     */
    InternalEndpoints(List<String> endpoints, Duration patience) {
        this.endpoints = List.copyOf(endpoints);
        this.patienceMillis = Math.toIntExact(patience.toMillis());
    }

    /**
     * What came of asking.
     *
     * @param open whether one of them answered
     * @param seen the same as a capability; not available either where one could not be asked
     */
    record EndpointsLook(boolean open, SeenFeature seen) {}

    /** How one of them took it, the worst first. */
    private enum Reply {
        OPEN("answers without credentials"),
        UNKNOWN("has no address"),
        REFUSED("refused, or silent"),
        SILENT(""), // told as refused: which of the two it is may change with the load
        UNREACHED("not reached"),
        /** In between: whether it is an answer depends on whether TLS is spoken there. */
        BAD_REQUEST_IN_PLAIN_WORDS(""),
        NO_TLS("");

        private final String words;

        Reply(String words) {
            this.words = words;
        }
    }

    /** A reply, and what of it people should see. */
    private record Asked(Reply reply, String detail) {
        static Asked of(Reply reply) {
            return new Asked(reply, "");
        }
    }

    /** Whether there is nothing to ask. */
    boolean none() {
        return endpoints.isEmpty();
    }

    /** Asks all of them at once; ends within some seconds. */
    EndpointsLook look() {
        Map<Reply, List<String>> replies = new EnumMap<>(Reply.class);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Asked>> answers = endpoints.stream()
                    .map(endpoint -> threads.submit(() -> ask(endpoint)))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                Asked asked = answers.get(i).get();
                Reply told = asked.reply() == Reply.SILENT ? Reply.REFUSED : asked.reply();
                replies.computeIfAbsent(told, _ -> new ArrayList<>()).add(endpoints.get(i) + asked.detail());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking an endpoint throws nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.StoreFailure.Stopped, "InternalEndpoints", "interrupted");
        }
        String words = replies.entrySet().stream()
                .map(reply -> reply.getKey().words + ": " + String.join(", ", reply.getValue()))
                .collect(Collectors.joining("; "));
        boolean open = replies.containsKey(Reply.OPEN);
        return new EndpointsLook(
                open,
                new SeenFeature(
                        !open && !replies.containsKey(Reply.UNKNOWN),
                        open ? words + ". Close it to all but the server's parts" : words));
    }

    private Asked ask(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        String host = endpoint.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(endpoint.substring(colon + 1));
        InetSocketAddress address = port > HIGHEST_PORT ? null : new InetSocketAddress(host, port);
        if (address == null || address.isUnresolved()) {
            return Asked.of(Reply.UNKNOWN);
        }
        Asked asked = ask(endpoint, address);
        return asked.reply() == Reply.OPEN ? ask(endpoint, address) : asked; // what is found is asked once more
    }

    private Asked ask(String endpoint, InetSocketAddress address) {
        Asked plain = ask(endpoint, address, false);
        if (plain.reply() == Reply.OPEN || plain.reply() == Reply.UNREACHED) {
            return plain;
        }
        Asked encrypted = ask(endpoint, address, true);
        if (encrypted.reply() == Reply.NO_TLS) {
            return plain.reply() == Reply.BAD_REQUEST_IN_PLAIN_WORDS ? answered(BAD_REQUEST, false) : plain;
        }
        return encrypted.reply() == Reply.SILENT && plain.reply() == Reply.REFUSED ? plain : encrypted;
    }

    private Asked ask(String endpoint, InetSocketAddress address, boolean tls) {
        try (Socket plain = new Socket()) {
            try {
                plain.connect(address, patienceMillis);
            } catch (IOException e) {
                return Asked.of(Reply.UNREACHED);
            }
            plain.setSoTimeout(patienceMillis);
            if (!tls) {
                return request(endpoint, plain, false);
            }
            SSLSocket encrypted;
            try {
                encrypted = encrypted(plain, address);
            } catch (IOException e) {
                // A server for TLS sends an alert or ends the connection; others are silent, or send what is no TLS,
                // for
                // which the JDK has the bare class.
                boolean none =
                        e instanceof SocketTimeoutException || e.getClass().equals(SSLException.class);
                return Asked.of(none ? Reply.NO_TLS : Reply.REFUSED);
            }
            try (encrypted) {
                return request(endpoint, encrypted, true);
            }
        } catch (IOException e) {
            return Asked.of(Reply.REFUSED); // while it was closed
        }
    }

    private static Asked request(String endpoint, Socket socket, boolean tls) {
        try {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + endpoint + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return reply(first(socket.getInputStream()), tls);
        } catch (SocketTimeoutException e) {
            return Asked.of(Reply.SILENT);
        } catch (IOException e) {
            return Asked.of(Reply.REFUSED); // an alert, or the end of the connection
        }
    }

    private static Asked reply(byte[] answer, boolean tls) {
        if (answer.length == 0) {
            return Asked.of(Reply.REFUSED);
        }
        Matcher status = STATUS.matcher(new String(answer, StandardCharsets.ISO_8859_1));
        if (!status.lookingAt()) {
            // The only word that a server for TLS has for who does not speak it.
            boolean alert = !tls && answer[0] == TLS_ALERT;
            return alert ? Asked.of(Reply.REFUSED) : new Asked(Reply.OPEN, " (something that is not HTTP/1" + way(tls));
        }
        if (!tls && status.group(1).equals(BAD_REQUEST)) {
            return Asked.of(Reply.BAD_REQUEST_IN_PLAIN_WORDS);
        }
        return REFUSALS.contains(status.group(1)) ? Asked.of(Reply.REFUSED) : answered(status.group(1), tls);
    }

    private static Asked answered(String status, boolean tls) {
        return new Asked(Reply.OPEN, " (HTTP " + status + way(tls));
    }

    private static String way(boolean tls) {
        return tls ? ", over TLS)" : ", in plain words)";
    }

    private static byte[] first(InputStream in) throws IOException {
        byte[] answer = new byte[ENOUGH];
        int length = in.read(answer);
        return length <= 0 ? new byte[0] : Arrays.copyOf(answer, length);
    }

    private static SSLSocket encrypted(Socket plain, InetSocketAddress address) throws IOException {
        SSLSocket socket = (SSLSocket)
                ANYBODY.getSocketFactory().createSocket(plain, address.getHostString(), address.getPort(), true);
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
