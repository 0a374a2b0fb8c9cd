package dev.bulkhead.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Answers {@code /healthz} and {@code /readyz}, or {@code /metrics}. */
final class HealthServer implements AutoCloseable {
    private final HttpServer server;

    private HealthServer(String address, int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(address, port), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    }

    static HealthServer health(String address, int port, BooleanSupplier healthy, BooleanSupplier ready)
            throws IOException {
        HealthServer health = new HealthServer(address, port);
        health.server.createContext("/healthz", exchange -> state(exchange, healthy));
        health.server.createContext("/readyz", exchange -> state(exchange, ready));
        return health;
    }

    static HealthServer metrics(String address, int port, Supplier<String> scrape) throws IOException {
        HealthServer metrics = new HealthServer(address, port);
        metrics.server.createContext(
                "/metrics",
                exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", scrape.get()));
        return metrics;
    }

    void start() {
        server.start();
    }

    private static void state(HttpExchange exchange, BooleanSupplier state) throws IOException {
        boolean good = state.getAsBoolean();
        answer(exchange, good ? 200 : 503, "text/plain; charset=utf-8", good ? "ok\n" : "not ready\n");
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(1);
    }
}
