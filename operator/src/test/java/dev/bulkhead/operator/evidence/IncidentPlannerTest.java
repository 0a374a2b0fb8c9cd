package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.IncidentSpec.IncidentFinding;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.fixture.ProbedTenants;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One way out, one Incident, with clocks of its own. */
class IncidentPlannerTest {
    private static final Instant FOUND = Instant.parse("2026-11-30T08:00:00.5Z");
    private static final Instant LATER = Instant.parse("2026-11-30T20:00:00Z");
    private static final Subject ACME = Subject.of(
                    ProbedTenants.tenant("acme", TenantPhase.Active, Isolation.Unknown, List.of()))
            .orElseThrow();

    @Test
    void a_way_that_was_open_is_an_incident_with_its_deadlines() {
        List<Incident> made = plan(FOUND, List.of(), reads("schema t_b of other"));

        assertThat(made).hasSize(1);
        assertThat(made.getFirst().getMetadata().getName()).startsWith("acme-ti-db-1796025600-");
        assertThat(made.getFirst().getMetadata().getLabels())
                .containsEntry("bulkhead.dev/tenant", "acme")
                .hasSize(2);
        assertThat(made.getFirst().getSpec().acknowledgement()).isNull();
        assertThat(made.getFirst().getSpec().finding())
                .returns("acme", IncidentFinding::tenant)
                .returns("TI-DB", IncidentFinding::control)
                .returns("reads rows, on schema t_b of other", IncidentFinding::way)
                .returns(
                        "reads rows: login of acme on schema t_b of other: Succeeded (1 row)", IncidentFinding::message)
                .returns("2026-11-30T08:00:00Z", IncidentFinding::foundAt)
                .returns("2026-12-01T08:00:00Z", IncidentFinding::documentBy)
                .returns("2026-12-02T08:00:00Z", IncidentFinding::notifyBy)
                .returns("2026-12-03T08:00:00Z", IncidentFinding::reportBy);
    }

    @Test
    void as_long_as_it_is_open_it_is_that_one_and_once_acknowledged_another() {
        Trial reads = reads("schema t_b of other");
        Incident first = plan(FOUND, List.of(), reads).getFirst();

        assertThat(plan(LATER, List.of(first), reads, reads)).isEmpty();
        assertThat(plan(LATER, List.of(acknowledged(first)), reads)).hasSize(1);
    }

    /** A false alarm that is left open must not be where somebody hides. */
    @Test
    void an_open_one_covers_no_other_way_of_the_same_control() {
        List<Incident> open = plan(FOUND, List.of(), open("t_c_app", "table t_b.bait"));

        List<Incident> made =
                plan(LATER, open, open("t_c_app", "table t_b.bait"), open("t_c_app", "table t_a.patients"));

        assertThat(made)
                .extracting(incident -> incident.getSpec().finding().way())
                .containsExactly("rights of others, t_c_app on table t_a.patients");
        assertThat(made.getFirst().getSpec().finding().foundAt()).isEqualTo(LATER.toString());
    }

    @Test
    void another_victim_another_door_and_another_control_are_other_ways() {
        List<Incident> made = plan(
                FOUND,
                List.of(),
                reads("schema t_b of other"),
                reads("schema t_c of third"),
                trial(Control.TI_DB, "writes rows", TrialKind.BreakOut, "login of acme", "schema t_b of other"),
                trial(Control.TI_OBJ, "reads rows", TrialKind.BreakOut, "login of acme", "schema t_b of other"));

        assertThat(made).hasSize(4);
        assertThat(made).extracting(i -> i.getMetadata().getName()).doesNotHaveDuplicates();
    }

    @Test
    void whoever_of_a_sample_goes_it_and_whichever_pod_answers_it_is_the_same_way() {
        Trial first = trial(Control.TI_NET, "reaches a pod", TrialKind.SilentBreakOut, "pod in a--web", "10.0.0.7:80");
        Trial second =
                trial(Control.TI_NET, "reaches a pod", TrialKind.SilentBreakOut, "pod in a--jobs", "10.0.0.9:80");
        List<Incident> open = plan(FOUND, List.of(), first);

        assertThat(plan(LATER, open, second)).isEmpty();
        assertThat(trial(Control.TI_RBAC, "rights of a user", TrialKind.BreakOut, "anna", "the cluster")
                        .way())
                .isEqualTo(trial(Control.TI_RBAC, "rights of a user", TrialKind.BreakOut, "bert", "the cluster")
                        .way());
    }

