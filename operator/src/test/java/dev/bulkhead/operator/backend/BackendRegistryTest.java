package dev.bulkhead.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.database.DatabasePlanner;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of tenants that come by before anybody has looked at their server. */
class BackendRegistryTest {
    private static final ValidTenant TENANT = Tenants.full();
    private static final Occupant WHO = new Occupant(TENANT.name(), TENANT.identity(), "pg-one");
    private static final SchemaPlan PLAN = DatabasePlanner.plan(TENANT.identity(), TENANT.database(), true);

    /** It tells of every request, and is quiet for as long as somebody holds on to it. */
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final SetClock watch = new SetClock();
    private final List<String> closed = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private BackendRegistry<DatabaseServer, SchemaPlan> registry;

    /** A server whose every step is through at once. */
    private record Obedient(String name, List<String> closed) implements OpenBackend<SchemaPlan> {
        @Override
        public BackendLook look() {
            return new BackendLook.Seen(null, 0, List.of(), List.of(), "answers", null);
        }

        @Override
        public Swept sweep(Map<TenantIdentity, SchemaPlan> plans) {
            return new Swept(Set.of(), Set.of(), Set.of(), List.of());
        }

        @Override
        public Outcome apply(SchemaPlan plan, KeyRing keys) {
            return Outcome.unchanged();
        }

        @Override
        public Outcome shut(SchemaPlan plan) {
            return Outcome.unchanged();
        }

        @Override
        public Outcome close(TenantIdentity identity, Place place) {
            return Outcome.unchanged();
        }

        @Override
        public Admission admits(TenantIdentity identity, Place place, Slot slot, KeyRing keys) {
            return Admission.Admitted;
        }

        @Override
        public OptionalInt sessions(TenantIdentity identity, Place place, Slot slot) {
            return OptionalInt.of(0);
        }

        @Override
        public Map<TenantIdentity, Stored> stored(Map<TenantIdentity, SchemaPlan> plans) {
            return plans.keySet().stream().collect(Collectors.toMap(identity -> identity, _ -> new Stored(1L, 2L)));
        }

        @Override
        public List<Marked> marked() {
            return List.of();
        }

        @Override
        public void forget(TenantIdentity identity) {}

        @Override
        public void close() {
            closed.add(name);
        }
    }

    record TestKind(List<String> closed) implements BackendKind<DatabaseServer, SchemaPlan> {
        @Override
        public String kind() {
            return "DatabaseServer";
        }

        @Override
        public ExternalCalls.Backend metered() {
            return ExternalCalls.Backend.postgresql;
        }

        @Override
        public Reason unavailable() {
            return Reason.DatabaseUnavailable;
        }

        @Override
        public String adminSecret(DatabaseServer object) {
            return object.getMetadata().getName();
        }

        @Override
        public Set<String> secretKeys(DatabaseServer object) {
            return Set.of("password", "username");
        }

        @Override
        public Set<String> hosts(DatabaseServer object) {
            return Set.of(at(object) + ":5432");
        }

        @Override
        public String credential(TenantIdentity identity, Slot slot, KeyRing keys) {
            return identity.schema() + slot.number();
        }

        @Override
        public CredentialDelivery delivered() {
            return new CredentialDelivery("bulkhead-database", "username", "password");
        }

        @Override
        public List<String> deliverTo(TenantSpec spec) {
            return spec.database().deliverTo();
        }

        @Override
        public boolean holds(SchemaPlan plan) {
            return plan.made();
        }

        @Override
        public Object address(DatabaseServer object) {
            return at(object);
        }

        @Override
        public BackendOpening<SchemaPlan> open(DatabaseServer object, Map<String, byte[]> account) {
            return new BackendOpening.Opened<>(new Obedient(at(object), closed));
        }
    }

