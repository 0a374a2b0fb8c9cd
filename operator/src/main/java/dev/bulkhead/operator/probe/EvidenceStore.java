package dev.bulkhead.operator.probe;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.Discretion;
import dev.bulkhead.operator.evidence.IncidentPlanner;
import dev.bulkhead.operator.evidence.ReportHome;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.TenantNamespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the prober puts what it found: the report of each tenant, and an Incident for each way out that was open. It
 * writes when something changed, and once in a while to say that it still looks.
 */
final class EvidenceStore {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceStore.class);
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("bulkhead-prober")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final Duration refresh;

    EvidenceStore(KubernetesClient client, Duration refresh) {
        this.client = client;
        this.refresh = refresh;
    }

    /**
     * Keeps what a round found. Incidents come first: once a report says that a way was open, the record of it is there.
     *
     * @param controls of the tenant's status
     * @param discretion what of it the tenant's people may read
     * @param since when the tenant came to be as it is: what was found before it is found anew
     */
    void keep(
            Subject subject,
            List<ControlStatus> controls,
            TenantRound.RoundFound found,
            Discretion discretion,
            Instant since,
            Instant now) {
        incidents(subject, found.trials(), now);
        List<Trial> trials = discretion.told(found.trials());
        List<ControlProof> proofs =
                found.proofs().stream().map(proof -> proof.told(trials)).toList();
        List<String> namespaces =
                subject.namespaces().stream().map(TenantNamespace::fullName).toList();
        List<Report> reports =
                namespaces.stream().flatMap(n -> report(n).stream()).toList();
        Optional<Report> current = ReportHome.current(reports, subject.identity());
        String namespace = ReportHome.namespace(current, namespaces);
        if (current.isEmpty()
                && reports.stream()
                        .anyMatch(r -> namespace.equals(r.getMetadata().getNamespace()))) {
            LOG.atWarn()
                    .addKeyValue("report", namespace + "/" + ReportPlanner.NAME)
                    .log(
                            "a report of this name is not the prober's; delete it, and the evidence will be written there");
            return;
        }
        if (current.isEmpty() || news(TenantProofs.of(current.get(), List.of()), proofs, since, now)) {
            client.resource(ReportPlanner.plan(
                            new ReportPlanner.About(subject.tenant(), subject.identity(), namespace),
                            controls,
                            proofs,
                            trials,
                            now))
                    .patch(APPLY);
        }
    }

    private Optional<Report> report(String namespace) {
        return Optional.ofNullable(client.resources(Report.class)
                .inNamespace(namespace)
                .withName(ReportPlanner.NAME)
                .get());
    }

    private boolean news(TenantProofs before, List<ControlProof> now, Instant since, Instant time) {
        Map<Control, ControlProof> old = before.proofs();
        return now.size() != old.size()
                || now.stream().anyMatch(proof -> {
                    ControlProof was = old.get(proof.control());
                    return was == null
                            || differs(was, proof)
                            || was.observedAt().isBefore(since)
                            || was.observedAt().isAfter(time) // the clock was set back
                            || !was.observedAt().plus(refresh).isAfter(time);
                });
    }

    /** How many attempts there were changes with the sample, and is no news. */
    private static boolean differs(ControlProof was, ControlProof is) {
        return was.finding() != is.finding()
                || was.breach() != is.breach()
                || (is.finding() != ControlProof.RoundFinding.Proven
                        && !was.message().equals(is.message()));
    }

    /** Those of the tenant that are open cover what they are about; the others do not. */
    private void incidents(Subject subject, List<Trial> trials, Instant now) {
        if (trials.stream().noneMatch(Trial::breach)) {
            return;
        }
        // By what is in them: a label can be taken off, and each round would make them anew.
        List<Incident> known = client.resources(Incident.class).list().getItems();
        IncidentPlanner.plan(subject, trials, known, now).forEach(this::make);
    }

    private void make(Incident incident) {
        try {
            client.resource(incident).create();
            LOG.atWarn()
                    .addKeyValue("tenant", incident.getSpec().finding().tenant())
                    .addKeyValue("control", incident.getSpec().finding().control())
                    .addKeyValue("incident", incident.getMetadata().getName())
                    .log("a probe got through");
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }
}
