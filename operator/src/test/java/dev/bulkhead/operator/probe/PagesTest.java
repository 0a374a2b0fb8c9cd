package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingList;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingListBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests by which a long list is read. */
class PagesTest {
    private static final String LIST = "GET /apis/rbac.authorization.k8s.io/v1/rolebindings";
    private static final String FIRST = LIST + "?limit=500";
    private static final String SECOND = LIST + "?continue=more&limit=500";

    private final ScriptedApi api = new ScriptedApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void every_page_is_read_and_what_is_wanted_is_kept() {
        api.answer(FIRST, 200, page("more", "acme--web", "elsewhere"));
        api.answer(SECOND, 200, page("", "elsewhere", "acme--app"));

        assertThat(read()).containsExactly("acme--web", "acme--app");
        assertThat(api.requests()).containsExactly(FIRST, SECOND);
    }

    @Test
    void a_list_that_the_server_has_forgotten_meanwhile_begins_anew_once() {
        api.answer(FIRST, 200, page("more", "acme--web"));
        api.refuse(SECOND, 410, "The provided continue parameter is too old");
        api.answer(FIRST, 200, page(null, "acme--web"));

        assertThat(read()).containsExactly("acme--web");

        api.answer(FIRST, 200, page("more", "acme--web"));
        api.refuse(SECOND, 410, "too old");
        api.answer(FIRST, 200, page("more", "acme--web"));
        api.refuse(SECOND, 410, "too old");
        assertThatThrownBy(this::read).isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void of_a_namespace_that_holds_too_many_nothing_is_kept_and_of_the_others_everything() {
        api.answer(FIRST, 200, page("more", "acme--web", "acme--app", "acme--web"));
        api.answer(SECOND, 200, page("", "acme--web", "acme--web", "acme--app"));

        Pages.PagesRead<RoleBinding> read = Pages.<RoleBinding, RoleBindingList>of(
                api.client().rbac().roleBindings().inAnyNamespace(), _ -> true, 2);

        assertThat(read.kept())
                .extracting(binding -> binding.getMetadata().getNamespace())
                .containsExactly("acme--app", "acme--app");
        assertThat(read.overfull())
                .containsOnlyKeys("acme--web")
                .hasEntrySatisfying(
                        "acme--web",
                        reason -> assertThat(reason)
                                .contains("namespace acme--web", "more than 2 objects", "kind RoleBinding"));
    }

    @Test
    void of_what_may_be_large_few_are_read_at_once_and_an_outline_is_kept() {
        api.answer(LIST + "?limit=25", 200, page("more", "acme--web"));
        api.answer(LIST + "?continue=more&limit=25", 200, page("", "acme--app"));

        Pages.PagesRead<RoleBinding> read = Pages.<RoleBinding, RoleBindingList>ofLarge(
                api.client().rbac().roleBindings().inAnyNamespace(),
                _ -> true,
                binding -> new RoleBindingBuilder(binding)
                        .editMetadata()
                        .withName("outline")
                        .endMetadata()
                        .build());

        assertThat(read.kept())
                .extracting(binding -> binding.getMetadata().getNamespace() + "/"
                        + binding.getMetadata().getName())
                .containsExactly("acme--web/outline", "acme--app/outline");
    }

    private List<String> read() {
        return Pages.<RoleBinding, RoleBindingList>of(
                        api.client().rbac().roleBindings().inAnyNamespace(),
                        binding -> binding.getMetadata().getNamespace().startsWith("acme--"))
                .kept()
                .stream()
                .map(binding -> binding.getMetadata().getNamespace())
                .toList();
    }

    private static RoleBindingList page(@Nullable String next, String... namespaces) {
        return new RoleBindingListBuilder()
                .withMetadata(new ListMetaBuilder().withContinue(next).build())
                .withItems(Arrays.stream(namespaces)
                        .map(namespace -> new RoleBindingBuilder()
                                .withNewMetadata()
                                .withName("one")
                                .withNamespace(namespace)
                                .endMetadata()
                                .build())
                        .toList())
                .build();
    }
}
