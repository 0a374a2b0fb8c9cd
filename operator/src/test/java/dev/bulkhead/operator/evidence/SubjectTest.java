package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantNamespace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom the prober attacks. */
class SubjectTest {
    @ParameterizedTest
    @EnumSource(TenantPhase.class)
    void a_tenant_is_attacked_while_it_has_a_compartment(TenantPhase phase) {
        assertThat(Subject.of(tenant(phase)).isPresent())
                .isEqualTo(phase == TenantPhase.Active || phase == TenantPhase.Degraded);
        assertThat(Subject.unprobed(tenant(phase)).isPresent())
                .isEqualTo(Subject.of(tenant(phase)).isEmpty());
    }

    /** Its walls are kept as they were accepted, so somebody has to look whether they hold. */
    @ParameterizedTest
    @EnumSource(
            value = TenantPhase.class,
            names = {"Invalid", "Conflict"})
    void one_that_lived_and_is_refused_is_attacked_as_long_as_its_namespaces_are_its_own(TenantPhase phase) {
        assertThat(Subject.of(tenant(phase, "Ready", "Ready"))).isPresent();
        assertThat(Subject.of(tenant(phase, "Ready", "Conflict"))).isEmpty();
        assertThat(Subject.of(tenant(phase, "Pending"))).isEmpty();
    }

    @Test
    void what_was_proven_of_one_that_nobody_attacks_says_nothing_any_more_and_a_breach_stays_one() {
        Instant at = Instant.parse("2026-11-22T12:00:00Z");
        TenantProofs proofs = new TenantProofs(
                Map.of(
                        Control.TI_DB,
                        new ControlProof(Control.TI_DB, RoundFinding.Proven, false, 8, 8, "8 of 8", at, at),
                        Control.TI_OBJ,
                        new ControlProof(Control.TI_OBJ, RoundFinding.Failed, true, 8, 7, "reads", at, at)),
                List.of(),
                0);

        TenantProofs lapsed = proofs.lapsed("not attacked: it is suspended");

        assertThat(lapsed.proofs().get(Control.TI_DB))
                .returns(RoundFinding.Inconclusive, ControlProof::finding)
                .returns("not attacked: it is suspended", ControlProof::message);
        assertThat(lapsed.proofs().get(Control.TI_OBJ))
                .isEqualTo(proofs.proofs().get(Control.TI_OBJ));
    }

    @Test
    void a_tenant_that_is_new_suspended_or_going_is_not_attacked() {
        Tenant fresh = tenant(TenantPhase.Active);
        fresh.setStatus(null);
        Tenant going = tenant(TenantPhase.Active);
        going.getMetadata().setDeletionTimestamp("2026-11-22T12:00:00Z");
        Tenant suspended = tenant(TenantPhase.Active);
        suspended.setSpec(Tenants.suspended().spec());

        assertThat(List.of(fresh, going, suspended))
                .allMatch(tenant -> Subject.of(tenant).isEmpty());
    }

    @Test
    void it_is_attacked_in_its_namespaces_and_with_what_was_delivered_to_the_first_that_asked() {
        Tenant tenant = tenant(TenantPhase.Active);
        tenant.setSpec(Tenants.full().spec());
        Subject subject = Subject.of(tenant).orElseThrow();

        assertThat(subject.namespaces())
                .extracting(TenantNamespace::fullName)
                .isSorted()
                .hasSizeGreaterThan(1);
        assertThat(subject.delivered(PartId.database))
                .map(TenantNamespace::name)
                .isEqualTo(tenant.getSpec().database().deliverTo().stream()
                        .sorted()
                        .findFirst());
        assertThat(subject.delivered(PartId.objectStore))
                .map(TenantNamespace::name)
                .isEqualTo(tenant.getSpec().objectStore().deliverTo().stream()
                        .sorted()
                        .findFirst());
    }

    @Test
    void who_asked_for_no_database_and_no_bucket_has_neither_login_nor_key() {
        Subject subject = Subject.of(tenant(TenantPhase.Active)).orElseThrow();

        assertThat(subject.delivered(PartId.database)).isEmpty();
        assertThat(subject.delivered(PartId.objectStore)).isEmpty();
    }

    private static Tenant tenant(TenantPhase phase, String... namespaces) {
        Tenant tenant = ProbedTenants.tenant("acme", phase, Isolation.Unknown, List.of());
        tenant.setStatus(ProbedTenants.with(tenant.getStatus(), 1L, List.of(namespaces)));
        return tenant;
    }

    private static Tenant tenant(TenantPhase phase) {
        return ProbedTenants.tenant("acme", phase, Isolation.Unknown, List.of());
    }
}
