package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpecChangesTest {
    private static final Map<String, Object> BASE = SoakTenants.spec("soak-busy", "registry.example/a@sha256:0");

    @Test
    void each_step_differs_from_the_one_before_and_from_all_others() {
        assertThat(IntStream.range(0, 40).mapToObj(step -> SpecChanges.at(BASE, step)))
                .doesNotHaveDuplicates();
    }

    @Test
    void every_kind_of_change_touches_another_field_than_the_name() {
        assertThat(IntStream.range(1, SpecChanges.kinds() - 1)
                        .mapToObj(step -> SpecChanges.at(BASE, step))
                        .map(spec -> {
                            spec.remove("displayName");
                            return spec;
                        }))
                .doesNotHaveDuplicates()
                .doesNotContain(withoutName());
    }

    @Test
    void the_base_stays_as_it_was() {
        Map<String, Object> before = SoakTenants.spec("soak-busy", "registry.example/a@sha256:0");

        IntStream.range(0, SpecChanges.kinds()).forEach(step -> SpecChanges.at(BASE, step));

        assertThat(BASE).isEqualTo(before);
    }

    @Test
    void a_tenant_is_suspended_in_every_other_stretch() {
        assertThat(IntStream.range(0, 8)
                        .filter(step ->
                                SpecChanges.suspendedInTurns(BASE, step, 2).containsKey("suspend")))
                .containsExactly(2, 3, 6, 7);
    }

    @Test
    void without_a_node_there_is_no_workflow_to_change() {
        Map<String, Object> base = SoakTenants.spec("soak-busy", "");

        assertThat(IntStream.range(0, SpecChanges.kinds()).mapToObj(step -> SpecChanges.at(base, step)))
                .doesNotHaveDuplicates();
    }

    private static Map<String, Object> withoutName() {
        Map<String, Object> spec = SpecChanges.at(BASE, 0);
        spec.remove("displayName");
        return spec;
    }
}
