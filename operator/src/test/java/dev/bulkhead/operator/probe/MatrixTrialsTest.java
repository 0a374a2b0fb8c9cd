package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.probe.AccessMatrix.Scope;
import dev.bulkhead.operator.probe.AccessReviews.Answer;
import dev.bulkhead.operator.probe.AccessReviews.Answer.AnswerKind;
import dev.bulkhead.operator.probe.AccessReviews.Question;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What answers of the API server about somebody of klinik-nord are attacks on. An Incident goes by the target. */
class MatrixTrialsTest {
    private static final Subject CLINIC = StaticNetworkProbeTest.subject(Tenants.full());
    private static final Asker MIA = new Asker("tenant-user mia", "mia@klinik.example", List.of());

    @Test
    void each_place_abroad_that_lets_somebody_in_is_a_way_of_its_own() {
        assertThat(MatrixTrials.attacks(
                        List.of(
                                yes("list", "pods", "waschhaus--app"),
                                no("get", "secrets", "bolt--app"),
                                yes("create", "pods", "ankerwerk--app"),
                                unknown("get", "secrets", "weber--app")),
                        Scope.Other,
                        CLINIC))
                .extracting(Attempt::target)
                .containsExactly("namespace ankerwerk--app", "namespace waschhaus--app");
    }

    /** Which right is asked for there is another one in each round. */
    @Test
    void a_place_abroad_is_the_same_way_whatever_is_allowed_there() {
        assertThat(target(Scope.Other, yes("list", "pods", "ankerwerk--app")))
                .isEqualTo(target(Scope.Other, yes("get", "secrets", "ankerwerk--app")));
    }

    @Test
    void at_home_and_in_the_cluster_one_right_does_not_hide_another() {
        assertThat(MatrixTrials.attacks(
                        List.of(
                                yes("get", "secrets", "klinik-nord--app"),
                                no("patch", "resourcequotas", "klinik-nord--app"),
                                yes("create", "pods/exec", "klinik-nord--app")),
                        Scope.Own,
                        CLINIC))
                .extracting(Attempt::target)
                .containsExactly(
                        "create pods/exec in namespace klinik-nord--app", "get secrets in namespace klinik-nord--app");
        assertThat(target(Scope.Cluster, yes("list", "secrets", ""))).isEqualTo("list secrets in the cluster");
    }

    @Test
    void where_nothing_is_allowed_there_is_one_attack_that_was_refused_or_says_nothing() {
        assertThat(MatrixTrials.attacks(
                        List.of(no("get", "secrets", "bolt--app"), no("list", "pods", "weber--app")),
                        Scope.Other,
                        CLINIC))
                .containsExactly(Attempt.refused(
                        "tenant-user mia",
                        "namespaces of other tenants",
                        "denied: get secrets in namespace bolt--app, list pods in namespace weber--app"));
        assertThat(MatrixTrials.attacks(
                        List.of(no("get", "secrets", "bolt--app"), unknown("list", "pods", "weber--app")),
                        Scope.Other,
                        CLINIC))
                .extracting(Attempt::ending)
                .containsExactly(Ending.Broken);
    }

    @Test
    void what_is_told_of_elsewhere_does_not_hide_another_right() {
        Answer list = yes("list", "pods", "ankerwerk--app");
        Answer exec = yes("create", "pods/exec", "ankerwerk--app");
        Answer none = no("get", "secrets", "ankerwerk--app");

        assertThat(MatrixTrials.byKind(List.of(list, none), _ -> true))
                .containsOnly(
                        Map.entry(TrialKind.Weakness, List.of(list)), Map.entry(TrialKind.BreakOut, List.of(none)));
        assertThat(MatrixTrials.byKind(List.of(list, exec, none), _ -> false))
                .containsOnly(Map.entry(TrialKind.BreakOut, List.of(list, exec, none)));
    }

    private static String target(Scope scope, Answer answer) {
        return MatrixTrials.attacks(List.of(answer), scope, CLINIC).getFirst().target();
    }

    private static Answer yes(String verb, String resource, String namespace) {
        return new Answer(new Question(MIA, verb, resource, namespace), AnswerKind.Allowed, "RBAC: allowed");
    }

    private static Answer no(String verb, String resource, String namespace) {
        return new Answer(new Question(MIA, verb, resource, namespace), AnswerKind.Denied, "");
    }

    private static Answer unknown(String verb, String resource, String namespace) {
        return new Answer(new Question(MIA, verb, resource, namespace), AnswerKind.Unknown, "no answer");
    }
}
