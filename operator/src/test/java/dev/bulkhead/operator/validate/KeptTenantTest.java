package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec.People;
import dev.bulkhead.api.v1beta1.TenantSpec.Person;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a refused spec takes away from a tenant that is kept as it was accepted. */
class KeptTenantTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 6, 1);
    private static final People HELD = new People(
            List.of(user("boss", null)), List.of(user("clerk", null), group("night")), List.of(user("auditor", null)));

    @Test
    void who_is_still_named_in_the_same_role_stays() {
        assertThat(kept(HELD)).isEqualTo(HELD);
    }

    @Test
    void who_is_no_longer_named_goes_also_when_a_group_has_that_name() {
        People asked = new People(List.of(), List.of(group("clerk"), group("night")), List.of(user("auditor", null)));

        assertThat(kept(asked))
                .isEqualTo(new People(List.of(), List.of(group("night")), List.of(user("auditor", null))));
    }

    @Test
    void who_changed_the_role_has_neither_until_the_spec_is_accepted() {
        People asked = new People(List.of(user("clerk", null)), List.of(user("boss", null)), List.of());

        assertThat(kept(asked)).isEqualTo(new People(List.of(), List.of(), List.of()));
    }

    @Test
    void a_last_day_that_has_passed_or_cannot_be_read_ends_it_and_today_does_not() {
        assertThat(kept(asking("2026-06-01")).users()).hasSize(1);
        assertThat(kept(asking("2026-05-31")).users()).isEmpty();
        assertThat(kept(asking("some day")).users()).isEmpty();
    }

    @Test
    void a_spec_without_people_leaves_nobody() {
        assertThat(kept(null)).isEqualTo(new People(List.of(), List.of(), List.of()));
    }

    @Test
    void ways_and_deliveries_that_are_no_longer_asked_for_are_closed_and_what_is_asked_for_anew_waits() {
        ValidTenant held = Tenants.full();
        assertThat(held.keepingOnlyWays(held.spec(), held.rules())).isEqualTo(held);

        ValidTenant less = held.keepingOnlyWays(Tenants.plainSpec(), held.rules());

        assertThat(held.network().ingress()).isNotEmpty();
        assertThat(held.network().egress()).isNotEmpty();
        assertThat(less.network().ingress()).isEmpty();
        assertThat(less.network().egress()).isEmpty();
        assertThat(held.database().request().deliverTo()).isNotEmpty();
        assertThat(less.database().request().deliverTo()).isEmpty();
        assertThat(less.objectStore().request().deliverTo()).isEmpty();
        assertThat(held.objectStore().request().cors()).isNotEmpty();
        assertThat(less.objectStore().request().cors()).isEmpty();
        ValidTenant plain = Tenants.plain();
        assertThat(plain.keepingOnlyWays(held.spec(), held.rules()).network().ingress())
                .isEmpty();
    }

    @Test
    void a_component_lets_in_from_where_its_profile_says_it_runs_by_now() {
        ValidTenant held = Tenants.full();
        String name = held.network().ingress().keySet().iterator().next();
        TenantProfileSpec.Peer moved = new TenantProfileSpec.Peer("elsewhere", Map.of("app", "new"), List.of());

        assertThat(held.keepingOnlyWays(held.spec(), profile(Map.of(name, moved)))
                        .network()
                        .ingress())
                .isEqualTo(Map.of(name, moved));
        assertThat(held.keepingOnlyWays(held.spec(), profile(Map.of()))
                        .network()
                        .ingress())
                .isEmpty();
        assertThat(held.keepingOnlyWays(held.spec(), null))
                .as("the profile is gone")
                .isEqualTo(held);
    }

    private static TenantProfileSpec profile(Map<String, TenantProfileSpec.Peer> peers) {
        return new TenantProfileSpec("Test", "TOM", Map.of(), Map.of(), peers, true, false, null);
    }

    @Test
    void it_is_suspended_when_it_was_or_is_asked_to_be() {
        assertThat(Tenants.full().suspendedWhen(false).suspended()).isFalse();
        assertThat(Tenants.full().suspendedWhen(true).suspended()).isTrue();
        assertThat(Tenants.suspended().suspendedWhen(false).suspended()).isTrue();
    }

    @Test
    void it_lies_where_its_server_and_its_store_are() {
        ValidTenant tenant = Tenants.full();

        assertThat(tenant.backends().keySet()).containsExactlyInAnyOrder(PartId.database, PartId.objectStore);
        assertThat(tenant.placement()).isEqualTo(Tenants.placed("pg-one", "shard-a", "s3-one"));
    }

    private static People kept(@Nullable People asked) {
        return PeopleRules.still(HELD, asked, TODAY);
    }

    private static People asking(String until) {
        return new People(List.of(), List.of(user("clerk", until)), List.of());
    }

    private static Person user(String name, @Nullable String until) {
        return new Person(name, null, until);
    }

    private static Person group(String name) {
        return new Person(null, name, null);
    }
}
