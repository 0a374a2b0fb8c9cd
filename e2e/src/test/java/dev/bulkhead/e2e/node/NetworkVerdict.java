package dev.bulkhead.e2e.node;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * What a Tenant's status says about its network, and what follows.
 *
 * @param net proof of TI-NET
 * @param egress proof of TI-EGR
 * @param isolation of the tenant, by all controls that isolate
 * @param incidents whether an Incident of the network is there
 */
record NetworkVerdict(Proof net, Proof egress, Isolation isolation, boolean incidents) {
    /** A round over all tenants, one after the other, with pods that have to start. */
    private static final Duration ROUND = Duration.ofMinutes(4);

    /** The verdict as soon as it is the expected one, or what it is when time is up. */
    static NetworkVerdict settled(KubernetesClient admin, String tenant, NetworkVerdict expected) {
        NetworkVerdict[] seen = {of(admin, tenant)};
        try {
            Awaitility.await().atMost(ROUND).pollInterval(Duration.ofSeconds(1)).until(() -> {
                seen[0] = of(admin, tenant);
                return seen[0].equals(expected);
            });
        } catch (org.awaitility.core.ConditionTimeoutException _) {
            System.out.println(tenant + ": " + message(admin, tenant));
        }
        return seen[0];
    }

    private static NetworkVerdict of(KubernetesClient admin, String tenant) {
        return new NetworkVerdict(
                control(admin, tenant, "TI-NET").map(ControlStatus::proof).orElse(Proof.Never),
                control(admin, tenant, "TI-EGR").map(ControlStatus::proof).orElse(Proof.Never),
                Objects.requireNonNullElse(
                        admin.resources(Tenant.class)
                                .withName(tenant)
                                .require()
                                .getStatus()
                                .isolation(),
                        Isolation.Unknown),
                admin.resources(Incident.class).list().getItems().stream()
                        .map(i -> i.getSpec().finding())
                        .anyMatch(f -> f.tenant().equals(tenant)
                                && (f.control().equals("TI-NET") || f.control().equals("TI-EGR"))));
    }

    private static String message(KubernetesClient admin, String tenant) {
        return admin.resources(Tenant.class).withName(tenant).require().getStatus().controls().stream()
                .filter(control -> control.proof() != Proof.Proven && control.proof() != Proof.Never)
                .map(control -> control.id() + " " + control.proof() + ": " + control.proofMessage())
                .collect(Collectors.joining("; "));
    }

    private static Optional<ControlStatus> control(KubernetesClient admin, String tenant, String id) {
        Tenant now = admin.resources(Tenant.class).withName(tenant).require();
        return Optional.ofNullable(now.getStatus()).stream()
                .flatMap(status -> status.controls().stream())
                .filter(control -> control.id().equals(id))
                .findFirst();
    }
}
