package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.ControlVerdict;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Status says what was applied and found, never what was wished. */
class VerdictsTest {
    private static final Finding DOWN = new Finding(Reason.DatabaseUnavailable, "DatabaseServer main", "is down");
    private static final Finding REFUSED =
            new Finding(Reason.NotEnforceable, "bucket b Encrypt", "the store refuses it");
    private static final Finding LOOSE =
            new Finding(Reason.LooserThanProfile, "spec.quota.cpu", "is more than allowed");
    private static final Finding ELSEWHERE =
            new Finding(Reason.UnknownServer, "spec.database", "DatabaseServer main serves development now");

    private static final TenantStatus.DatabaseStatus DATABASE =
            new TenantStatus.DatabaseStatus("main", "shard-a", "t_x", "t_x_l1");
    private static final TenantStatus.ObjectStoreStatus BUCKET =
            new TenantStatus.ObjectStoreStatus("s3", "bh-x", "bh-x-1");

    @Test
    void hardening_that_the_server_refused_is_not_enforced() {
        TenantStatus status = status(null, with(PartId.objectStore, new Outcome.Done(0, List.of(REFUSED))), List.of());

        assertThat(control(status, Control.TI_OBJ))
                .extracting(ControlStatus::enforcement, ControlStatus::reason, ControlStatus::message)
                .containsExactly(Enforcement.Degraded, "NotEnforceable", REFUSED.text());
        assertThat(control(status, Control.TI_DB).enforcement()).isEqualTo(Enforcement.Enforced);
    }

    @Test
    void bounds_hold_only_while_nothing_is_looser_than_the_profile() {
        assertThat(control(status(null, done(), List.of()), Control.TI_CFG).enforcement())
                .isEqualTo(Enforcement.Enforced);
        assertThat(control(status(null, done(), List.of(LOOSE)), Control.TI_CFG))
                .extracting(ControlStatus::enforcement, ControlStatus::reason, ControlStatus::message)
                .containsExactly(Enforcement.Degraded, "LooserThanProfile", LOOSE.text());
    }

    @ParameterizedTest
    @EnumSource(
            value = PartId.class,
            names = {"database", "objectStore"})
    void environments_are_apart_only_where_the_backends_were_reached(PartId backend) {
        assertThat(control(status(null, done(), List.of()), Control.TI_ENV).enforcement())
                .isEqualTo(Enforcement.Enforced);
        assertThat(control(status(null, with(backend, new Outcome.Waiting(DOWN)), List.of()), Control.TI_ENV))
                .extracting(ControlStatus::enforcement, ControlStatus::reason)
                .containsExactly(Enforcement.Degraded, "DatabaseUnavailable");
    }

    @Test
    void a_backend_that_serves_another_environment_now_ends_what_was_said_before() {
        TenantStatus before = status(null, done(), List.of());

        TenantStatus status = report(before).refused("identity", List.of(ELSEWHERE), "waits");

        assertThat(control(status, Control.TI_ENV))
                .extracting(ControlStatus::enforcement, ControlStatus::reason, ControlStatus::message)
                .containsExactly(Enforcement.Degraded, "UnknownServer", ELSEWHERE.text());
        assertThat(enforced(status)).isEqualTo(enforced(before) - 1);
        assertThat(control(status(status, done(), List.of()), Control.TI_ENV).enforcement())
                .isEqualTo(Enforcement.Enforced);
    }

    @Test
    void what_a_server_lacks_stands_beside_the_control_that_rests_on_it() {
        TenantStatus status = report(null)
                .of(EvidenceOf.tenant(
                        Tenants.full(),
                        List.of(),
                        done(),
                        DATABASE,
                        BUCKET,
                        List.of(),
                        EvidenceOf.view(
                                List.of(new Capability("largeObjectsClosed", false, "superuser only")),
                                Optional.empty()),
                        EvidenceOf.view(
                                List.of(new Capability("keepsBucketsApart", false, "paths are not looked at")),
                                Optional.empty())));

        assertThat(control(status, Control.TI_DB).message()).isEqualTo("the server does not offer: largeObjectsClosed");
        assertThat(control(status, Control.TI_OBJ))
                .extracting(ControlStatus::enforcement, ControlStatus::message)
                .containsExactly(
                        Enforcement.NotEnforceable,
                        "ObjectStore s3-one does not keep buckets apart: paths are not looked at");
        assertThat(status.residualRisks())
                .extracting(TenantStatus.ResidualRisk::id)
                .contains("database-without-large-objects-closed", "object-store-without-keeps-buckets-apart");
    }