    @Test
    void one_of_an_earlier_version_covers_what_its_message_names() {
        Trial named = reads("schema t_b of other");
        Incident old = incident(null, named.explanation() + "; and 3 more");

        assertThat(plan(LATER, List.of(old), named)).isEmpty();
        assertThat(plan(LATER, List.of(old), named, reads("schema t_c of third")))
                .hasSize(1);
    }

    @Test
    void more_ways_than_ten_are_ten_and_one_for_all_the_others() {
        List<Trial> many = IntStream.range(0, 250)
                .mapToObj(i -> reads("schema t_" + i + " of other-" + i))
                .toList();
        List<Incident> made = plan(FOUND, List.of(), many.toArray(Trial[]::new));

        assertThat(made).hasSize(IncidentPlanner.MOST + 1);
        assertThat(made.getLast().getSpec().finding().way()).isEqualTo(IncidentPlanner.FURTHER);
        assertThat(made.getLast().getSpec().finding().message())
                .contains("other-10", "and 235 more")
                .hasSizeLessThanOrEqualTo(1000);
        assertThat(plan(LATER, made, many.toArray(Trial[]::new))).isEmpty();

        List<Incident> fewer = new ArrayList<>(made);
        fewer.set(0, acknowledged(made.getFirst()));
        fewer.set(1, acknowledged(made.get(1)));
        assertThat(plan(LATER, fewer, many.toArray(Trial[]::new)))
                .as("one is acknowledged and open still, the other's place was the one of further ways")
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(TrialKind.class)
    void a_weakness_or_what_was_refused_is_none(TrialKind kind) {
        Trial open = trial(Control.TI_DB, "x", kind, "a", "b");
        Trial refused = new Trial(
                Control.TI_DB, "x", kind, Attempt.refused("a", "b", "42501"), Attempt.succeeded("a", "own", "1"));

        assertThat(plan(FOUND, List.of(), refused)).isEmpty();
        assertThat(plan(FOUND, List.of(), open).isEmpty()).isEqualTo(kind == TrialKind.Weakness);
    }

    @Test
    void long_ways_that_begin_alike_stay_two() {
        List<Incident> made = plan(
                FOUND,
                List.of(),
                open("role", "table " + "x".repeat(600) + "1"),
                open("role", "table " + "x".repeat(600) + "2"));

        assertThat(made)
                .hasSize(2)
                .allSatisfy(i -> assertThat(i.getSpec().finding().way()).hasSizeLessThanOrEqualTo(500));
    }

    @Test
    void what_is_open_at_somebody_else_covers_nothing() {
        Trial reads = reads("schema t_b of other");
        Incident theirs = incident(reads.way(), "m");
        theirs.setSpec(new IncidentSpec(
                new IncidentFinding(
                        "acme", "11111111-d9cb-469f-a165-70867728950e", "TI-DB", reads.way(), "m", "f", "d", "n", "r"),
                null));

        assertThat(plan(LATER, List.of(theirs), reads)).hasSize(1);
    }

    private static List<Incident> plan(Instant now, List<Incident> open, Trial... trials) {
        return IncidentPlanner.plan(ACME, List.of(trials), open, now);
    }

    private static Trial reads(String target) {
        return trial(Control.TI_DB, "reads rows", TrialKind.BreakOut, "login of acme", target);
    }

    private static Trial open(String actor, String target) {
        return trial(Control.TI_DB, "rights of others", TrialKind.OpenWay, actor, target);
    }

    private static Trial trial(Control control, String name, TrialKind kind, String actor, String target) {
        return new Trial(
                control,
                name,
                kind,
                Attempt.succeeded(actor, target, "1 row"),
                Attempt.succeeded(actor, "its own", "1 row"));
    }

    private static Incident incident(@Nullable String way, String message) {
        Incident incident = ProbedTenants.incident(FOUND, null);
        IncidentFinding was = incident.getSpec().finding();
        incident.setSpec(new IncidentSpec(
                new IncidentFinding(
                        was.tenant(),
                        ACME.identity().value(),
                        was.control(),
                        way,
                        message,
                        was.foundAt(),
                        was.documentBy(),
                        was.notifyBy(),
                        was.reportBy()),
                null));
        return incident;
    }

    private static Incident acknowledged(Incident incident) {
        Incident dealt = new Incident();
        dealt.setMetadata(incident.getMetadata());
        dealt.setSpec(new IncidentSpec(
                incident.getSpec().finding(), new IncidentSpec.Acknowledgement("anna", "T-1", FOUND.toString())));
        return dealt;
    }
}