    @BeforeEach
    void open() {
        SERVER_LOG.setLevel(Level.WARNING);
        server.init();
        client = server.createClient();
        registry = new BackendRegistry<>(
                new TestKind(closed),
                new OperatorSecrets(client, "bulkhead-keys"),
                name -> Optional.of(new BackendStatus(
                        1L, null, 0, List.of(), List.of(new Capability("tls", true, null)), null, List.of())),
                Duration.ofMinutes(1),
                watch);
    }

    @AfterEach
    void close() {
        client.close();
        server.destroy();
    }

    private static String at(DatabaseServer object) {
        return Objects.requireNonNull(object.getMetadata().getAnnotations().get("at"));
    }

    private static DatabaseServer server(String at) {
        DatabaseServer object = new DatabaseServer();
        object.setMetadata(new ObjectMetaBuilder()
                .withName("pg-one")
                .addToAnnotations("at", at)
                .build());
        return object;
    }

    private void account(String... keys) {
        accountFor("here:5432, there:5432", keys);
    }

    private void accountFor(String hosts, String... keys) {
        SecretBuilder secret = new SecretBuilder()
                .withNewMetadata()
                .withName("pg-one")
                .withNamespace("bulkhead-keys")
                .addToAnnotations(Marks.HOSTS, hosts)
                .endMetadata();
        for (String key : keys) {
            secret.addToData(key, "eA==");
        }
        client.resource(secret.build()).createOr(NonDeletingOperation::update);
    }

    @Test
    void one_without_an_account_names_the_secret_and_what_has_to_be_in_it() {
        assertThat(registry.open(server("here")))
                .isInstanceOfSatisfying(
                        BackendKind.BackendOpening.Failed.class,
                        failed -> assertThat(failed.finding().text())
                                .isEqualTo("DatabaseServer pg-one: needs Secret bulkhead-keys/pg-one with password and"
                                        + " username; create it"));
        account("password");
        assertThat(registry.open(server("here"))).isInstanceOf(BackendKind.BackendOpening.Failed.class);
        assertThat(registry.shut(WHO, PLAN).findings().getFirst().reason())
                .as("tenants hear the same")
                .isEqualTo(Reason.SecretMissing);

        account("password", "username");
        assertThat(registry.open(server("here"))).isInstanceOf(BackendKind.BackendOpening.Opened.class);
        assertThat(registry.shut(WHO, PLAN).done()).isTrue();
        assertThat(registry.settled(TENANT.identity())).isTrue();
    }

    /** Whoever may write a DatabaseServer points it at a listener of theirs, and waits for the operator's password. */
    @Test
    void an_account_is_shown_to_the_hosts_it_is_for_and_to_no_other() {
        accountFor("here:5432", "password", "username");
        registry.open(server("here"));

        assertThat(registry.open(server("elsewhere")))
                .isInstanceOfSatisfying(BackendKind.BackendOpening.Failed.class, failed -> {
                    assertThat(failed.finding().reason()).isEqualTo(Reason.SecretForAnother);
                    assertThat(failed.finding().text())
                            .isEqualTo("DatabaseServer pg-one: Secret bulkhead-keys/pg-one is not for elsewhere:5432;"
                                    + " whoever answers for that account says so: kubectl -n bulkhead-keys annotate"
                                    + " --overwrite secret pg-one 'bulkhead.dev/hosts=elsewhere:5432'");
                });
        assertThat(closed).as("what was open before").containsExactly("here");
        accountFor("elsewhere", "password", "username");
        assertThat(registry.open(server("elsewhere"))).isInstanceOf(BackendKind.BackendOpening.Failed.class);
        accountFor("", "password", "username");
        assertThat(registry.open(server("here"))).isInstanceOf(BackendKind.BackendOpening.Failed.class);
    }

    @Test
    void it_is_opened_anew_when_its_address_or_its_account_changes_and_only_then() {
        account("password", "username");
        registry.open(server("here"));
        registry.open(server("here"));
        assertThat(closed).isEmpty();

        registry.open(server("there"));
        assertThat(closed).containsExactly("here");

        account("password", "username", "more");
        registry.open(server("there"));
        assertThat(closed).containsExactly("here", "there");
    }