    @Test
    void a_login_and_a_key_are_in_use_once_they_were_made() {
        TenantStatus made = status(null, done(), List.of());
        assertThat(made.database()).isEqualTo(DATABASE);
        assertThat(made.objectStore()).isEqualTo(BUCKET);

        TenantStatus tried = status(null, with(PartId.database, new Outcome.Waiting(DOWN)), List.of());
        assertThat(tried.database()).isEqualTo(new TenantStatus.DatabaseStatus("main", "shard-a", "t_x", null));

        TenantStatus heldBack =
                status(null, new Applied(Map.of(PartId.namespaces, List.of(Outcome.unchanged()))), List.of());
        assertThat(heldBack.database()).isNull();
        assertThat(heldBack.objectStore()).isNull();

        TenantStatus unknown = status(made, with(PartId.objectStore, new Outcome.Waiting(DOWN)), List.of());
        assertThat(unknown.objectStore())
                .as("what was in use before, for nobody could look")
                .isEqualTo(BUCKET);
    }

    @Test
    void an_error_nobody_thought_of_forgets_no_rotation() {
        TenantStatus.RotationStatus rotated =
                new TenantStatus.RotationStatus(List.of(), "2027-01-01T00:00:00Z", null, null);
        TenantStatus before = status(null, done(), List.of()).withRotation(rotated);

        assertThat(report(before).broken("identity", "abc").rotation()).isEqualTo(rotated);
        assertThat(report(before).refused("identity", List.of(LOOSE), "waits").rotation())
                .isEqualTo(rotated);
    }

    @Test
    void what_is_in_the_way_is_said_before_what_waits_for_it_and_without_it() {
        Evidence evidence = evidence(done(), List.of());
        Evidence contested = new Evidence(
                evidence.tenant(),
                evidence.looser(),
                evidence.applied(),
                evidence.homes(),
                evidence.keys(),
                evidence.workflows(),
                evidence.unavailable(),
                List.of(
                        new ControlVerdict(
                                Control.TI_DB, Enforcement.Degraded, Reason.WaitingFor, "waits for database", null),
                        new ControlVerdict(
                                Control.TI_DB, Enforcement.Degraded, Reason.DatabaseUnavailable, DOWN.text(), null)),
                evidence.risks());

        assertThat(control(report(null).of(contested), Control.TI_DB))
                .extracting(ControlStatus::reason, ControlStatus::message)
                .containsExactly("DatabaseUnavailable", DOWN.text());
    }

    @Test
    void a_status_is_current_while_the_spec_is_the_one_it_was_made_of() {
        TenantStatus ofOne = status(null, done(), List.of());

        assertThat(report(ofOne).isCurrent()).isTrue();
        assertThat(new TenantReport(ofOne, 2, Instant.EPOCH, null, TenantProofs.NONE).isCurrent())
                .isFalse();
        assertThat(report(null).isCurrent()).isFalse();
    }

    private static Applied done() {
        Map<PartId, List<Outcome>> outcomes = new EnumMap<>(PartId.class);
        Arrays.stream(PartId.values()).forEach(f -> outcomes.put(f, List.of(Outcome.unchanged())));
        return new Applied(outcomes);
    }

    private static Applied with(PartId feature, Outcome outcome) {
        Map<PartId, List<Outcome>> outcomes = new EnumMap<>(done().outcomes());
        outcomes.put(feature, List.of(outcome));
        return new Applied(outcomes);
    }

    private static TenantStatus status(@Nullable TenantStatus before, Applied applied, List<Finding> looser) {
        return report(before).of(evidence(applied, looser));
    }

    private static Evidence evidence(Applied applied, List<Finding> looser) {
        return EvidenceOf.tenant(
                Tenants.full(), looser, applied, DATABASE, BUCKET, List.of(), BackendView.UNKNOWN, BackendView.UNKNOWN);
    }

    private static TenantReport report(@Nullable TenantStatus before) {
        return new TenantReport(before, 1, Instant.EPOCH, null, TenantProofs.NONE);
    }

    private static ControlStatus control(TenantStatus status, Control control) {
        return status.controls().stream()
                .filter(c -> c.id().equals(control.id()))
                .findFirst()
                .orElseThrow();
    }

    private static int enforced(TenantStatus status) {
        String text = Objects.requireNonNull(status.enforced());
        return Integer.parseInt(text.substring(0, text.indexOf('/')));
    }
}
