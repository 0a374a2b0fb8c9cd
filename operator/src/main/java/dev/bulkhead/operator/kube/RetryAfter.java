package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Waits as long as an API server that has too much to do asks for (Retry-After, in seconds) before a request is sent
 * again. The client reads that header and does not heed it (Fabric8 7.5): its own pauses begin at 100 ms, and by them
 * every request of every tenant would come back ten times while the server asks for room.
 */
public final class RetryAfter implements Interceptor {
    /** Below what the client waits beyond a request's own time; whoever asks for more is asked again after that. */
    private static final Duration LONGEST = Duration.ofSeconds(4);

    private static final int TOO_MANY_REQUESTS = 429;

    private final Function<Duration, Executor> pauses;

    /** Waits by the clock. */
    public RetryAfter() {
        this(pause -> CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Waits by executors that begin after a time. */
    RetryAfter(Function<Duration, Executor> pauses) {
        this.pauses = pauses;
    }

    /** The request is sent again by the client and not from here: so it passes every interceptor once more. */
    @Override
    public CompletableFuture<Boolean> afterFailure(BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
        Duration asked = asked(response);
        return asked.isPositive() && isSentAgain(tags)
                ? CompletableFuture.supplyAsync(() -> false, pauses.apply(asked))
                : CompletableFuture.completedFuture(false);
    }

    private static Duration asked(HttpResponse<?> response) {
        String seconds = response.header("Retry-After");
        if (seconds == null || (response.code() != TOO_MANY_REQUESTS && response.code() < 500)) {
            return Duration.ZERO;
        }
        try {
            Duration asked = Duration.ofSeconds(Long.parseLong(seconds.strip()));
            return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
        } catch (NumberFormatException _) {
            return Duration.ZERO; // a date: no API server sends one
        }
    }

    /** The lease's own client does not: its next round is the next request. */
    private static boolean isSentAgain(RequestTags tags) {
        RequestConfig config = tags.getTag(RequestConfig.class);
        return config == null || config.getRequestRetryBackoffLimit() != 0;
    }
}
