package dev.bulkhead.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus.LeftBehind;
import dev.bulkhead.api.v1beta1.BackendStatus.Unclaimed;
import dev.bulkhead.operator.backend.OpenBackend.Marked;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Data of tenants that are not here any more is named, and no other. */
class UnclaimedDataTest {
    private static final TenantIdentity HERE = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity LOST = new TenantIdentity("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final List<Marked> BOTH = List.of(schema(LOST.suffix()), schema(HERE.suffix()));

    private final List<String> asked = new ArrayList<>();

    @Test
    void what_nobody_claims_at_two_looks_is_named_with_whom_its_key_ring_tells_of() {
        UnclaimedData data = new UnclaimedData(() -> Optional.of(Set.of(HERE.suffix())), this::ring);

        assertThat(data.among("pg-one", BOTH)).as("a cache may be behind").isEmpty();
        assertThat(data.among("pg-one", BOTH)).hasValueSatisfying(found -> {
            assertThat(found.count()).isOne();
            assertThat(found.first())
                    .containsExactly(new LeftBehind(LOST.schema(), List.of("d1"), "lost", LOST.value()));
            assertThat(found.message()).contains("keys import").contains("spec.adopt");
        });
        data.among("pg-one", BOTH);
        assertThat(asked).as("once").containsExactly(LOST.suffix());
    }

    @Test
    void a_ring_that_is_gone_or_cannot_be_read_leaves_the_name_alone() {
        UnclaimedData gone = new UnclaimedData(() -> Optional.of(Set.of(HERE.suffix())), _ -> Optional.empty());
        UnclaimedData unread = new UnclaimedData(() -> Optional.of(Set.of(HERE.suffix())), _ -> {
            throw new KubernetesClientException("no answer");
        });

        for (UnclaimedData data : List.of(gone, unread)) {
            data.among("pg-one", BOTH);
            assertThat(data.among("pg-one", BOTH).orElseThrow().first())
                    .containsExactly(new LeftBehind(LOST.schema(), List.of("d1"), null, null));
        }
    }

    @Test
    void what_is_claimed_again_is_not_named_any_more() {
        List<String> here = new ArrayList<>(List.of(HERE.suffix()));
        UnclaimedData data = new UnclaimedData(() -> Optional.of(Set.copyOf(here)), this::ring);
        data.among("pg-one", BOTH);
        assertThat(data.among("pg-one", BOTH).orElseThrow().count()).isOne();

        here.add(LOST.suffix());

        assertThat(data.among("pg-one", BOTH).orElseThrow().count()).isZero();
    }

    @Test
    void nothing_is_said_while_nobody_knows_which_tenants_there_are() {
        UnclaimedData data = new UnclaimedData(Optional::empty, this::ring);

        data.among("pg-one", BOTH);

        assertThat(data.among("pg-one", BOTH)).isEmpty();
    }

    @Test
    void of_many_all_are_counted_and_twenty_named() {
        List<Marked> many = IntStream.range(0, 32 * 32)
                .mapToObj(i -> schema("aaaaaaaaaaaaaa" + letter(i / 32) + letter(i % 32)))
                .toList();
        UnclaimedData data = new UnclaimedData(() -> Optional.of(Set.of()), this::ring);
        data.among("pg-one", many);

        var found = data.among("pg-one", many).orElseThrow();

        assertThat(found.count()).isEqualTo(32 * 32);
        assertThat(found.first()).hasSize(20).extracting(LeftBehind::name).isSorted();
        assertThat(asked).hasSize(20);
    }

    /** As after a restore into another database of the server. */
    @Test
    void a_schema_that_lies_in_two_databases_is_one_tenant_s() {
        List<Marked> twice = List.of(schema(LOST.suffix()), new Marked(LOST.suffix(), LOST.schema(), "copy"));
        UnclaimedData data = new UnclaimedData(() -> Optional.of(Set.of()), this::ring);
        data.among("pg-one", twice);

        Unclaimed found = data.among("pg-one", twice).orElseThrow();

        assertThat(found.count()).isOne();
        assertThat(found.first())
                .as("the API server keeps this list by name")
                .containsExactly(new LeftBehind(LOST.schema(), List.of("copy", "d1"), "lost", LOST.value()));
    }

    @Test
    void it_is_told_once_and_again_when_there_is_more() {
        assertThat(UnclaimedData.isNews(null, told(1, "t_a"))).isTrue();
        assertThat(UnclaimedData.isNews(told(1, "t_a"), told(1, "t_a"))).isFalse();
        assertThat(UnclaimedData.isNews(told(2, "t_a", "t_b"), told(1, "t_b"))).isFalse();
        assertThat(UnclaimedData.isNews(told(1, "t_a"), told(2, "t_a", "t_b"))).isTrue();
        assertThat(UnclaimedData.isNews(told(1, "t_a"), told(1, "t_b")))
                .as("another one")
                .isTrue();
        assertThat(UnclaimedData.isNews(told(30, "t_a", "t_b"), told(29, "t_b", "t_c")))
                .as("one that was counted before has come among those that are named")
                .isFalse();
    }

    private static Unclaimed told(int count, String... names) {
        return new Unclaimed(
                count,
                Arrays.stream(names)
                        .map(name -> new LeftBehind(name, List.of("d1"), null, null))
                        .toList(),
                "message");
    }

    private static char letter(int i) {
        return "234567abcdefghijklmnopqrstuvwxyz".charAt(i);
    }

    private static Marked schema(String suffix) {
        return new Marked(suffix, TenantIdentity.schema(suffix), "d1");
    }

    private Optional<Secret> ring(String suffix) {
        asked.add(suffix);
        return Optional.of(new SecretBuilder()
                .withNewMetadata()
                .withLabels(Marks.of("lost", LOST))
                .endMetadata()
                .build());
    }
}
