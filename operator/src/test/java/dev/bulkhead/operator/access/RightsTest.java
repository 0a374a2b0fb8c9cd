package dev.bulkhead.operator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RightsTest {
    /** A Role of a megabyte has a hundred rules of fifty words in each list, and nobody says that they differ. */
    @Test
    void lists_that_repeat_a_word_are_read_once_and_not_each_for_each_word_of_the_others() {
        Repeated verbs = new Repeated("get");
        PolicyRule rule = new PolicyRuleBuilder().build();
        rule.setApiGroups(new Repeated(""));
        rule.setResources(new Repeated("pods"));
        rule.setVerbs(verbs);

        Rights rights = Rights.of(Collections.nCopies(100, rule), false);

        assertThat(rights.single()).containsExactly(new Rights.Right("get", "", "pods"));
        assertThat(verbs.read).isLessThanOrEqualTo(100 * 50);
    }

    @Test
    void rules_without_lists_give_nothing() {
        assertThat(Rights.of(List.of(new PolicyRule()), true).isEmpty()).isTrue();
    }

    /** Fifty times the same word; counts how often one was read. */
    private static final class Repeated extends AbstractList<String> {
        private final String word;
        private int read;

        Repeated(String word) {
            this.word = word;
        }

        @Override
        public String get(int index) {
            read++;
            return word;
        }

        @Override
        public int size() {
            return 50;
        }
    }
}
