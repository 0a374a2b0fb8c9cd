package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReconcilePoolTest {
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @Test
    void none_begins_before_it_is_opened_and_then_all_do() throws InterruptedException {
        ReconcilePool passes = new ReconcilePool(2, Thread.ofVirtual().factory(), Duration.ofMinutes(1));
        CountDownLatch all = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            passes.executor().execute(() -> {
                ended.add("pass");
                all.countDown();
            });
        }
        assertThat(all.await(50, TimeUnit.MILLISECONDS)).isFalse();
        ended.add("opening");

        passes.open();

        all.await();
        passes.close();
        assertThat(ended).containsExactly("opening", "pass", "pass", "pass");
    }

    @Test
    void what_waits_for_the_opening_is_dropped_when_it_is_closed_instead() {
        ReconcilePool passes = new ReconcilePool(1, Thread.ofVirtual().factory(), Duration.ofMinutes(1));
        passes.executor().execute(() -> ended.add("begun"));
        passes.executor().execute(() -> ended.add("begun"));

        passes.close();

        assertThat(passes.executor().isTerminated()).isTrue();
        assertThat(ended).isEmpty();
    }

    @Test
    void what_is_under_way_ends_what_waits_and_what_comes_later_is_dropped() throws InterruptedException {
        ReconcilePool passes = new ReconcilePool(1, Thread.ofVirtual().factory(), Duration.ofMinutes(1));
        passes.open();
        passes.executor().execute(this::pass);
        passes.executor().execute(() -> ended.add("waited"));
        begun.await();

        Thread closing = Thread.ofVirtual().start(passes::close);
        while (!passes.executor().isShutdown()) {
            Thread.onSpinWait();
        }
        passes.executor().execute(() -> ended.add("came later"));
        assertThat(ended).isEmpty();
        mayEnd.countDown();
        closing.join();

        assertThat(ended).containsExactly("under way");
    }

    @Test
    void what_does_not_end_is_interrupted() throws InterruptedException {
        ReconcilePool passes = new ReconcilePool(1, Thread.ofVirtual().factory(), Duration.ofMillis(50));
        passes.open();
        passes.executor().execute(this::pass);
        begun.await();

        passes.close();

        assertThat(ended).containsExactly("interrupted");
        assertThat(passes.executor().isTerminated()).isTrue();
    }

    @Test
    void one_with_passes_under_way_or_none_is_alive() throws InterruptedException {
        ReconcilePool passes = new ReconcilePool(1, Thread.ofVirtual().factory(), Duration.ofMillis(50));
        assertThat(passes.alive()).isTrue();
        passes.open();
        passes.executor().execute(this::pass);
        begun.await();

        assertThat(passes.alive()).isTrue();
        mayEnd.countDown();
        passes.close();
    }

    private void pass() {
        begun.countDown();
        try {
            mayEnd.await();
            ended.add("under way");
        } catch (InterruptedException _) {
            ended.add("interrupted");
        }
    }
}
