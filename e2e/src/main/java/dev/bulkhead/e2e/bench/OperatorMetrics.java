package dev.bulkhead.e2e.bench;

import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The operator's own count of its requests. */
final class OperatorMetrics implements AutoCloseable {
    /** Nothing written for so long means that nothing is left to do. */
    private static final int QUIET_SECONDS = 5;

    private static final int LONGEST_SECONDS = 90;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI metrics;

    OperatorMetrics(int port) {
        this.metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    }

    CallCounts read() {
        try {
            HttpRequest request = HttpRequest.newBuilder(metrics)
                    .timeout(Duration.ofSeconds(10))
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new StackException("the operator's metrics answered " + response.statusCode());
            }
            return CallCounts.parse(response.body());
        } catch (IOException e) {
            throw new StackException("the operator's metrics cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /** Waits until the operator has written nothing for a while, at most a minute and a half. */
    CallCounts settled() {
        CallCounts last = read();
        int quiet = 0;
        for (int second = 0; second < LONGEST_SECONDS && quiet < QUIET_SECONDS; second++) {
            sleep(Duration.ofSeconds(1));
            CallCounts now = read();
            quiet = now.writes() == last.writes() && now.refused() == last.refused() ? quiet + 1 : 0;
            last = now;
        }
        return last;
    }

    /** What the operator asks and writes while nobody wants anything of it. */
    CallCounts during(Duration time) {
        CallCounts before = read();
        sleep(time);
        return read().since(before);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
