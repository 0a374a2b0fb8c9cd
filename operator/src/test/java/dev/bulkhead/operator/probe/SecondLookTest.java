package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.probe.Ground.GroundObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of an attack that got through, by what it rested on then and now. */
class SecondLookTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z"); // where its clock stands
    private static final Instant LONG_AGO = NOW.minusSeconds(3600);

    private static final String PROFILE = Tenants.plainSpec().profile();

    private final Deque<Ground> grounds = new ArrayDeque<>();
    private final SetClock clock = new SetClock();
    private int looks;

    @ParameterizedTest
    @EnumSource(TrialKind.class)
    void what_gets_through_twice_while_nothing_changes_got_through(TrialKind kind) throws InterruptedException {
        grounds.add(settled());

        SecondLook.Looked looked = look(through(kind), through(kind), true);

        assertThat(looked.trials()).containsExactly(through(kind));
        assertThat(looked.passing()).isFalse();
        assertThat(looks).isEqualTo(1);
    }

    @Test
    void a_tenant_that_changes_all_the_time_is_no_breach_and_is_looked_at_again() throws InterruptedException {
        for (int generation = 1; generation <= 6; generation++) {
            grounds.add(ground(acme(generation, generation, TenantPhase.Active), other(), LONG_AGO, LONG_AGO));
        }

        SecondLook.Looked looked = look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true);

        assertThat(looked.trials()).allMatch(t -> t.result() == TrialResult.Unclear);
        assertThat(looked.trials().getFirst().explanation()).contains("Tenant acme changed meanwhile");
        assertThat(looked.passing()).isTrue();
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void a_hole_is_found_as_soon_as_the_tenant_stands_still() throws InterruptedException {
        grounds.add(ground(acme(1, 1, TenantPhase.Active), other(), LONG_AGO, LONG_AGO));
        grounds.add(ground(acme(2, 1, TenantPhase.Active), other(), LONG_AGO, LONG_AGO));
        grounds.add(ground(acme(2, 2, TenantPhase.Active), other(), LONG_AGO, LONG_AGO));

        SecondLook.Looked looked = look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true);

        assertThat(looked.trials()).containsExactly(through(TrialKind.OpenWay));
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void the_tenant_at_the_other_end_counts_like_the_one_that_is_looked_at() throws InterruptedException {
        for (int generation = 1; generation <= 6; generation++) {
            grounds.add(
                    ground(acme(1, 1, TenantPhase.Active), tenant("bolt", generation, generation), LONG_AGO, LONG_AGO));
        }

        SecondLook.Looked looked = look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true);

        assertThat(looked.trials().getFirst().explanation()).contains("Tenant bolt changed meanwhile");
    }

    @Test
    void what_is_asked_for_and_not_in_force_yet_says_nothing_where_it_decides() throws InterruptedException {
        grounds.add(ground(acme(2, 1, TenantPhase.Active), other(), LONG_AGO, LONG_AGO));

        assertThat(look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true)
                        .trials()
                        .getFirst()
                        .explanation())
                .contains("generation 2 of Tenant acme is not in force yet");
        assertThat(look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), false)
                        .trials())
                .as("no spec allows anybody another's rows")
                .containsExactly(through(TrialKind.OpenWay));
    }

    @Test
    void a_tenant_whose_spec_was_refused_lives_by_another_one() throws InterruptedException {
        grounds.add(ground(acme(2, 2, TenantPhase.Invalid), other(), LONG_AGO, LONG_AGO));

        SecondLook.Looked looked = look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true);

        assertThat(looked.trials().getFirst().explanation()).contains("Tenant acme is Invalid");
        assertThat(looked.passing()).as("until somebody mends it").isFalse();
    }

    @Test
    void a_profile_that_is_gone_makes_no_breach_of_what_it_allowed() throws InterruptedException {
        grounds.add(ground(acme(1, 1, TenantPhase.Degraded), other(), LONG_AGO, null));

        SecondLook.Looked looked = look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true);

        assertThat(looked.trials().getFirst().explanation()).contains("TenantProfile " + PROFILE + " is gone");
        assertThat(looked.passing()).isFalse();
    }

    @Test
    void the_operator_has_half_a_minute_to_follow_a_profile() throws InterruptedException {
        grounds.add(ground(acme(1, 1, TenantPhase.Active), other(), LONG_AGO, NOW.minusSeconds(29)));
        assertThat(look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true)
                        .trials()
                        .getFirst()
                        .explanation())
                .contains("TenantProfile " + PROFILE + " changed a moment ago");

        clock.pass(Duration.ofSeconds(1));
        assertThat(look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true)
                        .trials())
                .containsExactly(through(TrialKind.OpenWay));
    }

    @Test
    void a_network_plugin_has_ten_seconds_to_follow_a_tenant() throws InterruptedException {
        grounds.add(ground(acme(1, 1, TenantPhase.Active), other(), NOW.minusSeconds(9), LONG_AGO));
        SecondLook.Looked looked = look(through(TrialKind.SilentBreakOut), through(TrialKind.SilentBreakOut), true);
        assertThat(looked.trials()).allMatch(t -> t.result() == TrialResult.Unclear);
        assertThat(looked.passing()).isTrue();

        clock.pass(Duration.ofSeconds(1));
        assertThat(look(through(TrialKind.SilentBreakOut), through(TrialKind.SilentBreakOut), true)
                        .trials())
                .containsExactly(through(TrialKind.SilentBreakOut));
    }

    @Test
    void what_was_done_stays_done_and_what_was_only_read_may_have_been_an_old_picture() throws InterruptedException {
        grounds.add(settled());

        assertThat(look(through(TrialKind.BreakOut), blocked(), false).trials())
                .containsExactly(blocked(), through(TrialKind.BreakOut));
        assertThat(look(through(TrialKind.OpenWay), blocked(), true).trials())
                .satisfiesExactly(
                        trial -> assertThat(trial).isEqualTo(blocked()),
                        trial -> assertThat(trial.explanation()).contains("got through once"));
    }

    /** Else one Tenant that nobody mends would hide the breaches of all who meet it. */
    @Test
    void a_neighbour_that_stays_refused_hides_nothing_but_what_was_done_to_it() throws InterruptedException {
        Tenant refused = tenant("bolt", 2, 2, TenantPhase.Invalid);
        grounds.add(ground(acme(1, 1, TenantPhase.Active), refused, LONG_AGO, LONG_AGO));

        assertThat(look(through(TrialKind.OpenWay), through(TrialKind.OpenWay), true)
                        .trials())
                .containsExactly(through(TrialKind.OpenWay));
        assertThat(look(through(TrialKind.BreakOut), blocked(), true).trials())
                .extracting(Trial::result)
                .containsExactly(TrialResult.Blocked, TrialResult.Unclear);
    }

    /** Somebody who is the other's, too, by now is let in as its spec says. */
    @Test
    void what_was_done_to_a_tenant_that_asks_for_something_else_by_now_is_no_breach() throws InterruptedException {
        Tenant changed = other();
        changed.setSpec(Tenants.adopting("11111111-d9cb-469f-a165-70867728950e"));
        grounds.add(ground(acme(1, 1, TenantPhase.Active), changed, LONG_AGO, LONG_AGO));

        assertThat(look(through(TrialKind.BreakOut), blocked(), false).trials())
                .satisfiesExactly(
                        trial -> assertThat(trial).isEqualTo(blocked()),
                        trial -> assertThat(trial.explanation()).contains("got through once"));
    }

    @Test
    void a_way_into_one_neighbour_is_not_covered_by_the_way_into_another() throws InterruptedException {
        Trial into = trial(TrialKind.BreakOut, Attempt.succeeded("acme", "schema of cask", "1 row"));
        grounds.add(settled());

        assertThat(look(through(TrialKind.BreakOut), into, false).trials())
                .containsExactly(into, through(TrialKind.BreakOut));
    }

    @Test
    void a_tenant_that_went_is_no_breach() throws InterruptedException {
        grounds.add(new Ground(Map.of(), Map.of()));

        SecondLook.Looked looked = look(through(TrialKind.BreakOut), through(TrialKind.BreakOut), false);

        assertThat(looked.trials()).allMatch(t -> t.result() == TrialResult.Unclear);
        assertThat(looks).isZero();
    }

    private SecondLook.Looked look(Trial first, Trial second, boolean restsOnSpec) throws InterruptedException {
        Subject self = Subject.of(acme(1, 1, TenantPhase.Active)).orElseThrow();
        return new SecondLook(_ -> grounds.size() > 1 ? grounds.remove() : grounds.element(), Duration.ZERO, clock)
                .at(self, List.of(Subject.of(other()).orElseThrow()), List.of(first), restsOnSpec, (_, _) -> {
                    looks++;
                    return List.of(second);
                });
    }

    private static Ground settled() {
        return ground(acme(1, 1, TenantPhase.Active), other(), LONG_AGO, LONG_AGO);
    }

    private static Ground ground(Tenant acme, Tenant other, Instant acmeChanged, @Nullable Instant profileChanged) {
        Map<String, GroundObject> objects = new HashMap<>();
        objects.put("Tenant acme", new GroundObject(Ground.version(acme), acmeChanged));
        objects.put("Tenant bolt", new GroundObject(Ground.version(other), LONG_AGO));
        if (profileChanged != null) {
            objects.put(
                    "TenantProfile " + acme.getSpec().profile(), new GroundObject("p generation 1", profileChanged));
        }
        return new Ground(Map.of("acme", acme, "bolt", other), objects);
    }

    private static Tenant acme(long generation, long observed, TenantPhase phase) {
        return tenant("acme", generation, observed, phase);
    }

    private static Tenant other() {
        return tenant("bolt", 1, 1);
    }

    private static Tenant tenant(String name, long generation, long observed) {
        return tenant(name, generation, observed, TenantPhase.Active);
    }

    private static Tenant tenant(String name, long generation, long observed, TenantPhase phase) {
        Tenant tenant = ProbedTenants.tenant(name, phase, Isolation.Unknown, List.of());
        tenant.getMetadata().setGeneration(generation);
        tenant.setStatus(ProbedTenants.with(tenant.getStatus(), observed, List.of("Ready")));
        return tenant;
    }

    private static Trial through(TrialKind kind) {
        return trial(kind, Attempt.succeeded("acme", "bolt", "GRANTED"));
    }

    private static Trial blocked() {
        return trial(TrialKind.OpenWay, Attempt.refused("acme", "bolt", "none found"));
    }

    private static Trial trial(TrialKind kind, Attempt attack) {
        return new Trial(
                Control.TI_NET, "finds a way", kind, attack, Attempt.succeeded("acme", "acme", "sees its own"));
    }
}
