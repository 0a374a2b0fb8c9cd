package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.outcome.Conditions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProofVerdictTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration VALIDITY = Duration.ofHours(3);

    @Test
    void verified_needs_every_control_that_isolates() {
        Map<Control, ControlProof> proofs = proven();
        assertThat(isolation(proofs, NOW)).isEqualTo(Isolation.Verified);

        for (Control control : Control.values()) {
            Map<Control, ControlProof> without = new EnumMap<>(proofs);
            without.remove(control);
            assertThat(isolation(without, NOW)).isEqualTo(control.isolates() ? Isolation.Unknown : Isolation.Verified);
        }
    }

    @Test
    void proof_goes_stale_by_itself() {
        Instant later = NOW.plus(VALIDITY).plusSeconds(1);

        assertThat(isolation(proven(), later)).isEqualTo(Isolation.Unknown);
        assertThat(verdict(proven(), later).with(control(Control.TI_DB, null)).proof())
                .isEqualTo(Proof.Stale);
        assertThat(condition("EvidenceFresh", proven(), List.of(), later).status())
                .isEqualTo(Status.False);
        assertThat(condition("IsolationVerified", proven(), List.of(), later).status())
                .isEqualTo(Status.Unknown);
    }

    @Test
    void a_breach_does_not_fade_with_time() {
        Map<Control, ControlProof> proofs = proven();
        proofs.put(Control.TI_DB, proof(Control.TI_DB, RoundFinding.Failed, true));

        assertThat(isolation(proofs, NOW.plus(VALIDITY).plusSeconds(1))).isEqualTo(Isolation.Breached);
    }

    @Test
    void a_probe_that_gets_through_is_named_before_anybody_has_written_an_incident() {
        Map<Control, ControlProof> proofs = proven();
        proofs.put(Control.TI_NET, proof(Control.TI_NET, RoundFinding.Failed, true));
        proofs.put(Control.TI_DB, proof(Control.TI_DB, RoundFinding.Failed, true));

        assertThat(condition("IsolationBreach", proofs, List.of(), NOW).message())
                .isEqualTo("a probe gets through: TI-DB, TI-NET");
    }

    @Test
    void healing_does_not_erase_a_breach_and_acknowledging_it_does() {
        Incident open = incident(null);
        Incident closed = incident(new IncidentSpec.Acknowledgement("a.admin", "INC-7", NOW.toString()));

        Condition breach = condition("IsolationBreach", proven(), List.of(open), NOW);
        assertThat(breach.status()).isEqualTo(Status.True);
        assertThat(breach.message()).contains("klinik-nord-ti-db-1", "acknowledgement");
        assertThat(condition("IsolationVerified", proven(), List.of(open), NOW).status())
                .isEqualTo(Status.False);
        assertThat(condition("IsolationBreach", proven(), List.of(closed), NOW).status())
                .isEqualTo(Status.False);
    }

    @Test
    void nobody_has_looked_is_unknown_and_never_green() {
        for (String type : List.of("IsolationVerified", "IsolationBreach", "EvidenceFresh", "ReportComplete")) {
            assertThat(condition(type, Map.of(), List.of(), NOW).status()).isEqualTo(Status.Unknown);
        }
        assertThat(isolation(Map.of(), NOW)).isEqualTo(Isolation.Unknown);
    }

    @Test
    void why_it_is_not_proven_stands_beside_why_it_is_enforced_and_does_not_pile_up() {
        Map<Control, ControlProof> proofs = proven();
        proofs.put(Control.TI_DB, proof(Control.TI_DB, RoundFinding.Inconclusive, false));
        ProofVerdict verdict = verdict(proofs, NOW);

        ControlStatus once = verdict.with(control(Control.TI_DB, "as planned"));
        assertThat(once.message()).isEqualTo("as planned");
        assertThat(once.proofMessage()).isEqualTo("words");
        assertThat(verdict.with(once)).isEqualTo(once);
        assertThat(verdict(proven(), NOW).with(once).message()).isEqualTo("as planned");
        assertThat(verdict(proven(), NOW).with(once).proofMessage()).isNull();
    }

    @Test
    void what_a_probe_finds_open_is_not_called_enforced_until_a_round_finds_it_closed() {
        Map<Control, ControlProof> proofs = proven();
        proofs.put(Control.TI_NET, proof(Control.TI_NET, RoundFinding.Failed, false));

        ControlStatus open = verdict(proofs, NOW).with(control(Control.TI_NET, null));
        assertThat(open.enforcement()).isEqualTo(Enforcement.Degraded);
        assertThat(open.reason()).isEqualTo("OpenedByOthers");
        assertThat(verdict(proofs, NOW).with(open)).isEqualTo(open);
        ControlStatus closed = verdict(proven(), NOW).with(open);
        assertThat(closed.enforcement()).isEqualTo(Enforcement.Enforced);
        assertThat(closed.reason()).isEqualTo("AsPlanned");
    }

    private static Isolation isolation(Map<Control, ControlProof> proofs, Instant now) {
        ProofVerdict verdict = verdict(proofs, now);
        return verdict.isolation(controls(verdict));
    }

    private static List<ControlStatus> controls(ProofVerdict verdict) {
        return Arrays.stream(Control.values())
                .map(c -> verdict.with(control(c, null)))
                .toList();
    }

    private static Condition condition(
            String type, Map<Control, ControlProof> proofs, List<Incident> incidents, Instant now) {
        TenantProofs found = TenantProofs.of(null, incidents);
        ProofVerdict verdict = new ProofVerdict(new TenantProofs(proofs, found.open(), 0), now);
        Conditions conditions = new Conditions(List.of(), now, 1L);
        verdict.set(conditions, controls(verdict));
        return conditions.list().stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static ProofVerdict verdict(Map<Control, ControlProof> proofs, Instant now) {
        return new ProofVerdict(new TenantProofs(proofs, List.of(), 0), now);
    }

    private static Map<Control, ControlProof> proven() {
        Map<Control, ControlProof> proofs = new EnumMap<>(Control.class);
        for (Control control : Control.values()) {
            if (control.isolates()) {
                proofs.put(control, proof(control, RoundFinding.Proven, false));
            }
        }
        return proofs;
    }

    private static ControlProof proof(Control control, RoundFinding finding, boolean breach) {
        return new ControlProof(control, finding, breach, 8, 8, "words", NOW, NOW.plus(VALIDITY));
    }

    private static ControlStatus control(Control control, @Nullable String message) {
        return new ControlStatus(
                control.id(),
                Demand.Required,
                Enforcement.Enforced,
                Proof.Never,
                Attestation.NotRequired,
                "AsPlanned",
                message,
                null,
                null,
                null,
                null,
                null);
    }

    private static Incident incident(IncidentSpec.@Nullable Acknowledgement acknowledgement) {
        Incident incident = new Incident();
        incident.setMetadata(
                new ObjectMetaBuilder().withName("klinik-nord-ti-db-1").build());
        incident.setSpec(new IncidentSpec(
                new IncidentSpec.IncidentFinding(
                        "klinik-nord",
                        "0f8fad5b-d9cb-469f-a165-70867728950e",
                        "TI-DB",
                        null,
                        "words",
                        NOW.toString(),
                        NOW.toString(),
                        NOW.toString(),
                        NOW.toString()),
                acknowledgement));
        return incident;
    }
}
