package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.probe.AccessMatrix.ExpectedAnswer;
import dev.bulkhead.operator.probe.AccessMatrix.MatrixColumn;
import dev.bulkhead.operator.probe.AccessMatrix.MatrixRow;
import dev.bulkhead.operator.probe.AccessMatrix.Scope;
import dev.bulkhead.operator.probe.AccessReviews.Question;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AccessMatrixTest {
    private static final AccessMatrix MATRIX = AccessMatrix.read();

    @Test
    void every_role_has_an_answer_that_is_yes_and_refusals_in_every_scope() {
        for (MatrixColumn role : MatrixColumn.values()) {
            assertThat(MATRIX.rows()).as("%s", role).anyMatch(r -> r.expected().get(role) == ExpectedAnswer.Yes);
            for (Scope scope : Scope.values()) {
                assertThat(MATRIX.rows(scope, role, ExpectedAnswer.No))
                        .as("%s %s", role, scope)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void nobody_may_anything_in_another_tenant() {
        assertThat(MATRIX.rows())
                .filteredOn(row -> row.scope() == Scope.Other)
                .allSatisfy(row -> assertThat(row.expected().values()).containsOnly(ExpectedAnswer.No));
    }

    /** What a tenant costs the API server in every round; the documentation of the probe says the same number. */
    @Test
    void a_round_with_eight_other_tenants_asks_74_questions() {
        int questions = 0;
        for (MatrixColumn role : MatrixColumn.values()) {
            for (MatrixRow row : MATRIX.rows()) {
                boolean asked = row.scope() != Scope.Other && row.expected().get(role) != ExpectedAnswer.Open;
                questions += asked ? 1 : 0;
            }
            questions += 8;
        }
        assertThat(questions).isEqualTo(74);
    }

    @Test
    void a_line_that_is_no_row_is_refused() {
        assertThatThrownBy(() -> AccessMatrix.parse("own get pods yes no")).hasMessageContaining("own get pods yes no");
        assertThatThrownBy(() -> AccessMatrix.parse("own get pods yes no maybe no"))
                .hasMessageContaining("maybe");
    }

    @Test
    void a_question_names_resource_subresource_group_and_object() {
        var attributes = Objects.requireNonNull(
                new Question(Asker.account("n", "default"), "get", "deployments/scale.apps:web", "there")
                        .review()
                        .getSpec()
                        .getResourceAttributes());
        assertThat(List.of(
                        attributes.getResource(),
                        attributes.getSubresource(),
                        attributes.getGroup(),
                        attributes.getName(),
                        attributes.getNamespace()))
                .containsExactly("deployments", "scale", "apps", "web", "there");
    }
}
