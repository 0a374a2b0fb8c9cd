package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * The one door to one object store: so many requests at a time, so long for each, every one told to the listener, every
 * failure of every protocol turned into a {@link StoreException}.
 *
 * <p>A request runs on a virtual thread of its own. An interrupt closes a virtual thread's socket, so that even a server
 * that sends a byte now and then cannot hold anybody longer than the limit.
 */
public final class StoreGate implements AutoCloseable {
    private final Semaphore places;
    private final Duration limit;
    private final ExternalCalls calls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * A gate.
     *
     * @param atOnce requests at a time
     * @param limit for waiting for a place, and again for the request itself
     */
    public StoreGate(int atOnce, Duration limit, ExternalCalls calls) {
        this.places = new Semaphore(atOnce, true);
        this.limit = limit;
        this.calls = calls;
    }

    /** Sends one request; throws {@link StoreException} when it does not succeed. */
    public <T> T call(ExternalCalls.Verb verb, String operation, Callable<T> request) {
        enter(operation);
        try {
            calls.before(ExternalCalls.Backend.s3, verb, operation);
            T answer;
            try {
                answer = inTime(operation, request);
            } catch (StoreException e) {
                calls.after(
                        ExternalCalls.Backend.s3,
                        verb,
                        operation,
                        e.failure().name().toLowerCase(Locale.ROOT));
                throw e;
            }
            calls.after(ExternalCalls.Backend.s3, verb, operation, "ok");
            return answer;
        } finally {
            places.release();
        }
    }

    /** Waits for nobody: what is under way is cut off. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void enter(String operation) {
        try {
            if (!places.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException(StoreException.StoreFailure.Slow, operation, "too many requests are waiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.StoreFailure.Stopped, operation, "");
        }
    }

    private <T> T inTime(String operation, Callable<T> request) {
        Future<T> answer;
        try {
            answer = threads.submit(request);
        } catch (RejectedExecutionException e) {
            throw new StoreException(StoreException.StoreFailure.Stopped, operation, "");
        }
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new StoreException(StoreException.StoreFailure.Slow, operation, "after " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.StoreFailure.Stopped, operation, "");
        } catch (ExecutionException e) {
            throw translate(operation, e.getCause() == null ? e : e.getCause());
        }
    }

    private static StoreException translate(String operation, Throwable cause) {
        return switch (cause) {
            case StoreException e -> e;
            case AwsServiceException e ->
                StoreException.answered(
                        operation,
                        e.statusCode(),
                        e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
                                ? ""
                                : e.awsErrorDetails().errorCode());
            case SdkClientException e -> transport(operation, e);
            case IOException e -> transport(operation, e);
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(operation, cause);
        };
    }

    private static StoreException transport(String operation, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return new StoreException(StoreException.StoreFailure.Untrusted, operation, "TLS handshake failed");
            }
            if (cause instanceof java.net.http.HttpConnectTimeoutException) {
                return new StoreException(StoreException.StoreFailure.Unreachable, operation, "no connection in time");
            }
            if (cause instanceof HttpTimeoutException || cause instanceof java.net.SocketTimeoutException) {
                return new StoreException(StoreException.StoreFailure.Slow, operation, "");
            }
        }
        return new StoreException(StoreException.StoreFailure.Unreachable, operation, "");
    }
}
