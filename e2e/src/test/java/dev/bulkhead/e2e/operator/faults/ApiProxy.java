package dev.bulkhead.e2e.operator.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.e2e.stack.StackEndpoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Between an operator and the API server: passes everything on, but for what a test answers in the server's place. */
final class ApiProxy implements AutoCloseable {
    /** Hop by hop, or written anew by whoever sends. */
    private static final Set<String> NOT_PASSED_ON =
            Set.of("connection", "host", "content-length", "transfer-encoding", "upgrade", "http2-settings", "date");

    /** One request. */
    record Request(String method, String path, String query, String body) {
        boolean isWatch() {
            return query.contains("watch=true");
        }

        boolean isWrite() {
            return !method.equals("GET");
        }

        /** Whether it is about this tenant: in its namespaces, of its name, or with its mark. */
        boolean concerns(String tenant) {
            return path.contains("/" + tenant + "--")
                    || path.endsWith("/" + tenant)
                    || path.contains("/" + tenant + "/")
                    || body.contains("\"" + tenant + "\"")
                    || body.contains(tenant + "--");
        }
    }

    /** What becomes of a request. */
    sealed interface Fate {
        /** The server gets and answers it. */
        record Passed() implements Fate {}

        /** The server never sees it, and the client gets this code. */
        record Refused(int code, String reason) implements Fate {}

        /** The server does what it is asked; the client never learns that. */
        record Unanswered() implements Fate {}

        /**
         * The server's watch cache stopped here: lists that may be of any age are as old as that, and watches tell
         * nothing before something else is decided.
         */
        record Behind(String resourceVersion) implements Fate {}
    }

    private final HttpServer server;
    private final HttpClient client;
    private final String target;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> writes = new CopyOnWriteArrayList<>();
    private final List<Request> creations = new CopyOnWriteArrayList<>();
    private final AtomicInteger decisions = new AtomicInteger();
    private volatile Function<Request, Fate> fates = _ -> new Fate.Passed();

    ApiProxy(StackEndpoints.Kubernetes kubernetes) {
        target = kubernetes.apiServerUrl();
        client = HttpClient.newBuilder()
                .sslContext(trusting(Path.of(kubernetes.caCertificate())))
                .executor(threads)
                .build();
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Decides from now on what becomes of requests. */
    void decide(Function<Request, Fate> decision) {
        fates = decision;
        decisions.incrementAndGet();
    }

    /** Everything is passed on again. */
    void mend() {
        decide(_ -> new Fate.Passed());
    }

    /** Writes that the server has seen, in order. */
    List<Request> writes() {
        return List.copyOf(writes);
    }

    /** Writes by which the server made something, in order. */
    List<Request> creations() {
        return List.copyOf(creations);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestHeaders().containsKey("Sec-WebSocket-Key")) {
                exchange.sendResponseHeaders(200, -1); // no WebSockets here: the client then watches by plain HTTP
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""),
                    new String(body, StandardCharsets.UTF_8));
            int decided = decisions.get();
            Fate fate = fates.apply(request);
            while (fate instanceof Fate.Behind && request.isWatch() && decided == decisions.get()) {
                Thread.sleep(20);
            }
            if (fate instanceof Fate.Refused refused) {
                refuse(exchange, refused);
                return;
            }
            if (request.isWrite()) {
                writes.add(request);
            }
            HttpResponse<InputStream> answer = client.send(
                    onwards(exchange, url(exchange, request, fate), body), HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() == 201) {
                creations.add(request);
            }
            try (InputStream content = answer.body()) {
                if (fate instanceof Fate.Unanswered) {
                    content.readAllBytes();
                } else {
                    answer(exchange, answer, content);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void refuse(HttpExchange exchange, Fate.Refused refused) throws IOException {
        byte[] status = """
                {"kind":"Status","apiVersion":"v1","status":"Failure","code":%d,"reason":"%s","message":"%s by the test"}
                """.formatted(refused.code(), refused.reason(), refused.reason())
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        if (refused.code() == 429) {
            exchange.getResponseHeaders().add("Retry-After", "1");
        }
        exchange.sendResponseHeaders(refused.code(), status.length);
        exchange.getResponseBody().write(status);
    }

    private String url(HttpExchange exchange, Request request, Fate fate) {
        String asked = target + exchange.getRequestURI().toString();
        return fate instanceof Fate.Behind behind && !request.isWatch()
                ? asked.replaceFirst(
                        "resourceVersion=0(?=&|$)",
                        "resourceVersion=" + behind.resourceVersion() + "&resourceVersionMatch=Exact")
                : asked;
    }

    private static HttpRequest onwards(HttpExchange exchange, String url, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(v -> request.header(name, v));
            }
        });
        return request.build();
    }

    /** Piece by piece, because a watch never ends. */
    private static void answer(HttpExchange exchange, HttpResponse<InputStream> answer, InputStream content)
            throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (!name.startsWith(":") && !NOT_PASSED_ON.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        exchange.sendResponseHeaders(answer.statusCode(), answer.statusCode() == 204 ? -1 : 0);
        OutputStream out = exchange.getResponseBody();
        byte[] buffer = new byte[16_384];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            out.write(buffer, 0, read);
            out.flush();
        }
    }

    private static SSLContext trusting(Path authority) {
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(keys);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read " + authority, e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
        threads.shutdownNow();
    }
}
