package dev.bulkhead.operator.probe;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away the reports of tenants that are gone: their namespaces stay with their data, but nobody renews what a report
 * says there, and it would look proven for good. What is to be kept of them, Tombstone and Incidents, is no report. Looks
 * when it begins, and when a Tenant has gone.
 */
public final class FormerReports {
    private static final Logger LOG = LoggerFactory.getLogger(FormerReports.class);

    /** Between two tries. */
    private static final Duration BETWEEN = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final Map<String, TenantIdentity> cleared = new HashMap<>();
    private Set<TenantIdentity> known = Set.of();
    private boolean through;
    private Instant next = Instant.MIN;

    /** Nothing is looked at yet. */
    public FormerReports(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Clears up if a Tenant has gone since the last time; what fails is told, and tried again a minute later.
     *
     * @param tenants all there are, perhaps as they were a moment ago
     */
    public void clear(Collection<Tenant> tenants, Instant now) {
        Set<TenantIdentity> live = tenants.stream().map(TenantIdentity::of).collect(Collectors.toSet());
        through &= live.containsAll(known);
        known = live;
        cleared.values().removeAll(live); // one that comes back is reported on again
        if (through || now.isBefore(next)) {
            return;
        }
        next = now.plus(BETWEEN);
        try {
            through = true;
            for (Namespace namespace :
                    client.namespaces().withLabel(Marks.OWNED, "true").list().getItems()) {
                through &= isClear(namespace, live);
            }
        } catch (KubernetesClientException e) {
            through = false;
            LOG.atWarn().addKeyValue("reason", ApiAnswers.reason(e)).log("reports of former tenants not looked for");
        }
    }

    /** False when a report of a former tenant is still in it. */
    private boolean isClear(Namespace namespace, Set<TenantIdentity> live) {
        String name = namespace.getMetadata().getName();
        TenantIdentity identity = Optional.ofNullable(Marks.label(namespace, Marks.IDENTITY))
                .flatMap(TenantIdentity::parse)
                .orElse(null);
        if (identity == null || live.contains(identity) || identity.equals(cleared.get(name))) {
            return true;
        }
        try {
            if (!lives(namespace, identity)) {
                clear(name, identity);
                cleared.put(name, identity);
            }
            return true;
        } catch (KubernetesClientException e) {
            LOG.atWarn()
                    .addKeyValue("report", name + "/" + ReportPlanner.NAME)
                    .addKeyValue("reason", ApiAnswers.reason(e))
                    .log("report of a former tenant not taken away");
            return false;
        }
    }

    /** Asked anew: what is known of all Tenants may be older than the namespace. Only the same name can have an identity back. */
    private boolean lives(Namespace namespace, TenantIdentity identity) {
        String name = Marks.label(namespace, Marks.TENANT);
        Tenant tenant = name == null
                ? null
                : client.resources(Tenant.class).withName(name).get();
        return tenant != null && TenantIdentity.of(tenant).equals(identity);
    }

    private void clear(String namespace, TenantIdentity identity) {
        Resource<Report> place =
                client.resources(Report.class).inNamespace(namespace).withName(ReportPlanner.NAME);
        Report report = place.get();
        if (report != null && Marks.ours(report, identity)) {
            place.delete();
            LOG.atInfo()
                    .addKeyValue("report", namespace + "/" + ReportPlanner.NAME)
                    .addKeyValue("tenant", Objects.requireNonNullElse(Marks.label(report, Marks.TENANT), ""))
                    .log("report of a former tenant taken away");
        }
    }
}
