package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TenantValidatorTest {
    private static final String FORMER = "7c0e8b52-51d5-4b1c-8a7e-3f9d2c6b1a40";

    private final ObjectNode tree = Examples.tree("voice-agent-klinik-nord");
    private final Surroundings usual = Examples.around(Examples.tenant(tree));

    @Test
    void a_valid_tenant_carries_what_the_planners_need() {
        ValidTenant tenant = valid(usual);
        assertThat(tenant.name()).isEqualTo("klinik-nord");
        assertThat(tenant.identity()).isEqualTo(new TenantIdentity(Examples.UID));
        assertThat(tenant.generation()).isEqualTo(3);
        assertThat(tenant.profile()).isEqualTo("voice-agent");
        assertThat(tenant.namespaces())
                .containsExactly(
                        new ValidTenant.Share(
                                new TenantNamespace("klinik-nord", "app"),
                                4000,
                                8L << 30,
                                50L << 30,
                                5L << 30,
                                20,
                                Map.of()),
                        new ValidTenant.Share(
                                new TenantNamespace("klinik-nord", "workflows"),
                                4000,
                                8L << 30,
                                50L << 30,
                                5L << 30,
                                20,
                                Map.of()));
        assertThat(tenant.network().ingress()).containsOnlyKeys("gateway");
        assertThat(tenant.network().egress()).singleElement().satisfies(e -> {
            assertThat(e.name()).isEqualTo("telephony");
            assertThat(e.blocks()).containsExactly(new ValidTenant.Block("203.0.113.0/26", List.of()));
            assertThat(e.ports()).hasSize(2);
        });
        assertThat(tenant.network().deniedHosts()).containsExactly("api.llm.example");
        assertThat(tenant.database().server()).isEqualTo("pg-main");
        assertThat(tenant.database().database()).isEqualTo("d1");
        assertThat(tenant.database().host()).isEqualTo("pg-main.databases.svc");
        assertThat(tenant.database().tls()).isTrue();
        assertThat(tenant.database().statementTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(tenant.objectStore().store()).isEqualTo("s3-main");
        assertThat(tenant.objectStore().tls()).isTrue();
        assertThat(tenant.objectStore().noncurrentDays()).isEqualTo(14);
        assertThat(tenant.objectStore().quotaBytes()).isEqualTo(50L << 30);
    }

    @Test
    void the_same_tenant_in_the_same_surroundings_gives_the_same_answer() {
        assertThat(TenantValidator.validate(tenant(), usual)).isEqualTo(TenantValidator.validate(tenant(), usual));
    }

    @Test
    void an_auditor_has_access_to_the_last_day_and_not_beyond() {
        assertThat(valid(on(LocalDate.of(2026, 12, 31))).people().auditors()).hasSize(1);
        assertThat(valid(on(LocalDate.of(2027, 1, 1))).people().auditors()).isEmpty();
        assertThat(valid(on(LocalDate.of(2027, 1, 1))).people().admins()).hasSize(1);
    }

    @Test
    void a_tenant_without_network_and_people_lets_nobody_in_and_nothing_out() {
        ((ObjectNode) tree.get("spec")).without(List.of("network", "people"));
        ValidTenant tenant = valid(usual);
        assertThat(tenant.people()).isEqualTo(TenantSpec.People.none());
        assertThat(tenant.network().ingress()).isEmpty();
        assertThat(tenant.network().egress()).isEmpty();
    }

    @Test
    void the_least_loaded_server_that_is_ready_and_offers_everything_is_chosen() {
        List<DatabaseServer> servers = new ArrayList<>(List.of(
                Examples.server("pg-a-full", "production", true, 20, "pgcrypto"),
                Examples.server("pg-b-bare", "production", true, 0),
                Examples.server("pg-c-down", "production", false, 0, "pgcrypto"),
                Examples.server("pg-d-dev", "development", true, 0, "pgcrypto"),
                Examples.server("pg-e-busy", "production", true, 7, "pgcrypto"),
                Examples.server("pg-z-calm", "production", true, 4, "pgcrypto"),
                Examples.server("pg-y-calm", "production", true, 4, "pgcrypto")));
        List<ObjectStore> stores = new ArrayList<>(List.of(
                Examples.store("s3-a-full", "production", true, 10),
                Examples.store("s3-b-down", "production", false, 0),
                Examples.store("s3-c-dev", "development", true, 0),
                Examples.store("s3-z-calm", "production", true, 4),
                Examples.store("s3-y-calm", "production", true, 4)));
        Random order = new Random(7);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(servers, order);
            Collections.shuffle(stores, order);
            ValidTenant tenant = valid(with(servers, stores, Placement.NONE));
            assertThat(tenant.database().server()).isEqualTo("pg-y-calm");
            assertThat(tenant.objectStore().store()).isEqualTo("s3-y-calm");
        }
    }

    /** Eight of twenty are fewer than five of ten. */
    @Test
    void load_is_what_is_used_of_what_there_is_room_for() {
        ObjectNode large = Examples.YAML.valueToTree(Examples.server("pg-large", "production", true, 8, "pgcrypto"));
        ((ObjectNode) large.get("spec")).put("maxTenantsPerDatabase", 20);

        ValidTenant tenant = valid(with(
                List.of(
                        Examples.server("pg-few", "production", true, 5, "pgcrypto"),
                        Examples.convert(large, DatabaseServer.class)),
                usual.backends(ObjectStore.class),
                Placement.NONE));

        assertThat(tenant.database().server()).isEqualTo("pg-large");
    }

    @Test
    void the_load_of_a_store_is_what_is_used_of_what_there_is_room_for_too() {
        ObjectNode large = Examples.YAML.valueToTree(Examples.store("s3-large", "production", true, 8));
        ((ObjectNode) large.get("spec")).put("maxTenants", 20);

        ValidTenant tenant = valid(with(
                usual.backends(DatabaseServer.class),
                List.of(Examples.store("s3-few", "production", true, 5), Examples.convert(large, ObjectStore.class)),
                Placement.NONE));

        assertThat(tenant.objectStore().store()).isEqualTo("s3-large");
    }

    @Test
    void what_is_just_allowed_is_allowed() {
        assertThat(complaint("connectionLimit", "0")).isTrue();
        assertThat(complaint("connectionLimit", "1")).isFalse();
        assertThat(complaint("connectionLimit", "500")).isFalse();
        assertThat(complaint("connectionLimit", "501")).isTrue();
        assertThat(complaint("statementTimeout", "PT2147483S")).isFalse();
        assertThat(complaint("statementTimeout", "PT2147484S")).isTrue();
    }

    /** Whether that is no value the field can have, whatever the profile says. */
    private boolean complaint(String field, String value) {
        ((ObjectNode) tree.at("/spec/database")).put(field, value);
        return switch (TenantValidator.validate(tenant(), usual)) {
            case Validation.Valid _ -> false;
            case Validation.Invalid invalid ->
                invalid.findings().stream()
                        .anyMatch(f ->
                                f.reason() == Reason.InvalidSpec && f.subject().equals("spec.database." + field));
        };
    }

    @Test
    void databases_fill_in_their_order() {
        assertThat(placed(Examples.server("pg", "production", true, 9, "pgcrypto")))
                .isEqualTo("d1");
        assertThat(placed(Examples.server("pg", "production", true, 10, "pgcrypto")))
                .isEqualTo("d2");
    }

    private String placed(DatabaseServer server) {
        return valid(with(List.of(server), usual.backends(ObjectStore.class), Placement.NONE))
                .database()
                .database();
    }

    @Test
    void a_server_of_one_tenant_takes_that_one_alone() {
        DatabaseServer shared = Examples.server("pg-shared", "production", true, 9, "pgcrypto");
        DatabaseServer others = onlyFor("waschhaus", "pg-others");
        DatabaseServer own = onlyFor("klinik-nord", "pg-own");

        assertThat(chosen(false, others, shared)).isEqualTo("pg-shared");
        assertThat(chosen(true, others, shared, own)).isEqualTo("pg-own");
        assertThat(chosen(true, others, shared))
                .contains("asks for a DatabaseServer of this tenant's own: create one whose spec.tenant is its name");
    }

    @Test
    void a_tenant_that_lives_among_others_is_told_and_stays() {
        DatabaseServer shared = Examples.server("pg-home", "production", true, 9, "pgcrypto");

        Validation found = TenantValidator.validate(
                tenant(), demanding(true, List.of(shared), Tenants.placed("pg-home", "d1", "s3-main"), true));

        assertThat(found)
                .isInstanceOfSatisfying(
                        Validation.Valid.class,
                        valid -> assertThat(valid.looser())
                                .anyMatch(
                                        f -> f.reason() == Reason.LooserThanProfile
                                                && f.message()
                                                        .contains(
                                                                "asks for one of this tenant's own: its data does not move by itself")));
    }

    private String chosen(boolean alone, DatabaseServer... servers) {
        return switch (TenantValidator.validate(tenant(), demanding(alone, List.of(servers), Placement.NONE, false))) {
            case Validation.Valid valid -> valid.tenant().database().server();
            case Validation.Invalid invalid -> invalid.findings().getFirst().text();
        };
    }

    private Surroundings demanding(boolean alone, List<DatabaseServer> servers, Placement placement, boolean accepted) {
        TenantProfileSpec rules = Objects.requireNonNull(usual.profile());
        return new Surroundings(
                new TenantProfileSpec(
                        rules.product(),
                        rules.document(),
                        rules.bounds(),
                        rules.controls(),
                        rules.peers(),
                        rules.groupsAllowed(),
                        alone,
                        rules.rotation()),
                Examples.backends(servers, usual.backends(ObjectStore.class)),
                placement,
                usual.settings(),
                usual.adoption(),
                usual.today(),
                accepted);
    }

    private static DatabaseServer onlyFor(String tenant, String name) {
        ObjectNode tree = Examples.YAML.valueToTree(Examples.server(name, "production", true, 0, "pgcrypto"));
        ((ObjectNode) tree.get("spec")).put("tenant", tenant);
        return Examples.convert(tree, DatabaseServer.class);
    }

    @Test
    void a_placed_tenant_stays_though_its_server_is_full_and_down_and_another_is_empty() {
        Surroundings surroundings = with(
                List.of(
                        Examples.server("pg-home", "production", false, 10, "pgcrypto"),
                        Examples.server("pg-new", "production", true, 0, "pgcrypto")),
                List.of(
                        Examples.store("s3-home", "production", false, 10),
                        Examples.store("s3-new", "production", true, 0)),
                Tenants.placed("pg-home", "d1", "s3-home"));
        ValidTenant tenant = valid(surroundings);
        assertThat(tenant.database().server()).isEqualTo("pg-home");
        assertThat(tenant.database().database()).isEqualTo("d1");
        assertThat(tenant.objectStore().store()).isEqualTo("s3-home");
    }

    @Test
    void a_tenant_that_was_accepted_lives_on_without_what_the_platform_took_away() {
        Surroundings accepted = new Surroundings(
                usual.profile(),
                Examples.backends(
                        List.of(Examples.server("pg-main", "production", true, 3)), usual.backends(ObjectStore.class)),
                Tenants.placed("pg-main", "d1", "s3-main"),
                new PlatformSettings(
                        "x",
                        "v1.37",
                        List.of("203.0.113.0/24"),
                        List.of(),
                        List.of(),
                        "kube-system",
                        java.util.Map.of()),
                usual.adoption(),
                usual.today(),
                true);
        assertThat(TenantValidator.validate(tenant(), accepted)).isInstanceOfSatisfying(Validation.Valid.class, v -> {
            assertThat(v.looser())
                    .extracting(f -> f.reason())
                    .containsExactly(Reason.DestinationRefused, Reason.ExtensionNotAllowed);
            assertThat(v.tenant().network().egress()).isEmpty();
        });
    }

    @Test
    void suspending_is_never_refused_for_being_looser_than_the_profile() {
        ObjectNode spec = (ObjectNode) tree.get("spec");
        spec.put("protectionNeed", "normal");
        assertThat(TenantValidator.validate(tenant(), usual)).isInstanceOf(Validation.Invalid.class);
        spec.put("suspend", true);
        assertThat(TenantValidator.validate(tenant(), usual))
                .isInstanceOfSatisfying(
                        Validation.Valid.class, v -> assertThat(v.looser()).hasSize(1));
    }

    @Test
    void a_former_identity_is_adopted_by_a_tenant_of_its_name() {
        ((ObjectNode) tree.get("spec")).put("adopt", FORMER);
        Surroundings surroundings = adopting(new Adoption(tombstone("klinik-nord"), List.of()));
        assertThat(valid(surroundings).identity()).isEqualTo(new TenantIdentity(FORMER));
    }

    @Test
    void who_was_born_with_an_identity_holds_it_and_who_merely_claims_it_does_not() {
        Tenant adopting = other("klinik-nord", Examples.UID, FORMER);
        Tenant itself = other("klinik-nord", FORMER, null);
        Tenant born = other("klinik-sued", FORMER, null);
        Tenant claiming = other("klinik-west", "00000000-0000-4000-8000-000000000001", FORMER);
        List<Tombstone> tombstones = List.of(tombstone("klinik-nord"));
        assertThat(Adoption.of(adopting, tombstones, List.of(adopting, itself, claiming)))
                .isEqualTo(new Adoption(tombstones.getFirst(), List.of()));
        assertThat(Adoption.of(adopting, tombstones, List.of(adopting, born)).holders())
                .containsExactly("klinik-sued");
        assertThat(Adoption.of(claiming, tombstones, List.of(adopting, claiming))
                        .holders())
                .containsExactly("klinik-nord");
        assertThat(Adoption.of(itself, tombstones, List.of(adopting))).isEqualTo(Adoption.NONE);
    }

    private Tenant tenant() {
        return Examples.tenant(tree);
    }

    private ValidTenant valid(Surroundings surroundings) {
        return switch (TenantValidator.validate(tenant(), surroundings)) {
            case Validation.Valid valid -> valid.tenant();
            case Validation.Invalid invalid -> throw new AssertionError("not valid: " + invalid.findings());
        };
    }

    private Surroundings on(LocalDate today) {
        return new Surroundings(
                usual.profile(), usual.backends(), usual.placement(), usual.settings(), usual.adoption(), today, false);
    }

    private Surroundings with(List<DatabaseServer> servers, List<ObjectStore> stores, Placement placement) {
        return new Surroundings(
                usual.profile(),
                Examples.backends(servers, stores),
                placement,
                usual.settings(),
                usual.adoption(),
                usual.today(),
                false);
    }

    private Surroundings adopting(Adoption adoption) {
        return new Surroundings(
                usual.profile(), usual.backends(), usual.placement(), usual.settings(), adoption, usual.today(), false);
    }

    private static Tombstone tombstone(String tenant) {
        ObjectNode tree = Examples.YAML.createObjectNode();
        tree.putObject("metadata").put("name", FORMER);
        tree.putObject("status").put("tenant", tenant);
        return Examples.convert(tree, Tombstone.class);
    }

    private static Tenant other(String name, String uid, @Nullable String adopt) {
        ObjectNode tree = Examples.tree("voice-agent-klinik-nord");
        ((ObjectNode) tree.get("metadata")).put("name", name).put("uid", uid);
        if (adopt != null) {
            ((ObjectNode) tree.get("spec")).put("adopt", adopt);
        }
        return Examples.tenant(tree);
    }
}
