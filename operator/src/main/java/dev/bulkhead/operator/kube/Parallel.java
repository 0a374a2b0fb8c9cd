package dev.bulkhead.operator.kube;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Runs the independent steps of one tenant side by side on virtual threads, and returns when all have ended. How many
 * requests a backend sees at once is bounded where the backend is, not here.
 */
public final class Parallel {
    private final ExecutorService executor;

    /** Runs on the executor. */
    public Parallel(ExecutorService executor) {
        this.executor = executor;
    }

    /** Applies the step to every item; results are in the order of the items. The first failure is thrown at the end. */
    public <T, R> List<R> map(List<? extends T> items, Function<? super T, ? extends R> step) {
        if (items.size() == 1) {
            return List.of(step.apply(items.getFirst()));
        }
        List<Future<R>> futures = new ArrayList<>();
        items.forEach(item -> futures.add(start(() -> step.apply(item))));
        List<R> results = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<R> future : futures) {
            try {
                results.add(join(future));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return List.copyOf(results);
    }

    /** Starts a step; whoever started it joins it. */
    public <R> Future<R> start(Callable<R> step) {
        return executor.submit(step);
    }

    /** Waits until a step has ended, however it did. */
    public static void await(Future<?> step) {
        try {
            join(step);
        } catch (RuntimeException _) {
            // whoever awaits it has a failure of his own to tell
        }
    }

    /** Waits for a step and rethrows what it threw. */
    public static <R> R join(Future<R> step) {
        try {
            return step.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            step.cancel(true);
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }
}
