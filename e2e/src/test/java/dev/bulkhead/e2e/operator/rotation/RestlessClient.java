package dev.bulkhead.e2e.operator.rotation;

import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Platform;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The tenant's software: reads its Secret, opens a new connection with what stands there, works, and begins again. It
 * retries nothing, so a credential that is delivered and does not let in is a failure.
 */
final class RestlessClient implements AutoCloseable {
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<Thread> threads;
    private volatile boolean over;

    RestlessClient(Platform platform, String namespace) {
        threads = List.of(
                Thread.ofPlatform().start(() -> loop("PostgreSQL", connections, () -> query(platform, namespace))),
                Thread.ofPlatform().start(() -> loop("S3", requests, () -> write(platform, namespace))));
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    private interface Work {
        void run() throws Exception;
    }

    private void loop(String what, AtomicInteger count, Work work) {
        while (!over) {
            try {
                work.run();
                count.incrementAndGet();
            } catch (Exception e) {
                failures.add(Instant.now() + " " + what + ": " + e);
            }
        }
    }

    private static void query(Platform platform, String namespace) throws Exception {
        try (Connection connection = Delivered.database(platform, namespace).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz)");
            statement.execute("INSERT INTO visits VALUES (now())");
        }
    }

    private static void write(Platform platform, String namespace) {
        Delivered bucket = Delivered.objectStore(platform, namespace);
        try (S3Client s3 = bucket.client()) {
            s3.putObject(r -> r.bucket(bucket.get("bucket")).key("visit"), RequestBody.fromString("here"));
            s3.getObjectAsBytes(r -> r.bucket(bucket.get("bucket")).key("visit"));
        }
    }

    /** Stops, and waits for what is under way. */
    @Override
    public void close() {
        over = true;
        threads.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