    @Test
    void one_whose_object_is_gone_is_closed_and_forgotten_but_not_at_the_first_glance() {
        account("password", "username");
        registry.open(server("here"));
        registry.can("pg-one", List.of());

        registry.retain(Set.of());
        assertThat(closed).as("a cache may be behind").isEmpty();
        registry.retain(Set.of());

        assertThat(closed).containsExactly("here");
        assertThat(registry.view("pg-one").known())
                .as("what its status remembers")
                .hasSize(1);
        assertThat(registry.shut(WHO, PLAN).done()).isFalse();
    }

    @Test
    void a_tenant_that_comes_before_the_first_look_waits_in_no_pass_and_is_told_when_it_is_over() {
        Outcome outcome = registry.shut(WHO, PLAN);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waiting.class, waiting -> {
            assertThat(waiting.early()).isTrue();
            assertThat(waiting.finding().reason()).isEqualTo(Reason.DatabaseUnavailable);
        });
        assertThat(registry.plans("pg-one")).containsEntry(TENANT.identity(), PLAN);
        assertThat(registry.looked("pg-two")).isEmpty();
        assertThat(registry.looked("pg-one")).containsExactly(TENANT.name());
        assertThat(registry.looked("pg-one")).as("told once").isEmpty();
    }

    @Test
    void what_nobody_could_look_at_for_a_while_is_said_to_be_away() {
        watch.pass(Duration.ofSeconds(16));

        assertThat(registry.shut(WHO, PLAN))
                .isInstanceOfSatisfying(
                        Outcome.Waiting.class,
                        waiting -> assertThat(waiting.early()).isFalse());
    }

    @Test
    void one_that_was_looked_at_and_is_not_open_is_away() {
        registry.looked("pg-one");

        assertThat(registry.shut(WHO, PLAN))
                .isInstanceOfSatisfying(
                        Outcome.Waiting.class,
                        waiting -> assertThat(waiting.early()).isFalse());
    }

    @Test
    void what_a_tenant_has_stored_is_told_until_it_is_gone_or_lies_elsewhere() {
        account("password", "username");
        registry.open(server("here"));
        registry.shut(WHO, PLAN);
        assertThat(registry.stored())
                .containsExactly(new StoredBytes(TENANT.name(), "pg-one", new OpenBackend.Stored(1L, 2L)));

        registry.shut(new Occupant(TENANT.name(), TENANT.identity(), "pg-two"), PLAN);
        assertThat(registry.stored()).isEmpty();

        registry.shut(WHO, PLAN);
        registry.forget(TENANT.identity());
        assertThat(registry.stored()).isEmpty();
    }

    @Test
    void what_a_server_can_do_is_remembered_until_this_process_has_asked_it() {
        assertThat(registry.view("pg-one").known()).extracting(Capability::name).containsExactly("tls");

        registry.can("pg-one", List.of(new Capability("tls", false, null)));

        assertThat(registry.view("pg-one").lacking())
                .extracting(Capability::name)
                .containsExactly("tls");
    }

    @Test
    void before_the_first_look_what_is_in_force_was_seen_when_the_process_began() {
        Instant began = watch.instant();
        watch.pass(Duration.ofSeconds(30));

        assertThat(registry.view("pg-one").look()).hasValueSatisfying(look -> {
            assertThat(look.at()).isEqualTo(began);
            assertThat(look.isLost(began.plusSeconds(121))).isTrue();
        });
        registry.ended("pg-one", true);
        assertThat(registry.view("pg-one").look())
                .hasValueSatisfying(look -> assertThat(look.at()).isEqualTo(watch.instant()));
    }

    @Test
    void a_tenant_that_only_claimed_an_identity_leaves_the_plan_of_its_holder() {
        registry.shut(WHO, PLAN);

        registry.forget(TENANT.identity(), "another");
        assertThat(registry.plans("pg-one")).isNotEmpty();
        registry.forget(TENANT.identity(), TENANT.name());
        assertThat(registry.plans("pg-one")).isEmpty();
    }
}
