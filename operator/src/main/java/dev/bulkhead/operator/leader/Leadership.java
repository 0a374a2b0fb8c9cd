package dev.bulkhead.operator.leader;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this replica may write. It stands in the way of every request of every backend, and lets a write pass from
 * when this replica leads until the lease that it renewed last may be near its end, counted from before it asked for the
 * renewal. A process that was stopped for a while and goes on in the middle of its work therefore writes nothing any
 * more, even before it learns that another one leads.
 */
public final class Leadership implements ExternalCalls, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final ExternalCalls calls;
    private final OperatorSettings.@Nullable Lease lease;
    private final String identity;
    private final Supplier<Moment> clocks;
    private final Runnable over;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicBoolean lost = new AtomicBoolean();
    private volatile @Nullable Moment renewed;
    private volatile @Nullable Election election;
    private @Nullable Thread renewals;

    Leadership(
            ExternalCalls calls,
            OperatorSettings.@Nullable Lease lease,
            String identity,
            Supplier<Moment> clocks,
            Runnable over) {
        this.calls = calls;
        this.lease = lease;
        this.identity = identity;
        this.clocks = clocks;
        this.over = over;
    }

    /** Of a replica that shares with nobody: it always leads. */
    public static Leadership alone(ExternalCalls calls) {
        return new Leadership(calls, null, "", Moment::now, () -> {});
    }

    /**
     * Of one of several replicas; where there is no lease, of the only one.
     *
     * @param calls who hears of requests
     * @param identity what no other process calls itself, whatever its host is called
     * @param over ends the process; called once, when another replica leads or may do so soon
     */
    public static Leadership shared(
            ExternalCalls calls, OperatorSettings.@Nullable Lease lease, String identity, Runnable over) {
        return new Leadership(calls, lease, identity, Moment::now, over);
    }

    /**
     * Leads as soon as nobody else does. Without a lease that is at once, and this returns when {@code work} does.
     *
     * @param work begins what a leader does; when it throws, this replica's time is over
     */
    public void begin(KubernetesClient client, Runnable work) {
        if (lease == null) {
            work.run();
            return;
        }
        Election begun = new Election(client, lease, identity, clocks);
        election = begun;
        renewals = Thread.ofPlatform().daemon().name("lease").start(() -> takePart(begun, lease, work));
    }

    /** Whether this replica leads, as far as it can know. */
    public boolean leads() {
        return lease == null || (!lost.get() && left(lease).isPositive());
    }

    @Override
    public void before(Backend backend, Verb verb, String what) {
        if (verb == Verb.write && !leads()) {
            throw new NotLeadingException(backend + " " + what);
        }
        calls.before(backend, verb, what);
    }

    @Override
    public void after(Backend backend, Verb verb, String what, String result) {
        calls.after(backend, verb, what, result);
    }

    /** What is left for writes: two thirds of the lease, so that what is under way has arrived before it ends. */
    private Duration left(OperatorSettings.Lease held) {
        Moment from = renewed;
        return from == null
                ? Duration.ZERO
                : held.duration().multipliedBy(2).dividedBy(3).minus(from.until(clocks.get()));
    }

    /** The lease was renewed by a request that began at this moment. */
    void renewed(Moment asked) {
        renewed = asked;
    }

    private void takePart(Election begun, OperatorSettings.Lease held, Runnable work) {
        boolean reached = true;
        while (true) {
            Moment asked = clocks.get();
            try {
                switch (begun.round()) {
                    case HOLDS -> {
                        boolean already = renewed != null;
                        renewed(asked);
                        if (!already) {
                            lead(held, work);
                        }
                    }
                    case LOST -> end("another replica holds the lease");
                    case WAITS -> {}
                }
                reached = true;
            } catch (RuntimeException e) {
                boolean race = e instanceof KubernetesClientException answer && answer.getCode() == 409;
                if (reached && !race) {
                    LOG.atWarn()
                            .addKeyValue("lease", held.namespace() + "/" + held.name())
                            .addKeyValue("error", e.getMessage())
                            .log("lease not reached, tried again");
                }
                reached = race;
            }
            Duration took = Duration.ofNanos(clocks.get().nanos() - asked.nanos());
            if (closesWithin(held.duration().dividedBy(6).minus(took))) {
                return;
            }
        }
    }

    private void lead(OperatorSettings.Lease held, Runnable work) {
        LOG.atInfo().addKeyValue("identity", identity).log("leads");
        Thread.ofPlatform().daemon().name("lease-end").start(() -> watchEnd(held));
        Thread.ofPlatform().name("lead").start(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("cannot begin to work");
                end("it could not begin to work");
            }
        });
    }

    /** Apart from the renewals, of which one may hang. */
    private void watchEnd(OperatorSettings.Lease held) {
        Duration left = left(held);
        while (left.isPositive()) {
            if (closesWithin(left)) {
                return;
            }
            left = left(held);
        }
        if (closing.getCount() > 0) {
            end("the lease could not be renewed in time");
        }
    }

    private void end(String reason) {
        if (lost.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("identity", identity)
                    .addKeyValue("reason", reason)
                    .log("leads no more, ends");
            over.run();
        }
    }

    private boolean closesWithin(Duration time) {
        try {
            return closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Gives the lease back. Call it when nothing is under way any more. */
    @Override
    public void close() {
        closing.countDown();
        Thread thread = renewals;
        Election begun = election;
        if (thread == null || begun == null) {
            return;
        }
        try {
            thread.join(Duration.ofSeconds(5));
            if (!thread.isAlive() && leads()) {
                renewed = null;
                begun.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (KubernetesClientException e) {
            LOG.atDebug().addKeyValue("code", e.getCode()).log("lease not given back, it ends by itself");
        }
    }
}
