package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.guard.GuardContents.GuardComparison;
import dev.bulkhead.operator.guard.GuardContents.GuardDifference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardContentTrialsTest {
    private static final GuardDifference IMAGES =
            new GuardDifference("11", "ValidatingAdmissionPolicy bulkhead-images", "its spec was changed");

    private static final GuardDifference ROLES =
            new GuardDifference("9", "ValidatingAdmissionPolicyBinding bulkhead-shipped-roles", "was deleted");

    @Test
    void guards_as_they_were_written_prove_every_control_they_keep() {
        assertThat(looks(List.of(List.of())).getFirst())
                .extracting(Trial::proves)
                .containsExactlyInAnyOrder(
                        Control.TI_NS, Control.TI_NET, Control.TI_POD, Control.TI_RBAC, Control.TI_SEC);
        assertThat(looks(List.of(List.of())).getFirst())
                .extracting(Trial::result)
                .containsOnly(TrialResult.Blocked);
    }

    @Test
    void one_that_differs_proves_nothing_at_once_and_has_failed_when_it_stays_so() {
        List<List<Trial>> looks = looks(List.of(List.of(IMAGES), List.of(IMAGES), List.of()));

        assertThat(looks.get(0))
                .filteredOn(t -> t.result() != TrialResult.Blocked)
                .singleElement()
                .satisfies(t -> {
                    assertThat(t.proves()).isEqualTo(Control.TI_POD);
                    assertThat(t.result()).isEqualTo(TrialResult.Unclear);
                    assertThat(t.explanation())
                            .contains(
                                    "ValidatingAdmissionPolicy bulkhead-images",
                                    "its spec was changed",
                                    "helm upgrade");
                });
        assertThat(looks.get(1))
                .filteredOn(t -> t.result() == TrialResult.Through)
                .singleElement()
                .satisfies(t -> assertThat(t.breach()).isFalse())
                .satisfies(t -> assertThat(t.explanation()).contains("bulkhead-images", "its spec was changed"));
        assertThat(looks.get(2)).extracting(Trial::result).containsOnly(TrialResult.Blocked);
    }

    /** As in the middle of an upgrade, twice. */
    @Test
    void another_difference_in_the_next_look_is_a_first_one() {
        assertThat(looks(List.of(List.of(IMAGES), List.of(ROLES))).get(1))
                .filteredOn(t -> t.result() != TrialResult.Blocked)
                .singleElement()
                .returns(Control.TI_RBAC, Trial::proves)
                .returns(TrialResult.Unclear, Trial::result);
    }

    @Test
    void where_nothing_can_be_compared_nothing_is_proven() {
        List<Trial> trials = new GuardContentTrials(() -> {
                    throw new IllegalArgumentException("ConfigMap bulkhead-guards is missing; run helm upgrade");
                })
                .trials();

        assertThat(trials).hasSize(5).allSatisfy(t -> {
            assertThat(t.result()).isEqualTo(TrialResult.Unclear);
            assertThat(t.explanation()).contains("ConfigMap bulkhead-guards is missing");
        });
    }

    private static List<List<Trial>> looks(List<List<GuardDifference>> differences) {
        Deque<List<GuardDifference>> found = new ArrayDeque<>(differences);
        GuardContentTrials trials = new GuardContentTrials(() -> new GuardComparison(60, found.remove()));
        return differences.stream().map(_ -> trials.trials()).toList();
    }
}
