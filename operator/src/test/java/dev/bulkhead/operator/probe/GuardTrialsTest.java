package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.guard.GuardAttempt;
import dev.bulkhead.operator.guard.GuardAttempt.GuardAnswer;
import dev.bulkhead.operator.guard.GuardManifest;
import dev.bulkhead.operator.guard.GuardManifest.Expectation;
import dev.bulkhead.operator.guard.GuardManifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the answers to the guards' requests prove, and of which control. */
class GuardTrialsTest {
    private static final String ACTOR = "ServiceAccount canary-one--cage/bulkhead-canary";

    @Test
    void where_every_guard_does_what_it_has_to_every_trial_is_blocked() {
        List<Trial> trials = GuardTrials.of(ACTOR, attempts());

        assertThat(trials)
                .hasSizeGreaterThan(80)
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s, %s", trial.name(), trial.attack(), trial.check())
                        .isEqualTo(Trial.TrialResult.Blocked));
    }

    @ParameterizedTest
    @CsvSource({
        "bulkhead-owned-objects, TI-NS", "bulkhead-namespace-identity, TI-NS", "bulkhead-tenants, TI-NS",
        "bulkhead-pod-security-labels, TI-POD", "bulkhead-priority, TI-POD", "bulkhead-storage, TI-POD",
        "bulkhead-images, TI-POD", "bulkhead-people-in-pods, TI-POD", "PodSecurity, TI-POD",
        "bulkhead-services, TI-NET", "bulkhead-endpoints, TI-NET", "bulkhead-routes, TI-NET",
        "bulkhead-tenant-network, TI-NET", "bulkhead-bindings, TI-RBAC", "bulkhead-literal-secrets, TI-SEC",
        "bulkhead-evidence, TI-RBAC", "bulkhead-shipped-roles, TI-RBAC"
    })
    void a_guard_counts_for_the_control_that_it_keeps(String policy, String control) {
        List<GuardAttempt> own = attempts().stream()
                .filter(attempt -> attempt.manifest().policy().equals(policy))
                .toList();

        assertThat(GuardTrials.of(ACTOR, own))
                .isNotEmpty()
                .extracting(Trial::proves)
                .containsOnly(Control.of(control).orElseThrow());
    }

    /** One that does not would end every round in which its text differs. */
    @Test
    void every_guard_of_the_chart_keeps_some_control() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../charts/bulkhead/files/guards"))) {
            assertThat(files.map(file -> file.getFileName().toString().substring(0, 2)))
                    .hasSizeGreaterThan(20)
                    .allSatisfy(number -> assertThat(GuardTrials.proves(Integer.toString(Integer.parseInt(number))))
                            .isIn(GuardTrials.controls()));
        }
    }

    @Test
    void every_control_of_the_probe_is_tried() {
        Set<Control> tried =
                GuardTrials.of(ACTOR, attempts()).stream().map(Trial::proves).collect(Collectors.toSet());

        assertThat(tried).isEqualTo(new GuardProbe(List::of).proves()).isEqualTo(GuardTrials.controls());
    }

    @Test
    void what_a_guard_lets_through_is_a_missing_protection_and_names_the_guard() {
        Trial trial = trial(with("bulkhead-images", "a-tag", new GuardAnswer.Admitted()), "a tag (guard 11)");

        assertThat(trial.result()).isEqualTo(Trial.TrialResult.Through);
        assertThat(trial.breach()).isFalse();
        assertThat(trial.explanation()).contains("bulkhead-images let it through", "canary-one--cage/bulkhead-canary");
    }

    @Test
    void a_guard_that_was_made_to_warn_lets_through() {
        Trial trial = trial(with("bulkhead-images", "a-tag", new GuardAnswer.Warned("mind")), "a tag (guard 11)");

        assertThat(trial.result()).isEqualTo(Trial.TrialResult.Through);
        assertThat(trial.explanation()).contains("bulkhead-images only warned");
    }

    @Test
    void a_refusal_by_anything_else_is_unclear_and_says_who_refused() {
        Trial trial = trial(
                with(
                        "bulkhead-images",
                        "a-tag",
                        new GuardAnswer.RefusedOtherwise(403, "exceeded quota: pods " + "x".repeat(900))),
                "a tag (guard 11)");

        assertThat(trial.result()).isEqualTo(Trial.TrialResult.Unclear);
        assertThat(trial.explanation()).contains("HTTP 403, not by bulkhead-images: exceeded quota");
        assertThat(trial.explanation()).hasSizeLessThan(500);
    }

    @Test
    void a_guard_that_refuses_what_must_pass_proves_nothing_by_its_refusals() {
        List<Trial> trials = GuardTrials.of(
                ACTOR, with("bulkhead-images", "the-registry-by-digest", new GuardAnswer.Refused("everything")));

        assertThat(trials)
                .filteredOn(trial -> trial.name().endsWith("(guard 11)"))
                .isNotEmpty()
                .allSatisfy(trial -> {
                    assertThat(trial.result()).isEqualTo(Trial.TrialResult.Unclear);
                    assertThat(trial.explanation()).contains("the registry by digest", "refused by bulkhead-images");
                });
        assertThat(trials)
                .filteredOn(trial -> !trial.name().endsWith("(guard 11)"))
                .extracting(Trial::result)
                .containsOnly(Trial.TrialResult.Blocked);
    }

    @Test
    void beside_a_guard_that_lets_nothing_pass_stands_a_pod_as_every_tenant_runs_it() {
        List<GuardAttempt> attempts =
                with("PodSecurity", "a-restricted-pod", new GuardAnswer.Inconclusive("no answer"));

        assertThat(trial(attempts, "exec (guard 13)").result()).isEqualTo(Trial.TrialResult.Unclear);
        assertThat(trial(attempts, "a tag (guard 11)").result()).isEqualTo(Trial.TrialResult.Blocked);
    }

    @Test
    void where_nothing_could_be_tried_every_control_says_so() {
        assertThat(GuardTrials.unclear(ACTOR, "HTTP 403")).hasSize(5).allSatisfy(trial -> {
            assertThat(trial.result()).isEqualTo(Trial.TrialResult.Unclear);
            assertThat(trial.explanation()).contains("HTTP 403");
        });
    }

    private static Trial trial(List<GuardAttempt> attempts, String name) {
        return GuardTrials.of(ACTOR, attempts).stream()
                .filter(trial -> trial.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<GuardAttempt> attempts() {
        return GuardManifests.ofRounds().stream()
                .map(manifest -> new GuardAttempt(manifest, wanted(manifest)))
                .toList();
    }

    private static GuardAnswer wanted(GuardManifest manifest) {
        if (manifest.expectation() == Expectation.PASS) {
            return new GuardAnswer.Admitted();
        }
        return manifest.onlyWarned() ? new GuardAnswer.Warned("mind") : new GuardAnswer.Refused("no");
    }

    private static List<GuardAttempt> with(String policy, String name, GuardAnswer result) {
        Map<Boolean, List<GuardAttempt>> parts = attempts().stream()
                .collect(Collectors.partitioningBy(
                        attempt -> attempt.manifest().policy().equals(policy)
                                && attempt.manifest().name().equals(name)));
        assertThat(parts.get(true)).hasSize(1);
        List<GuardAttempt> all = new ArrayList<>(parts.getOrDefault(false, List.of()));
        parts.getOrDefault(true, List.of()).forEach(one -> all.add(new GuardAttempt(one.manifest(), result)));
        return all;
    }
}
