package dev.bulkhead.operator.probe.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.probe.connection.ExchangePlan.Aim;
import dev.bulkhead.operator.probe.connection.ExchangePlan.ExchangeSurroundings;
import dev.bulkhead.operator.probe.connection.PodReport.PodLine;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionTrialsTest {
    private static final Target FILER = Target.server("192.0.2.30", 8888);
    private static final Target API = Target.server("10.96.0.1", 443);

    private static final ExchangePlan PLAN = ExchangePlan.of(new ExchangeSurroundings(
            List.of("10.244.0.5"),
            List.of("10.244.0.6"),
            List.of("10.96.0.77"),
            List.of(API),
            List.of("192.0.2.10", "192.0.2.10"),
            List.of(FILER)));

    /** What each half finds: own ways answer, the others do not. */
    private final Map<Aim, ConnectionOutcome> outwards = new EnumMap<>(Aim.class);

    private final Map<Aim, ConnectionOutcome> inwards = new EnumMap<>(Aim.class);
    private final Map<Aim, ConnectionOutcome> own = new EnumMap<>(Aim.class);
    private final Map<Aim, ConnectionOutcome> theirs = new EnumMap<>(Aim.class);
    private final Map<Target, Attempt> prober = new HashMap<>(Map.of(
            API,
            Attempt.succeeded("the prober", "", ""),
            Target.server("192.0.2.10", 10250),
            Attempt.succeeded("the prober", "", "")));

    @Test
    void a_network_that_drops_what_the_policies_close_is_proven_in_all_ways() {
        assertThat(trials())
                .hasSize(11)
                .allSatisfy(trial -> assertThat(trial.result()).as(trial.name()).isEqualTo(TrialResult.Blocked));
        assertThat(trials()).extracting(Trial::proves).contains(Control.TI_NET, Control.TI_EGR);
    }

    @Test
    void on_a_network_that_rejects_where_nobody_is_a_rejected_metadata_address_is_closed() {
        outwards.put(Aim.Metadata, ConnectionOutcome.Refused);
        outwards.put(Aim.Nobody, ConnectionOutcome.Refused);

        assertThat(trials()).allSatisfy(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));
    }

    @ParameterizedTest
    @EnumSource(value = Aim.class, names = "Nobody", mode = EnumSource.Mode.EXCLUDE)
    void one_answer_from_outside_is_a_breach_of_that_way_and_no_other(Aim aim) {
        outwards.put(aim, ConnectionOutcome.Answered);

        assertThat(trials().stream().filter(Trial::breach))
                .singleElement()
                .satisfies(
                        trial -> assertThat(trial.attack().toString()).contains("pod in acme--web", "answered after"));
    }

    @Test
    void a_pod_of_another_tenant_that_gets_in_is_a_breach_and_is_named() {
        inwards.put(Aim.Datagram, ConnectionOutcome.Answered);

        assertThat(trials().stream().filter(Trial::breach)).singleElement().satisfies(trial -> {
            assertThat(trial.proves()).isEqualTo(Control.TI_NET);
            assertThat(trial.attack().actor()).isEqualTo("pod in canary-one--cage");
            assertThat(trial.attack().target()).isEqualTo("10.244.0.5:8080 (udp)");
        });
    }

    @Test
    void a_rejection_by_the_boundary_is_as_good_as_silence() {
        outwards.put(Aim.Pod, ConnectionOutcome.Refused);
        outwards.put(Aim.ApiServer, ConnectionOutcome.Unreachable);

        assertThat(trials()).allSatisfy(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));
    }

    @Test
    void a_refusal_at_an_address_that_nobody_may_reach_shows_that_packets_arrive() {
        outwards.put(Aim.Metadata, ConnectionOutcome.Refused);

        assertThat(trials().stream().filter(Trial::breach))
                .singleElement()
                .satisfies(trial -> assertThat(trial.name()).contains("metadata"));
    }

    @ParameterizedTest
    @EnumSource(names = {"TimedOut", "Refused", "Failed", "Accepted", "Unreachable"})
    void with_a_network_in_which_the_tenant_s_own_pods_do_not_reach_each_other_nothing_is_proven(
            ConnectionOutcome outcome) {
        own.put(Aim.Pod, outcome);
        own.put(Aim.Datagram, outcome);
        own.put(Aim.NameServer, outcome);

        assertThat(trials())
                .allSatisfy(trial -> assertThat(trial.result()).as(trial.name()).isEqualTo(TrialResult.Unclear));
    }

    @Test
    void a_canary_that_its_own_pods_do_not_reach_proves_nothing_about_being_closed() {
        theirs.put(Aim.Service, ConnectionOutcome.TimedOut);

        assertThat(trials().stream().filter(t -> t.result() != TrialResult.Blocked))
                .singleElement()
                .satisfies(trial -> assertThat(trial.explanation())
                        .contains("the positive control failed", "10.96.0.77:8080 (tcp)"));
    }

    @Test
    void an_api_server_that_the_prober_does_not_reach_either_is_not_called_closed() {
        prober.put(API, Attempt.broken("the prober", API.name(), "cannot be reached by the prober either"));

        assertThat(trials().stream().filter(t -> t.result() != TrialResult.Blocked))
                .singleElement()
                .satisfies(trial -> assertThat(trial.name()).contains("API server"));
    }

    @Test
    void a_part_of_the_store_that_nobody_reaches_is_closed_and_one_that_only_the_prober_reaches_too() {
        assertThat(trials()).allSatisfy(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));

        prober.put(FILER, Attempt.succeeded("the prober", FILER.name(), ""));

        assertThat(trials()).allSatisfy(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));
    }

    @Test
    void an_attempt_that_could_not_be_made_is_no_closed_way() {
        outwards.put(Aim.Node, ConnectionOutcome.Failed);
        inwards.put(Aim.Pod, ConnectionOutcome.Accepted);

        assertThat(trials().stream().filter(t -> t.result() == TrialResult.Unclear))
                .hasSize(2);
        assertThat(trials()).noneMatch(Trial::breach);
    }

    @Test
    void where_nothing_has_an_address_nothing_is_proven() {
        ExchangePlan empty = ExchangePlan.of(
                new ExchangeSurroundings(List.of(), List.of(), List.of(), List.of(), List.of(), List.of()));
        List<Trial> trials = new ConnectionTrials(
                        empty,
                        new PodReport(0, Map.of()),
                        new PodReport(0, Map.of()),
                        Map.of(),
                        new ConnectionTrials.Names("acme--web", "canary-one--cage"))
                .all();

        assertThat(trials).allSatisfy(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Unclear));
    }

    private List<Trial> trials() {
        return new ConnectionTrials(
                        PLAN,
                        report(PLAN.own(), own, PLAN.out(), outwards),
                        report(PLAN.theirs(), theirs, PLAN.in(), inwards),
                        prober,
                        new ConnectionTrials.Names("acme--web", "canary-one--cage"))
                .all();
    }

    private static PodReport report(
            Map<Aim, List<Target>> controls,
            Map<Aim, ConnectionOutcome> answered,
            Map<Aim, List<Target>> attacks,
            Map<Aim, ConnectionOutcome> through) {
        Map<Target, PodLine> lines = new HashMap<>();
        add(lines, controls, answered, ConnectionOutcome.Answered);
        add(lines, attacks, through, ConnectionOutcome.TimedOut);
        return new PodReport(80, lines);
    }

    private static void add(
            Map<Target, PodLine> lines,
            Map<Aim, List<Target>> targets,
            Map<Aim, ConnectionOutcome> outcomes,
            ConnectionOutcome usual) {
        targets.forEach((aim, addresses) ->
                addresses.forEach(target -> lines.put(target, new PodLine(outcomes.getOrDefault(aim, usual), 3, 400))));
    }
}
