package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec.Driver;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which Secret a tenant's supplied key comes from, and when it is not used. */
class SuppliedKeysTest {
    private static final String NAMESPACE = "bulkhead-keys";
    private static final String SECRET = "a/secret+of=the-provider";

    /** Tells every request at INFO. Kept here, for a logger that nobody holds forgets its level. */
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");

    static {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    private final TenantIdentity one = Fixtures.identity(1);
    private final TenantIdentity two = Fixtures.identity(2);
    private final Set<TenantIdentity> tenants = new HashSet<>(Set.of(one, two));
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private KubernetesClient client;
    private SuppliedKeys keys;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        keys = new SuppliedKeys(new OperatorSecrets(client, NAMESPACE), () -> tenants);
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void where_the_operator_makes_keys_no_secret_is_read() {
        assertThat(keys.of(one, Driver.SeaweedFs, Slot.One, null))
                .isEqualTo(new KeySupply.Made(StoreKind.SeaweedFs.keys(one)));
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void the_key_and_the_principal_are_those_of_the_secret() {
        supply(
                one,
                Map.of("access-key-id", "AKID1", "secret-access-key", SECRET, "principal", "arn:aws:iam:::user/one"));

        assertThat(keys.of(one, Driver.Static, Slot.Two, null))
                .isEqualTo(new KeySupply.Supplied(
                        StoreKeys.only(Slot.Two, new StoreKeys.Named("AKID1", "arn:aws:iam:::user/one")),
                        new SlotSecret(Slot.Two, SECRET)));
    }

    @Test
    void without_a_principal_policies_name_the_access_key_id_and_a_line_break_at_the_end_is_none() {
        supply(one, Map.of("access-key-id", "AKID1\n", "secret-access-key", SECRET + "\n"));

        assertThat(keys.of(one, Driver.Static, Slot.One, null))
                .isEqualTo(new KeySupply.Supplied(
                        StoreKeys.only(Slot.One, new StoreKeys.Named("AKID1", "AKID1")),
                        new SlotSecret(Slot.One, SECRET)));
    }

    @Test
    void a_secret_that_does_not_exist_is_named_with_all_that_it_is_to_hold() {
        assertThat(waiting(one).reason()).isEqualTo(Reason.SecretMissing);
        assertThat(waiting(one).text())
                .startsWith("Secret bulkhead-keys/bulkhead-objectstore-" + one.suffix() + ": does not exist")
                .contains("access-key-id", "secret-access-key", "principal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"access-key-id", "secret-access-key"})
    void a_secret_with_a_half_of_it_is_not_complete(String lacking) {
        Map<String, String> data = new HashMap<>(Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        data.remove(lacking);
        supply(one, data);

        assertThat(waiting(one).reason()).isEqualTo(Reason.SecretMissing);
        assertThat(waiting(one).text())
                .contains("is not complete")
                .contains(lacking)
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({
        "access-key-id, '*', access-key-id",
        "access-key-id, 'a b', access-key-id",
        "secret-access-key, short, secret-access-key",
        "secret-access-key, 'a secret with spaces in it', secret-access-key",
        "principal, '*', principal",
        "principal, 'arn:aws:iam:::user/*', principal",
        "principal, 'arn:aws:iam::123456789012:root', principal",
        "principal, '123456789012', principal",
        "principal, '', principal"
    })
    void what_cannot_be_one_tenants_key_is_not_used_and_not_shown(String key, String value, String named) {
        Map<String, String> data = new HashMap<>(Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        data.put(key, value);
        supply(one, data);

        assertThat(waiting(one).text()).contains("no usable " + named).doesNotContain(SECRET);
        if (key.equals("secret-access-key")) {
            assertThat(waiting(one).text()).doesNotContain(value);
        }
    }

    @Test
    void two_tenants_with_one_key_get_neither_whoever_comes_first_and_each_is_told_of_the_other() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        supply(two, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));

        assertThat(blocked(one).text()).contains(SuppliedKeys.secretName(one), SuppliedKeys.secretName(two));
        assertThat(blocked(two).text()).contains(SuppliedKeys.secretName(two), SuppliedKeys.secretName(one));
        assertThat(new SuppliedKeys(new OperatorSecrets(client, NAMESPACE), () -> tenants)
                        .of(two, Driver.Static, Slot.One, null))
                .as("an operator without memory says the same")
                .isInstanceOf(KeySupply.Withheld.class);
    }

    @Test
    void two_keys_of_one_principal_are_one_key() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET, "principal", "user-7"));
        supply(two, Map.of("access-key-id", "AKID2", "secret-access-key", SECRET, "principal", "user-7"));

        assertThat(blocked(one).reason()).isEqualTo(Reason.Conflict);
        assertThat(blocked(two).reason()).isEqualTo(Reason.Conflict);
    }

    @Test
    void a_principal_that_is_anothers_access_key_id_is_that_key() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        supply(two, Map.of("access-key-id", "AKID2", "secret-access-key", SECRET, "principal", "AKID1"));

        assertThat(blocked(two).reason()).isEqualTo(Reason.Conflict);
    }

    @Test
    void a_key_that_was_given_another_tenant_meanwhile_is_seen_although_that_one_did_not_come_by() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        supply(two, Map.of("access-key-id", "AKID2", "secret-access-key", SECRET));
        assertThat(keys.of(one, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Supplied.class);
        assertThat(keys.of(two, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Supplied.class);

        supply(two, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));

        assertThat(keys.of(two, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Withheld.class);
        assertThat(keys.of(one, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Withheld.class);
    }

    @Test
    void once_the_other_has_its_own_key_nothing_stands_in_the_way() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        supply(two, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        assertThat(blocked(one).reason()).isEqualTo(Reason.Conflict);

        supply(two, Map.of("access-key-id", "AKID2", "secret-access-key", SECRET));

        assertThat(keys.of(one, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Supplied.class);
        assertThat(keys.of(two, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Supplied.class);
    }

    @Test
    void the_secret_of_a_tenant_that_is_gone_stands_in_nobodys_way() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        supply(two, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        assertThat(blocked(one).reason()).isEqualTo(Reason.Conflict);

        tenants.remove(two);

        assertThat(keys.of(one, Driver.Static, Slot.One, null)).isInstanceOf(KeySupply.Supplied.class);
    }

    @Test
    void a_tenant_that_comes_by_costs_one_request_once_the_others_are_known() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));
        supply(two, Map.of("access-key-id", "AKID2", "secret-access-key", SECRET));
        keys.of(one, Driver.Static, Slot.One, null);
        int before = server.getRequestCount();

        keys.of(one, Driver.Static, Slot.One, null);

        assertThat(server.getRequestCount() - before).isEqualTo(1);
    }

    @Test
    void an_api_server_that_does_not_answer_holds_back_the_bucket_and_not_the_pass() {
        try (KubernetesClient nobody = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:1")
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build()) {
            KeySupply supply = new SuppliedKeys(new OperatorSecrets(nobody, NAMESPACE), () -> tenants)
                    .of(one, Driver.Static, Slot.One, null);

            assertThat(supply)
                    .isInstanceOfSatisfying(
                            KeySupply.Withheld.class,
                            withheld -> assertThat(withheld.outcome().findings())
                                    .extracting(Finding::reason)
                                    .containsExactly(Reason.KubernetesUnavailable));
        }
    }

    @Test
    void nothing_that_can_be_logged_shows_the_secret() {
        supply(one, Map.of("access-key-id", "AKID1", "secret-access-key", SECRET));

        assertThat(keys.of(one, Driver.Static, Slot.One, null).toString())
                .contains("AKID1")
                .doesNotContain(SECRET);
    }

    private void supply(TenantIdentity identity, Map<String, String> data) {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(SuppliedKeys.secretName(identity))
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .withData(OperatorSecrets.encoded(bytes(data)))
                        .build())
                .createOr(existing -> existing.update());
    }

    private static Map<String, byte[]> bytes(Map<String, String> data) {
        Map<String, byte[]> bytes = new HashMap<>();
        data.forEach((key, value) -> bytes.put(key, value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        return bytes;
    }

    private Finding waiting(TenantIdentity identity) {
        return ((Outcome.Waiting) withheld(identity)).finding();
    }

    private Finding blocked(TenantIdentity identity) {
        return ((Outcome.Blocked) withheld(identity)).finding();
    }

    private Outcome withheld(TenantIdentity identity) {
        KeySupply supply = keys.of(identity, Driver.Static, Slot.One, null);
        assertThat(supply).isInstanceOf(KeySupply.Withheld.class);
        return ((KeySupply.Withheld) supply).outcome();
    }
}
