package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.outcome.Outcome;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingList;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingListBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests by which people are taken out of what a tenant bound itself, and what becomes of each answer. */
class UnmarkedBindingRequestsTest {
    private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/acme--web/rolebindings";
    private static final String SELECTED = "labelSelector=bulkhead.dev%2Fowned%21%3Dtrue&limit=20";
    private static final String PAGE = "GET " + BINDINGS + "?" + SELECTED;
    private static final String NEXT_PAGE = "GET " + BINDINGS + "?continue=more&" + SELECTED;

    private final ScriptedApi api = new ScriptedApi();
    private final UnmarkedBindings bindings = new UnmarkedBindings(api.client());

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void where_nobody_has_to_go_nothing_is_written() {
        api.answer(PAGE, 200, list("", binding("one", "5", "stays")));

        assertThat(narrow()).isEmpty();
        assertThat(api.requests()).containsExactly(PAGE);
    }

    @Test
    void a_binding_of_nobody_else_is_deleted_in_the_version_that_was_looked_at() {
        api.answer(PAGE, 200, list("", binding("one", "5", "gone", "gone-too")));
        api.answer("DELETE " + BINDINGS + "/one", 200, new StatusBuilder().build());

        assertThat(narrow()).containsExactly(new Outcome.Done(1));
        assertThat(api.sent()
                        .get(1)
                        .body()
                        .path("preconditions")
                        .path("resourceVersion")
                        .asText())
                .isEqualTo("5");
    }

    @Test
    void one_of_others_too_keeps_them() {
        api.answer(PAGE, 200, list("", binding("one", "5", "stays", "gone", "program")));
        api.answer("PUT " + BINDINGS + "/one", 200, binding("one", "6", "stays", "program"));

        assertThat(narrow()).containsExactly(new Outcome.Done(1));
        ScriptedApi.Sent put = api.sent().get(1);
        assertThat(put.body().at("/metadata/resourceVersion").asText()).isEqualTo("5");
        assertThat(put.body().path("subjects").findValuesAsText("name")).containsExactly("stays", "program");
    }

    @Test
    void one_that_a_finalizer_would_keep_is_emptied() {
        api.answer(PAGE, 200, list("", held(binding("one", "5", "gone"))));
        api.answer("PUT " + BINDINGS + "/one", 200, held(binding("one", "6")));

        assertThat(narrow()).containsExactly(new Outcome.Done(1));
        assertThat(api.sent().get(1).body().path("subjects").isEmpty()).isTrue();
    }

    @Test
    void one_that_was_changed_meanwhile_is_looked_at_again() {
        api.answer(PAGE, 200, list("", binding("one", "5", "gone", "stays")));
        api.refuse("PUT " + BINDINGS + "/one", 409, "the object has been modified");
        api.answer("GET " + BINDINGS + "/one", 200, binding("one", "6", "stays"));

        assertThat(narrow()).isEmpty();
    }

    @Test
    void one_that_cannot_be_changed_keeps_no_other_waiting_and_is_named() {
        api.answer(PAGE, 200, list("more", binding("one", "5", "gone", "stays")));
        api.refuse("PUT " + BINDINGS + "/one", 403, "no: denied request");
        api.answer(NEXT_PAGE, 200, list("", binding("two", "5", "gone")));
        api.answer("DELETE " + BINDINGS + "/two", 200, new StatusBuilder().build());

        List<Outcome> outcomes = narrow();

        assertThat(outcomes).hasSize(2).contains(new Outcome.Done(1));
        assertThat(outcomes.getFirst().findings())
                .singleElement()
                .returns("RoleBinding acme--web/one: no: denied request", f -> f.text());
    }

    @Test
    void what_was_found_before_a_page_that_cannot_be_read_is_done_and_the_rest_is_told() {
        api.answer(PAGE, 200, list("more", binding("one", "5", "gone")));
        api.answer("DELETE " + BINDINGS + "/one", 200, new StatusBuilder().build());
        api.refuse(NEXT_PAGE, 410, "The provided continue parameter is too old");

        List<Outcome> outcomes = narrow();

        assertThat(outcomes).hasSize(2);
        assertThat(outcomes.getFirst()).isEqualTo(new Outcome.Done(1));
        assertThat(outcomes.getLast().findings())
                .singleElement()
                .satisfies(f -> assertThat(f.text()).startsWith("RoleBindings of namespace acme--web: "));
    }

    @Test
    void a_namespace_with_too_many_is_told_and_looked_at_no_further() {
        api.answer(PAGE, 200, list("more", binding("one", "5", "stays")));
        for (int page = 1; page < 100; page++) {
            api.answer(NEXT_PAGE, 200, list("more", binding("one", "5", "stays")));
        }

        assertThat(narrow())
                .singleElement()
                .satisfies(o -> assertThat(o.findings().getFirst().text())
                        .contains("more than 2000", "delete those that nobody needs"));
        assertThat(api.requests()).hasSize(100);
    }

    private List<Outcome> narrow() {
        return bindings.narrow(
                "acme--web",
                binding -> binding.getSubjects().stream()
                        .filter(s -> s.getName().startsWith("gone"))
                        .toList());
    }

    private static RoleBindingList list(String more, RoleBinding... bindings) {
        return new RoleBindingListBuilder()
                .withNewMetadata(more, null, null, null)
                .withItems(bindings)
                .build();
    }

    private static RoleBinding held(RoleBinding binding) {
        return new RoleBindingBuilder(binding)
                .editMetadata()
                .withFinalizers("example.org/held")
                .endMetadata()
                .build();
    }

    private static RoleBinding binding(String name, String version, String... subjects) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName(name)
                .withResourceVersion(version)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "own")
                .withSubjects(List.of(subjects).stream()
                        .map(s -> new Subject("rbac.authorization.k8s.io", "User", s, null))
                        .toList())
                .build();
    }
}
