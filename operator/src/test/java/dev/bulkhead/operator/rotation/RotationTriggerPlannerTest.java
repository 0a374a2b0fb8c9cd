package dev.bulkhead.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.RotationSpec.Trigger;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.RotationRules;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.KeyStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Rotated;
import dev.bulkhead.api.v1beta1.TenantStatus.RotationStatus;
import dev.bulkhead.operator.fixture.ProbedTenants;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTriggerPlannerTest {
    /** {@link ProbedTenants} makes them a month before. */
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    private static final TenantProfileSpec NO_AGE =
            new TenantProfileSpec("P", "D", Map.of(), Map.of(), Map.of(), false, false, null);

    @Test
    void nobody_asks_for_nothing() {
        assertThat(plan(tenant(null), NO_AGE, List.of(), List.of(), NOW)).isEmpty();
    }

    @Test
    void an_annotation_asks_once_for_each_value() {
        Tenant tenant = tenant("database,object-store@1");
        Rotation first = plan(tenant, NO_AGE, List.of(), List.of(), NOW).orElseThrow();

        assertThat(first.getSpec().what()).containsExactly(Rotatable.Database, Rotatable.ObjectStore);
        assertThat(first.getSpec().trigger()).isEqualTo(Trigger.Annotation);
        assertThat(first.getSpec().atOnce()).isFalse();
        assertThat(plan(tenant, NO_AGE, List.of(), List.of(first), NOW)).isEmpty();
        assertThat(plan(tenant("all@2"), NO_AGE, List.of(), List.of(first), NOW))
                .isPresent();
        assertThat(RotationTriggerPlanner.askedFor(tenant))
                .as("it is kept as long as the annotation says so, or it would be made again")
                .contains(first.getMetadata().getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "", "@1", "all@", "database,redis@1", "database,@1"})
    void an_annotation_that_cannot_be_understood_makes_nothing_and_is_said(String value) {
        Tenant tenant = tenant(value);

        assertThat(plan(tenant, NO_AGE, List.of(), List.of(), NOW)).isEmpty();
        assertThat(RotationTriggerPlanner.misunderstood(tenant))
                .hasValueSatisfying(message -> assertThat(message).contains("bulkhead.dev/rotate", "object-store"));
    }

    @Test
    void after_a_breach_everything_is_exchanged_at_once_and_once() {
        Incident incident = incident("2026-11-30T23:59:50Z", false);
        Rotation made =
                plan(tenant(null), NO_AGE, List.of(incident), List.of(), NOW).orElseThrow();

        assertThat(made.getSpec().parts()).containsExactly(Rotatable.values());
        assertThat(made.getSpec().atOnce()).isTrue();
        assertThat(made.getSpec().trigger()).isEqualTo(Trigger.Breach);
        made.getMetadata().setCreationTimestamp("2026-11-30T23:59:53Z");
        assertThat(plan(tenant(null), NO_AGE, List.of(incident), List.of(made), NOW))
                .isEmpty();
    }

    @Test
    void many_incidents_make_one_rotation_and_a_later_one_makes_another() {
        List<Incident> burst = new ArrayList<>(
                List.of(incident("2026-11-30T23:59:48Z", false), incident("2026-11-30T23:59:50Z", false)));
        Rotation made = plan(tenant(null), NO_AGE, burst, List.of(), NOW).orElseThrow();
        made.getMetadata().setCreationTimestamp("2026-11-30T23:59:53Z");
        assertThat(plan(tenant(null), NO_AGE, burst, List.of(made), NOW)).isEmpty();

        burst.add(incident("2026-12-01T00:05:00Z", false));
        assertThat(plan(tenant(null), NO_AGE, burst, List.of(made), NOW)).isPresent();
    }

    @Test
    void an_incident_that_somebody_dealt_with_or_that_is_older_than_all_keys_asks_for_nothing() {
        assertThat(plan(tenant(null), NO_AGE, List.of(incident("2026-11-30T00:00:00Z", true)), List.of(), NOW))
                .isEmpty();
        Tenant exchanged = exchanged("2026-11-30T01:00:00Z", Rotatable.values());
        assertThat(plan(exchanged, NO_AGE, List.of(incident("2026-11-30T00:00:00Z", false)), List.of(), NOW))
                .isEmpty();
        Tenant partly = exchanged("2026-11-30T01:00:00Z", Rotatable.Database);
        assertThat(plan(partly, NO_AGE, List.of(incident("2026-11-30T00:00:00Z", false)), List.of(), NOW))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({"P60D, false", "P20D, true", "P6M, false", "PT1H, true"})
    void what_is_as_old_as_the_profile_allows_is_exchanged(String every, boolean due) {
        Optional<Rotation> made = plan(tenant(null), profile(every), List.of(), List.of(), NOW);

        assertThat(made.isPresent()).isEqualTo(due);
        made.ifPresent(rotation -> {
            assertThat(rotation.getSpec().trigger()).isEqualTo(Trigger.Schedule);
            assertThat(rotation.getSpec().what()).containsExactlyInAnyOrder(Rotatable.values());
        });
    }

    @Test
    void it_is_exchanged_before_it_is_too_old_and_not_long_before() {
        Instant made = Instant.parse("2026-11-01T00:00:00Z");
        Duration every = Duration.ofDays(90);
        Instant due = RotationSchedule.next(tenant(null), Set.of(), Map.of(), profile("P90D"))
                .orElseThrow();

        assertThat(due).isBetween(made.plus(every.multipliedBy(9).dividedBy(10)), made.plus(every));
        assertThat(plan(tenant(null), profile("P90D"), List.of(), List.of(), due.minusSeconds(1)))
                .isEmpty();
        assertThat(plan(tenant(null), profile("P90D"), List.of(), List.of(), due))
                .isPresent();
    }

    @Test
    void only_what_is_due_is_exchanged_and_what_is_due_soon_goes_along() {
        Tenant tenant = exchanged("2026-11-02T00:00:00Z", Rotatable.Database);
        Tenant young = exchanged("2026-11-25T00:00:00Z", Rotatable.Database);
        Instant due = RotationSchedule.next(tenant, Set.of(), Map.of(), profile("P30D"))
                .orElseThrow();

        assertThat(plan(tenant, profile("P30D"), List.of(), List.of(), due)
                        .orElseThrow()
                        .getSpec()
                        .what())
                .containsExactly(Rotatable.values());
        assertThat(plan(young, profile("P30D"), List.of(), List.of(), due)
                        .orElseThrow()
                        .getSpec()
                        .what())
                .containsExactly(Rotatable.ObjectStore, Rotatable.TenantKey, Rotatable.SealingKey);
    }

    @Test
    void nothing_is_made_by_schedule_while_one_runs_or_shortly_after_one() {
        Rotation running =
                plan(tenant(null), profile("P20D"), List.of(), List.of(), NOW).orElseThrow();
        running.getMetadata().setCreationTimestamp(NOW.toString());
        assertThat(plan(tenant(null), profile("P20D"), List.of(), List.of(running), NOW.plusSeconds(86_400)))
                .isEmpty();

        running.setStatus(new JobStatus(1L, JobPhase.Failed, null, null, null, NOW.toString(), List.of(), List.of()));
        assertThat(plan(tenant(null), profile("P20D"), List.of(), List.of(running), NOW.plusSeconds(3_600)))
                .as("the tenant's status may be behind it")
                .isEmpty();
        assertThat(plan(tenant(null), profile("P20D"), List.of(), List.of(running), NOW.plusSeconds(86_400)))
                .as("one that failed is made again")
                .isPresent();
    }

    /** As after a clock that was a year ahead: nothing would be exchanged until then. */
    @Test
    void an_exchange_at_a_time_that_is_still_to_come_counts_for_none() {
        Tenant tenant = exchanged("2027-12-01T00:00:00Z", Rotatable.values());
        Rotation former =
                plan(tenant, profile("P20D"), List.of(), List.of(), NOW).orElseThrow();
        former.getMetadata().setCreationTimestamp("2027-12-01T00:00:00Z");
        former.setStatus(new JobStatus(1L, JobPhase.Succeeded, null, null, null, null, List.of(), List.of()));

        assertThat(plan(tenant, profile("P20D"), List.of(), List.of(former), NOW))
                .isPresent();
        assertThat(plan(tenant, NO_AGE, List.of(incident("2026-11-30T00:00:00Z", false)), List.of(), NOW))
                .isPresent();
    }

    @Test
    void a_tenant_that_goes_or_has_no_keys_yet_is_left_alone() {
        Tenant going = tenant("all@1");
        going.getMetadata().setDeletionTimestamp("2026-11-30T00:00:00Z");
        Tenant young = tenant("all@1");
        young.setStatus(ProbedTenants.verified("acme", null).getStatus());

        assertThat(plan(going, profile("P20D"), List.of(), List.of(), NOW)).isEmpty();
        assertThat(plan(young, profile("P20D"), List.of(), List.of(), NOW)).isEmpty();
    }

    private static Optional<Rotation> plan(
            Tenant tenant, TenantProfileSpec profile, List<Incident> incidents, List<Rotation> rotations, Instant now) {
        return RotationTriggerPlanner.plan(tenant, Set.of(), profile, incidents, rotations, now);
    }

    private static Tenant tenant(@Nullable String annotation) {
        Tenant tenant = exchanged("2026-11-01T00:00:00Z");
        if (annotation != null) {
            tenant.getMetadata().setAnnotations(Map.of("bulkhead.dev/rotate", annotation));
        }
        return tenant;
    }

    private static Tenant exchanged(String at, Rotatable... what) {
        Tenant tenant = ProbedTenants.tenant(
                "acme", dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase.Active, Isolation.Verified, List.of());
        var status = tenant.getStatus();
        tenant.setStatus(new dev.bulkhead.api.v1beta1.TenantStatus(
                1L,
                status.phase(),
                null,
                status.isolation(),
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                new KeyStatus("mk-1", 1, 1),
                what.length == 0
                        ? null
                        : new RotationStatus(
                                Arrays.stream(what).map(w -> new Rotated(w, at)).toList(), null, null, null),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null));
        return tenant;
    }

    private static TenantProfileSpec profile(String every) {
        return new TenantProfileSpec(
                "P",
                "D",
                Map.of(),
                Map.of(),
                Map.of(),
                false,
                false,
                new RotationRules(every, RotationRules.DRAIN_FOR));
    }

    private static Incident incident(String made, boolean acknowledged) {
        Incident incident = new Incident();
        incident.setMetadata(new ObjectMetaBuilder()
                .withName("i-" + made.hashCode())
                .withCreationTimestamp(made)
                .build());
        incident.setSpec(new IncidentSpec(
                new IncidentSpec.IncidentFinding(
                        "acme", "0f8fad5b-d9cb-469f-a165-70867728950e", "TI-DB", null, "m", made, made, made, made),
                acknowledged ? new IncidentSpec.Acknowledgement("a", "r", made) : null));
        return incident;
    }
}
