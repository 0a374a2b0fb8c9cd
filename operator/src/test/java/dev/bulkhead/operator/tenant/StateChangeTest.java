package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An Event is a warning when somebody should look, whichever way the operator came to know of it. */
class StateChangeTest {
    private static final Finding NO_STORE =
            new Finding(Reason.ObjectStoreUnavailable, "ObjectStore s3", "does not answer");
    private static final Finding NOT_OURS = new Finding(Reason.DatabaseRefused, "schema t_x", "a right is missing");
    private static final Finding WRONG = new Finding(Reason.InvalidSpec, "spec.quota", "must be whole bytes");
    private static final Finding LOOSE = new Finding(Reason.LooserThanProfile, "spec.quota", "is more than allowed");

    @Test
    void a_tenant_that_never_worked_and_waits_for_a_store_is_nothing_to_look_at() {
        assertThat(change(null, refused(null, NO_STORE)))
                .isEqualTo(new StateChange(false, "ObjectStoreUnavailable", NO_STORE.text()));
        assertThat(change(null, applied(null, waiting(NO_STORE))))
                .isEqualTo(new StateChange(false, "ObjectStoreUnavailable", NO_STORE.text()));
        assertThat(change(null, applied(null, waiting(NO_STORE), LOOSE)))
                .isEqualTo(new StateChange(false, "ObjectStoreUnavailable", NO_STORE.text()));
    }

    @Test
    void a_tenant_that_worked_and_waits_for_a_store_is_a_warning() {
        TenantStatus active = applied(null, Outcome.unchanged());

        assertThat(active.phase()).isEqualTo(TenantStatus.TenantPhase.Active);
        assertThat(change(active, refused(active, NO_STORE)))
                .isEqualTo(new StateChange(true, "ObjectStoreUnavailable", NO_STORE.text()));
        assertThat(change(active, applied(active, waiting(NO_STORE))))
                .isEqualTo(new StateChange(true, "ObjectStoreUnavailable", NO_STORE.text()));
    }

    @Test
    void a_tenant_that_is_wrong_says_so_before_it_says_what_it_waits_for() {
        StateChange change = change(null, refused(null, NO_STORE, WRONG));

        assertThat(change.warning()).isTrue();
        assertThat(change.reason()).isEqualTo("InvalidSpec");
        assertThat(change.note()).isEqualTo(WRONG.text() + "; " + NO_STORE.text());
    }

    @Test
    void a_new_tenant_that_needs_a_person_is_a_warning() {
        assertThat(change(null, applied(null, new Outcome.Blocked(NOT_OURS))))
                .isEqualTo(new StateChange(true, "DatabaseRefused", NOT_OURS.text()));
    }

    @Test
    void a_tenant_that_is_looser_than_its_profile_is_a_warning() {
        assertThat(change(null, applied(null, Outcome.unchanged(), LOOSE)))
                .isEqualTo(new StateChange(true, "LooserThanProfile", LOOSE.text()));
    }

    @Test
    void nothing_is_said_twice() {
        TenantStatus waiting = refused(null, NO_STORE);

        assertThat(StateChange.between(waiting, refused(waiting, NO_STORE))).isEmpty();
    }

    private static StateChange change(@Nullable TenantStatus before, TenantStatus after) {
        return StateChange.between(before, after).orElseThrow();
    }

    private static TenantStatus refused(@Nullable TenantStatus before, Finding... findings) {
        return report(before).refused("identity", List.of(findings), "waits");
    }

    private static TenantStatus applied(@Nullable TenantStatus before, Outcome store, Finding... looser) {
        return report(before)
                .of(EvidenceOf.tenant(
                        Tenants.full(),
                        List.of(looser),
                        new Applied(Map.of(PartId.objectStore, List.of(store))),
                        new TenantStatus.DatabaseStatus("main", "shard-a", "t_x", "t_x_l1"),
                        new TenantStatus.ObjectStoreStatus("s3", "bh-x", "bh-x-1"),
                        List.of(),
                        BackendView.UNKNOWN,
                        BackendView.UNKNOWN));
    }

    private static TenantReport report(@Nullable TenantStatus before) {
        return new TenantReport(before, 1, Instant.EPOCH, null, TenantProofs.NONE);
    }

    private static Outcome waiting(Finding finding) {
        return new Outcome.Waiting(finding);
    }
}
