package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who writes next: fair, bounded, and nobody who is away holds anybody up. */
@Timeout(30)
class WriterQueueTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-29T12:00:00Z"));
    private final WriterQueue queue = new WriterQueue(Duration.ofSeconds(90), now::get);

    @Test
    void whoever_comes_first_writes_first() throws Exception {
        List<Integer> written = new CopyOnWriteArrayList<>();
        assertThat(queue.enter("first", LONG)).isNegative();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> turns = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int turn = i;
                turns.add(threads.submit(() -> {
                    queue.enter("tenant " + turn, LONG);
                    written.add(turn);
                    queue.leave();
                    return turn;
                }));
                await().until(() -> queue.waiting() == turn + 1);
            }
            queue.leave();
            for (Future<Integer> turn : turns) {
                turn.get();
            }
        }

        assertThat(written).isSorted().hasSize(20);
    }

    @Test
    void whoever_gives_up_is_told_how_many_come_first_and_keeps_its_place() throws Exception {
        queue.enter("writes", LONG);

        assertThat(queue.enter("one", Duration.ZERO)).isEqualTo(1);
        assertThat(queue.enter("two", Duration.ZERO)).isEqualTo(2);
        assertThat(queue.enter("one", Duration.ZERO)).isEqualTo(1);
        queue.leave();
        CompletableFuture<Integer> two = CompletableFuture.supplyAsync(() -> entered("two"));

        assertThat(two.get()).as("who is away holds nobody up").isNegative();
        assertThat(queue.enter("three", Duration.ZERO)).isEqualTo(2);
        queue.leave();
        assertThat(queue.enter("one", Duration.ZERO)).isNegative();
    }

    @Test
    void a_place_is_lost_when_nobody_comes_back_to_it() throws Exception {
        queue.enter("writes", LONG);
        queue.enter("gone", Duration.ZERO);
        now.updateAndGet(time -> time.plusSeconds(91));

        assertThat(queue.enter("late", Duration.ZERO)).isEqualTo(1);
    }

    private int entered(String name) {
        try {
            return queue.enter(name, LONG);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
