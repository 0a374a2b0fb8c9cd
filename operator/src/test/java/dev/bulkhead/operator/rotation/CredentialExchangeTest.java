package dev.bulkhead.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.rotation.ExchangePlanner.ExchangeStage;
import dev.bulkhead.operator.rotation.ExchangePlanner.Next;
import dev.bulkhead.operator.rotation.ExchangePlanner.Rules;
import dev.bulkhead.operator.rotation.ExchangePlanner.SeenExchange;
import dev.bulkhead.operator.secret.ChangeOver;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore.Changed;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.secret.TenantState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A whole exchange against a model of the world: a server that knows what the last pass made, and one delivered Secret.
 * Who works on it keeps nothing in memory, so every interleaving of steps and passes is also one of kills.
 */
class CredentialExchangeTest {
    private static final CredentialExchange EXCHANGE =
            new CredentialExchange(PartId.database, Rotatable.Database, "rotation-1");
    private static final Rules RULES = new Rules(false, Duration.ofMinutes(5));
    private static final Purpose ONE = Purpose.of(PartId.database, Slot.One);
    private static final Purpose TWO = Purpose.of(PartId.database, Slot.Two);

    @TempDir
    private Path directory;

    private FileMasterKeys masterKeys;
    private World world;

    @BeforeEach
    void make() throws Exception {
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        masterKeys = FileMasterKeys.load(directory);
        KeyRing ring = new KeyRings(masterKeys, "bulkhead-system", new SecureRandom(), Clock.systemUTC())
                .create("7c1e2f9a-0000-4000-8000-00000000000a", "bulkhead-tenant-x")
                .withCredential(ONE, "first".getBytes(StandardCharsets.US_ASCII));
        world = new World(ring, TenantState.at(Tenants.placed("pg", "shard", "s3")));
        world.pass();
    }

    @AfterEach
    void close() {
        masterKeys.close();
    }

    @Test
    void an_exchange_is_five_writes_and_leaves_the_new_credential_alone() {
        while (world.stage() != ExchangeStage.Done) {
            world.step(RULES);
            world.pass();
            world.now = world.now.plusSeconds(30);
        }

        assertThat(world.writes).isEqualTo(5);
        assertThat(world.state.slots().of(PartId.database)).isEqualTo(SlotUse.only(Slot.Two));
        assertThat(world.ring.purposes()).contains(TWO).doesNotContain(ONE);
        assertThat(world.state.rotation().underWay()).isEmpty();
        assertThat(world.state.rotation().last())
                .hasEntrySatisfying(
                        Rotatable.Database,
                        exchanged -> assertThat(exchanged.by()).isEqualTo("rotation-1"));
        assertThat(TenantState.read(world.state.write(null))).contains(world.state);
    }

