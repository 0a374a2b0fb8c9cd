package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.TenantSecretStatus.Accepted;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.secret.KeyRingCopies.Copy;
import dev.bulkhead.operator.secret.KeyRingCopies.Restored;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key rings in an API server: what is remembered on them, what leaves, and what comes in. */
class KeyRingCopiesTest {
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");

    static {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final Copy COPY = new Copy("c0ffee", "2026-11-29T09:12:03Z", "0123456789abcdef");

    @TempDir
    private Path directory;

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private KubernetesClient client;
    private OperatorSecrets secrets;
    private KeyRingCopies copies;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        secrets = new OperatorSecrets(client, "bulkhead-keys");
        copies = new KeyRingCopies(secrets);
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void a_ring_wrapped_by_another_master_key_of_that_name_says_so() throws Exception {
        store(1).create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");

        assertThat(store(2).find(IDENTITY)).isInstanceOfSatisfying(KeyRingStore.FoundRing.Unusable.class, found -> {
            assertThat(found.finding().message())
                    .isEqualTo(
                            "was wrapped by another master key than the one that is mounted as mk-1 (or is damaged at"
                                    + " tk.1): bring the former content of key file mk-1 back, and mount a new key under a new"
                                    + " number");
            assertThat(found.tenant()).isEqualTo("acme");
            assertThat(found.state()).as("what has to be closed is known").isNotNull();
        });
    }

    @Test
    void what_is_remembered_is_written_once_and_never_over_what_another_wrote() throws Exception {
        KeyRingStore store = store(1);
        store.create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        TenantState before = state(store);
        TenantState made = made(before);

        assertThat(store.remember(IDENTITY, before, made)).isTrue();
        assertThat(state(store)).isEqualTo(made);
        assertThat(store.remember(IDENTITY, before, made))
                .as("it is not as it was")
                .isFalse();
    }

    @Test
    void what_is_remembered_beside_others_is_written_though_another_was_first() throws Exception {
        KeyRingStore store = store(1);
        store.create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        int[] asked = {0};

        boolean remembered = store.remember(IDENTITY, state -> {
            if (asked[0]++ == 0) { // another writes between the look and the write
                store.remember(IDENTITY, other -> with(other, "theirs"));
            }
            return with(state, "mine");
        });

        assertThat(remembered).isTrue();
        assertThat(asked[0]).isEqualTo(2);
        assertThat(state(store).epochs())
                .isEqualTo(AcceptedEpochs.NONE
                        .with("acme--web", "theirs", List.of(new Accepted("key", 7L)))
                        .with("acme--web", "mine", List.of(new Accepted("key", 7L))));
    }

    private static TenantState with(TenantState state, String sealed) {
        return state.with(state.epochs().with("acme--web", sealed, List.of(new Accepted("key", 7L))));
    }

    @Test
    void a_form_that_is_too_large_is_not_noted_and_no_older_one_stays() throws Exception {
        KeyRingStore store = store(1);
        KeyRingStore.FoundRing first = store.create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");

        try (KeyRing _ = ((KeyRingStore.FoundRing.Open) first).ring()) {
            store.ready(first, IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "x".repeat(200_000));
        }

        KeyRingStore.FoundRing now = store.find(IDENTITY);
        try (KeyRing _ = ((KeyRingStore.FoundRing.Open) now).ring()) {
            assertThat(first.accepted()).isEqualTo("{}");
            assertThat(now.accepted()).isNull();
        }
    }

    @Test
    void a_copy_is_listed_once_on_its_ring_and_stays_listed_whatever_the_operator_writes() throws Exception {
        KeyRingStore store = store(1);
        store.create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");

        copies.list(IDENTITY, COPY);
        KeyRingCopies.StoredRing ring = copies.list(IDENTITY, COPY).orElseThrow();

        assertThat(KeyRingCopies.copies(ring.state())).containsExactly(COPY);
        assertThat(ring.tenant()).isEqualTo("acme");
        TenantState before = state(store);
        store.remember(IDENTITY, before, made(before));
        assertThat(KeyRingCopies.copies(copies.find(IDENTITY).orElseThrow().state()))
                .containsExactly(COPY);
        copies.destroyed(IDENTITY, COPY.id());
        assertThat(KeyRingCopies.copies(copies.find(IDENTITY).orElseThrow().state()))
                .isEmpty();
        assertThat(state(store)).isEqualTo(made(before));
    }

    @Test
    void a_ring_that_lists_as_many_copies_as_it_may_does_not_leave() throws Exception {
        store(1).create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        for (int i = 0; i < KeyRingCopies.MOST; i++) {
            copies.list(IDENTITY, new Copy("copy-" + i, COPY.at(), COPY.recoveryKey()));
        }

        assertThatThrownBy(() -> copies.list(IDENTITY, COPY)).hasMessageContaining("--destroyed");
        assertThat(copies.find(IDENTITY).orElseThrow().state())
                .as("well below what an annotation may hold")
                .hasSizeLessThan(64 << 10);
    }

    @Test
    void a_ring_whose_record_is_damaged_does_not_leave_and_is_not_written_over() throws Exception {
        store(1).create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        Secret ring = secrets.find(IDENTITY.keyRing()).orElseThrow();
        secrets.replace(new SecretBuilder(ring)
                .editMetadata()
                .addToAnnotations(KeyRingStore.STATE, "{damaged")
                .endMetadata()
                .build());

        assertThatThrownBy(() -> copies.list(IDENTITY, COPY)).hasMessageContaining("restore it from a backup");
        assertThat(copies.find(IDENTITY).orElseThrow().state()).isEqualTo("{damaged");
    }

    @Test
    void a_ring_comes_in_once_and_opens_as_it_did() throws Exception {
        KeyRingStore store = store(1);
        store.create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        RecoveryFile.Ring ring = ring(copies.list(IDENTITY, COPY).orElseThrow());
        client.secrets()
                .inNamespace("bulkhead-keys")
                .withName(IDENTITY.keyRing())
                .delete();

        assertThat(copies.restore(IDENTITY, ring)).isEqualTo(Restored.Made);
        assertThat(copies.restore(IDENTITY, ring)).isEqualTo(Restored.Same);
        assertThat(store.find(IDENTITY)).isInstanceOfSatisfying(KeyRingStore.FoundRing.Open.class, open -> {
            assertThat(open.tenant()).isEqualTo("acme");
            open.ring().close();
        });
        assertThat(KeyRingCopies.copies(copies.find(IDENTITY).orElseThrow().state()))
                .containsExactly(COPY);
    }

    @Test
    void another_ring_that_is_there_is_left_as_it_is() throws Exception {
        store(1).create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        RecoveryFile.Ring former = ring(copies.list(IDENTITY, COPY).orElseThrow());
        client.secrets()
                .inNamespace("bulkhead-keys")
                .withName(IDENTITY.keyRing())
                .delete();
        store(1).create(IDENTITY, "acme", Tenants.placed("pg", "db", "s3"), "{}");
        KeyRingCopies.StoredRing there = copies.find(IDENTITY).orElseThrow();

        assertThat(copies.restore(IDENTITY, former)).isEqualTo(Restored.Differs);
        assertThat(copies.find(IDENTITY)).contains(there);
    }

    private static RecoveryFile.Ring ring(KeyRingCopies.StoredRing found) {
        return new RecoveryFile.Ring(
                IDENTITY.value(), found.tenant(), "portal", null, null, found.state(), found.data());
    }

    private static TenantState state(KeyRingStore store) {
        return switch (store.find(IDENTITY)) {
            case KeyRingStore.FoundRing.Open open -> {
                open.ring().close();
                yield open.state();
            }
            case KeyRingStore.FoundRing other -> throw new AssertionError(other.toString());
        };
    }

    private static TenantState made(TenantState state) {
        Map<PartId, TenantState.RememberedPart> parts = new EnumMap<>(PartId.class);
        state.parts()
                .forEach((part, kept) -> parts.put(part, kept.with(kept.data().found())));
        return new TenantState(parts);
    }

    /** A store under master key mk-1 with these bytes. */
    private KeyRingStore store(int fill) throws Exception {
        Path keys = Files.createDirectories(directory.resolve("keys-" + fill));
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) fill);
        Files.write(keys.resolve("mk-1"), key);
        FileMasterKeys masterKeys = FileMasterKeys.load(keys);
        return new KeyRingStore(
                secrets, new KeyRings(masterKeys, "bulkhead-system", RANDOM, Clock.systemUTC()), RANDOM);
    }
}
