package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantNamespace;
import java.util.List;
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

    private static Tenant tenant(TenantPhase phase) {
        return ProbedTenants.tenant("acme", phase, Isolation.Unknown, List.of());
    }
}
