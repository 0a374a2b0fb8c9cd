package dev.bulkhead.operator.leader;

import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One replica's hand on the Lease. Whoever waits counts by its own clock from when it saw the last renewal, as
 * Kubernetes' own components do: what the holder's clock wrote is never compared with it. Not for two threads at once.
 */
final class Election {
    /** How a replica stands after a round. */
    enum LeaseStanding {
        /** It holds the lease from the moment on at which the round began. */
        HOLDS,
        /** Another one holds it, or nobody knows yet. */
        WAITS,
        /** It held the lease, and another one does now. */
        LOST
    }

    private final KubernetesClient client;
    private final OperatorSettings.Lease lease;
    private final String identity;
    private final Supplier<Moment> clocks;
    private boolean holding;
    private @Nullable String seen;
    private Moment seenAt;

    /** Asks nothing before the first round. */
    Election(KubernetesClient client, OperatorSettings.Lease lease, String identity, Supplier<Moment> clocks) {
        Duration patience = lease.duration().dividedBy(3);
        this.client = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestTimeout(Math.toIntExact(patience.toMillis()))
                                .withRequestRetryBackoffLimit(0) // the next round is the retry
                                .build())
                .adapt(KubernetesClient.class);
        this.lease = lease;
        this.identity = identity;
        this.clocks = clocks;
        this.seenAt = clocks.get();
    }

    /** Renews the lease, or takes it when it is free; throws what the API server answers. */
    LeaseStanding round() {
        Lease found = resource().get();
        if (found == null) {
            if (holding) {
                return LeaseStanding.LOST;
            }
            client.resource(made()).create();
        } else if (holder(found).equals(identity)) {
            client.resource(renewed(found)).update();
        } else if (holding) {
            return LeaseStanding.LOST;
        } else if (holder(found).isEmpty() || abandoned(found)) {
            client.resource(taken(found)).update();
        } else {
            return LeaseStanding.WAITS;
        }
        holding = true;
        return LeaseStanding.HOLDS;
    }

    /** Gives the lease back, so that nobody has to wait for its end. */
    void release() {
        Lease found = resource().get();
        if (found != null && holder(found).equals(identity)) {
            found.getSpec().setHolderIdentity("");
            client.resource(found).update();
        }
    }

    /** Whether it was not renewed for as long as it lasts, while this replica looked on. */
    private boolean abandoned(Lease found) {
        String version = found.getMetadata().getResourceVersion();
        Moment now = clocks.get();
        if (!version.equals(seen)) {
            seen = version;
            seenAt = now;
        }
        Integer seconds = found.getSpec() == null ? null : found.getSpec().getLeaseDurationSeconds();
        Duration lasts = seconds == null ? lease.duration() : Duration.ofSeconds(seconds);
        return Duration.ofNanos(now.nanos() - seenAt.nanos()).compareTo(lasts) >= 0;
    }

    private Lease made() {
        ZonedDateTime now = now();
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(lease.namespace())
                .withName(lease.name())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds(Math.toIntExact(lease.duration().toSeconds()))
                .withAcquireTime(now)
                .withRenewTime(now)
                .withLeaseTransitions(0)
                .endSpec()
                .build();
    }

    /** Written over what was found and nothing newer: its resourceVersion stays. */
    private Lease taken(Lease found) {
        Lease taken = renewed(found);
        LeaseSpec was = found.getSpec();
        taken.getSpec().setHolderIdentity(identity);
        taken.getSpec().setLeaseDurationSeconds(Math.toIntExact(lease.duration().toSeconds()));
        taken.getSpec().setAcquireTime(taken.getSpec().getRenewTime());
        taken.getSpec()
                .setLeaseTransitions(
                        was == null || was.getLeaseTransitions() == null ? 1 : was.getLeaseTransitions() + 1);
        return taken;
    }

    private Lease renewed(Lease found) {
        return new LeaseBuilder(found)
                .editOrNewSpec()
                .withRenewTime(now())
                .endSpec()
                .build();
    }

    private ZonedDateTime now() {
        return Instant.ofEpochMilli(clocks.get().millis()).atZone(ZoneOffset.UTC);
    }

    private Resource<Lease> resource() {
        return client.leases().inNamespace(lease.namespace()).withName(lease.name());
    }

    private static String holder(Lease lease) {
        return lease.getSpec() == null
                ? ""
                : Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
    }
}
