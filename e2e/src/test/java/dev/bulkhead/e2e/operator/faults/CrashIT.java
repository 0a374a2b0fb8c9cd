package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operator dies after each single write of a create, and before the first; the next one finishes what it finds. In
 * the end nobody can tell that anything happened, and at no moment was there a door in a namespace without walls.
 */
@ExtendWith(StackExtension.class)
class CrashIT {
    /** No sweep writes while writes are counted. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path directory;

    @Test
    void whichever_write_is_the_last_the_next_operator_ends_where_an_undisturbed_one_would(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        try (CompartmentCopy compartment = new CompartmentCopy(platform)) {
            Undisturbed undisturbed = undisturbed(platform, compartment);
            assertThat(undisturbed.writes())
                    .as("all three backends are written to")
                    .extracting(Wire.Write::backend)
                    .contains(Backend.values());
            SoftAssertions softly = new SoftAssertions();
            List<Wire.@Nullable Write> crashes = new ArrayList<>(undisturbed.writes());
            crashes.addFirst(null);
            List<String> neverLast = new ArrayList<>();
            Crash before = null;
            for (int i = 0; i <= crashes.size(); i++) {
                Crash crash = i < crashes.size() ? new Crash("crash-" + i, crashes.get(i)) : null;
                if (!died(platform, compartment, before, crash, undisturbed, softly)) {
                    neverLast.add(String.valueOf(crash));
                }
                if (before != null) {
                    compartment.forget(before.tenant());
                }
                before = crash;
            }
            softly.assertThat(neverLast)
                    .as("writes that not every create needs: another controller may have been first")
                    .allMatch(
                            w -> w.contains("serviceaccounts") || w.contains("tenants/status") || w.contains("events"));
            List.of("first", "undisturbed").forEach(compartment::forget);
            softly.assertAll();
        }
    }

    /** A create that nothing disturbs: what it writes, and what there is in the end. */
    private record Undisturbed(List<Wire.Write> writes, SortedMap<String, String> end) {}

    /**
     * One death.
     *
     * @param last the last write that left, or null when none did
     */
    private record Crash(String tenant, Wire.@Nullable Write last) {
        @Override
        public String toString() {
            return tenant + ", killed " + (last == null ? "before the first write" : "after " + last);
        }
    }

    private static Undisturbed undisturbed(Platform platform, CompartmentCopy compartment) {
        Wire wire = new Wire();
        try (Platform.RunningOperator _ = platform.operator(wire, NEVER)) {
            platform.apply(SmallTenant.named("first").yaml()); // once in its life, a database is prepared for tenants
            platform.awaitReady("first");
            quiet(wire);
            wire.record();
            platform.apply(SmallTenant.named("undisturbed").yaml());
            platform.awaitReady("undisturbed");
            Awaitility.await("its last writes").pollDelay(Duration.ofSeconds(2)).until(() -> true);
            return new Undisturbed(wire.steadyWrites(), compartment.of("undisturbed"));
        }
    }

    /**
     * Lets an operator finish what the one before it left, and then die.
     *
     * @param before where the one before died; null for the first
     * @param crash where this one is to die; null for the last
     * @return whether it died where it should, or was through without that write
     */
    private static boolean died(
            Platform platform,
            CompartmentCopy compartment,
            @Nullable Crash before,
            @Nullable Crash crash,
            Undisturbed undisturbed,
            SoftAssertions softly) {
        Wire wire = new Wire();
        try (Platform.RunningOperator _ = platform.operator(wire, NEVER)) {
            if (before != null) {
                platform.awaitReady(before.tenant());
            }
            if (crash == null) {
                finished(compartment, before, wire, undisturbed, softly);
                return true;
            }
            quiet(wire);
            finished(compartment, before, wire, undisturbed, softly);
            wire.cutAfter(crash.last());
            platform.apply(SmallTenant.named(crash.tenant()).yaml());
            Awaitility.await(crash.toString())
                    .atMost(Platform.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> wire.isDead() || isReady(platform, crash.tenant()));
        }
        softly.assertThat(compartment.gaps(crash.tenant())).as(crash.toString()).isEmpty();
        if (isReady(platform, crash.tenant())) {
            softly.assertThat(Differences.between(undisturbed.end(), compartment.of(crash.tenant())))
                    .as("%s, and Ready is claimed", crash)
                    .isEmpty();
        }
        return wire.isDead();
    }

    private static void finished(
            CompartmentCopy compartment,
            @Nullable Crash crash,
            Wire wire,
            Undisturbed undisturbed,
            SoftAssertions softly) {
        if (crash == null) {
            return;
        }
        softly.assertThat(Differences.between(undisturbed.end(), compartment.of(crash.tenant())))
                .as(crash.toString())
                .isEmpty();
        softly.assertThat(wire.writes().stream()
                        .filter(w ->
                                w.backend() == Backend.kubernetes && w.what().startsWith("DELETE")))
                .as("%s: finishing deletes nothing", crash)
                .isEmpty();
    }

    private static boolean isReady(Platform platform, String name) {
        Tenant tenant = platform.tenant(name);
        Condition ready = Platform.condition(tenant, "Ready");
        return ready != null && ready.status() == Condition.Status.True;
    }

    /** What an operator writes when it starts is not about the tenant: it tries out the object store, and tidies up. */
    private static void quiet(Wire wire) {
        int[] before = {-1};
        Awaitility.await("nothing is written any more")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(700))
                .until(() -> {
                    int now = wire.writes().size();
                    boolean quiet = now == before[0]
                            && wire.writes().stream().anyMatch(w -> w.what().equals("DeleteBucket"));
                    before[0] = now;
                    return quiet;
                });
    }
}