    @Test
    void the_next_exchange_goes_back_to_the_first_slot_with_another_credential() {
        run(EXCHANGE);
        world.exchange = new CredentialExchange(PartId.database, Rotatable.Database, "rotation-2");
        run(world.exchange);

        assertThat(world.state.slots().of(PartId.database)).isEqualTo(SlotUse.only(Slot.One));
        assertThat(world.delivered).isNotEqualTo("first");
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void in_whatever_order_steps_and_passes_come_the_tenant_is_never_locked_out_and_no_old_one_outlives_its_time(
            long seed) {
        Random chance = new Random(seed);
        Rules rules = new Rules(chance.nextInt(4) == 0, RULES.drainFor());
        for (int i = 0; i < 2_000 && world.stage() != ExchangeStage.Done; i++) {
            switch (chance.nextInt(4)) {
                case 0 -> world.step(rules);
                case 1 -> world.pass();
                case 2 -> world.decideNowWriteLater(rules, chance.nextBoolean());
                default -> world.now = world.now.plusSeconds(chance.nextInt(60));
            }
            world.check();
        }
        assertThat(world.stage()).isEqualTo(ExchangeStage.Done);
        world.pass();
        assertThat(world.open).containsOnlyKeys(Slot.Two);
    }

    @Test
    void one_that_nobody_goes_on_with_is_shut_on_time_by_the_ordinary_pass() {
        while (world.stage() != ExchangeStage.Draining) {
            world.step(RULES);
            world.pass();
        }
        world.now = world.state.nextShut().orElseThrow().minusSeconds(1);
        world.pass();
        assertThat(world.open).containsKeys(Slot.One, Slot.Two);

        world.now = world.now.plusSeconds(1);
        world.pass();

        assertThat(world.open).containsOnlyKeys(Slot.Two);
        assertThat(world.stage())
                .as("and whoever comes back goes on from there")
                .isEqualTo(ExchangeStage.Shut);
        assertThat(world.state.nextShut()).isEmpty();
    }

    @Test
    void what_another_rotation_began_is_finished_before_a_new_one_begins() {
        world.exchange = new CredentialExchange(PartId.database, Rotatable.Database, "left-behind");
        while (world.stage() != ExchangeStage.Switched) {
            world.step(RULES);
            world.pass();
        }
        String theirs = world.delivered;

        world.exchange = EXCHANGE;
        run(EXCHANGE);

        assertThat(world.writes)
                .as("three of the old one's were left, and five are ours")
                .isEqualTo(10);
        assertThat(world.delivered)
                .as("a credential made before we were asked does not count")
                .isNotEqualTo(theirs);
    }

    @Test
    void of_a_suspended_tenant_the_new_one_takes_over_at_once_and_nothing_opens() {
        world.suspended = true;
        world.pass();
        run(EXCHANGE);

        assertThat(world.writes).isEqualTo(3);
        assertThat(world.open).isEmpty();
        assertThat(world.state.slots().of(PartId.database)).isEqualTo(SlotUse.only(Slot.Two));
    }

    private void run(CredentialExchange exchange) {
        world.exchange = exchange;
        while (world.stage() != ExchangeStage.Done) {
            world.step(RULES);
            world.pass();
            world.check();
            world.now = world.now.plusSeconds(30);
        }
    }

    /** The key ring, and what the tenant's pass made of it. */
    private static final class World {
        private KeyRing ring;
        private TenantState state;
        private CredentialExchange exchange = EXCHANGE;
        private Instant now = Instant.parse("2026-11-29T09:00:00Z");
        private final Map<Slot, String> open = new EnumMap<>(Slot.class);
        private String delivered = "";
        private Slot deliveredSlot = Slot.One;
        private boolean suspended;
        private int writes;
        private int made;

        private World(KeyRing ring, TenantState state) {
            this.ring = ring;
            this.state = state;
        }

        private ExchangeStage stage() {
            return ExchangePlanner.stage(state, exchange.part(), exchange.what(), exchange.by());
        }

        /** As the tenant's pass: what is over is shut first, then the server, then the Secret. */
        private void pass() {
            state = state.shutBy(now);
            open.clear();
            if (!suspended) {
                state.slots().of(PartId.database).live().forEach(slot -> open.put(slot, credential(slot)));
            }
            deliveredSlot = state.slots().of(PartId.database).current();
            delivered = credential(deliveredSlot);
        }

        private void step(Rules rules) {
            write(decide(rules));
        }

        /** What was decided from the record as it was; another may have written before it is. */
        private void decideNowWriteLater(Rules rules, boolean passBetween) {
            Next next = decide(rules);
            TenantState then = state;
            if (passBetween) {
                pass();
            }
            if (then.equals(state)) { // the store takes a write only of what is still as it was read
                write(next);
            }
        }

        private Next decide(Rules rules) {
            ChangeOver change = state.rotation().of(PartId.database).orElse(null);
            return ExchangePlanner.next(stage(), change == null ? null : change.oldUntil(), seen(change), rules, now);
        }

        private SeenExchange seen(@Nullable ChangeOver change) {
            if (change == null) {
                return SeenExchange.NOTHING;
            }
            return new SeenExchange(
                    suspended,
                    admits(change.to()),
                    deliveredSlot == change.to() && delivered.equals(credential(change.to())),
                    0,
                    OptionalInt.of(0),
                    admits(change.from()));
        }

        private Admission admits(Slot slot) {
            return credential(slot).equals(open.get(slot)) ? Admission.Admitted : Admission.Refused;
        }

        private void write(Next next) {
            Optional<Changed> changed = exchange.changed(
                    next, ring, state, () -> ("made-" + ++made).getBytes(StandardCharsets.US_ASCII), now);
            changed.ifPresent(c -> {
                ring = c.ring();
                state = c.state();
                writes++;
            });
        }

        private String credential(Slot slot) {
            return ring.credential(Purpose.of(PartId.database, slot))
                    .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                    .orElse("");
        }

        private void check() {
            if (!suspended) {
                assertThat(open.get(deliveredSlot))
                        .as("what the tenant was given lets it in, at stage %s", stage())
                        .isEqualTo(delivered);
            }
            assertThat(state.slots().of(PartId.database).live())
                    .as("the one in use is live")
                    .contains(state.slots().of(PartId.database).current());
            assertThat(List.copyOf(state.slots().of(PartId.database).live()))
                    .allSatisfy(slot -> assertThat(credential(slot)).isNotEmpty());
        }
    }
}
