package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The exact requests that an object costs, and what becomes of each answer that an API server can give. */
class ObjectRequestsTest {
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity OTHER = new TenantIdentity("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final String POLICIES = "/apis/networking.k8s.io/v1/namespaces/acme--web/networkpolicies";
    private static final String POLICY = POLICIES + "/deny";
    private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/acme--web/rolebindings";
    private static final String BINDING = BINDINGS + "/people";
    private static final String SECRET = "/api/v1/namespaces/acme--web/secrets/bulkhead-database";

    /** Tells every request at INFO; ours are asserted. Kept here, for a logger that nobody holds forgets its level. */
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");

    static {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    private final KubernetesMockServer server = new KubernetesMockServer(false);
    private final InformersKnown known = new InformersKnown();
    private KubernetesClient client = new KubernetesClientBuilder().build();
    private ObjectApplier applier = new ObjectApplier(client, () -> known);

    @BeforeEach
    void start() {
        server.init();
        client.close();
        client = new KubernetesClientBuilder()
                .withKubernetesSerialization(ApiSerialization.lean())
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(server.url("/"))
                        .withTrustCerts(true)
                        .withRequestRetryBackoffLimit(2)
                        .withRequestRetryBackoffInterval(10)
                        .withRequestTimeout(2_000)
                        .build())
                .build();
        applier = new ObjectApplier(client, () -> known);
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void what_is_missing_is_created_by_one_request_that_cannot_overwrite() throws InterruptedException {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(201, policy(IDENTITY, "1"))
                .once();

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(requests()).containsExactly("POST " + POLICIES);
        assertThat(known.find(NetworkPolicy.class, "acme--web", "deny")).isNotNull();
    }

    @Test
    void what_is_as_planned_costs_no_request() throws InterruptedException {
        known.written(policy(IDENTITY, "1"), null);

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(requests()).isEmpty();
    }

    @Test
    void conflict_409_on_create_looks_again_and_writes_nothing_where_it_is_in_place() throws InterruptedException {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(409, status(409, "already exists"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, policy(IDENTITY, "7"))
                .once();

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(requests()).containsExactly("POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void conflict_409_with_something_of_another_is_left_alone() throws InterruptedException {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(409, status(409, "already exists"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, policy(OTHER, "7"))
                .once();

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome).isInstanceOf(Outcome.Blocked.class);
        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.Conflict);
        assertThat(requests()).containsExactly("POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void conflict_409_on_a_change_compares_anew_before_it_writes_again() throws InterruptedException {
        known.written(open(policy(IDENTITY, "1")), null);
        server.expect()
                .put()
                .withPath(POLICY)
                .andReturn(409, status(409, "modified"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, open(policy(IDENTITY, "2")))
                .once();
        server.expect()
                .put()
                .withPath(POLICY)
                .andReturn(200, policy(IDENTITY, "3"))
                .once();

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(requests()).containsExactly("PUT " + POLICY, "GET " + POLICY, "PUT " + POLICY);
    }

    @Test
    void invalid_422_of_a_field_that_never_changes_makes_the_object_anew() throws InterruptedException {
        known.written(binding("edit", "1"), null);
        server.expect()
                .put()
                .withPath(BINDING)
                .andReturn(422, status(422, "cannot change roleRef"))
                .once();
        server.expect()
                .delete()
                .withPath(BINDING)
                .andReturn(200, status(200, "gone"))
                .once();
        server.expect()
                .get()
                .withPath(BINDING)
                .andReturn(404, status(404, "not found"))
                .once();
        server.expect()
                .post()
                .withPath(BINDINGS)
                .andReturn(201, binding("view", "2"))
                .once();

        assertThat(applier.apply(binding("view", null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(requests())
                .containsExactly("PUT " + BINDING, "DELETE " + BINDING, "GET " + BINDING, "POST " + BINDINGS);
    }

    @Test
    void invalid_422_elsewhere_is_said_in_the_words_of_the_api_server() {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(422, status(422, "spec.ingress[0] is wrong"))
                .once();

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.KubernetesRefused);
        assertThat(outcome.findings().getFirst().text())
                .isEqualTo("NetworkPolicy acme--web/deny: spec.ingress[0] is wrong");
    }

    @Test
    void too_many_429_is_waited_for_as_long_as_the_server_says_and_sent_again() throws InterruptedException {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReply(429, _ -> status(429, "slow down"))
                .once();
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(201, policy(IDENTITY, "1"))
                .once();

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES);
    }

    @Test
    void an_error_500_that_stays_is_nobodys_fault_but_the_servers() {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(500, status(500, "etcd"))
                .always();

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(outcome.findings().getFirst().text()).doesNotContain("etcd");
    }

    @Test
    void an_answer_504_after_the_object_was_made_makes_no_second_one() throws InterruptedException {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(504, status(504, "timed out"))
                .once();
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(409, status(409, "already exists"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, policy(IDENTITY, "7"))
                .once();

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void a_server_that_is_gone_is_waited_for() {
        server.shutdown();

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
    }

    @Test
    void a_binding_that_has_not_reached_the_authorizer_yet_is_waited_for() throws InterruptedException {
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(403, status(403, "User \"bulkhead\" cannot create resource"))
                .once();
        server.expect()
                .post()
                .withPath(POLICIES)
                .andReturn(201, policy(IDENTITY, "1"))
                .once();

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES);
    }

    @Test
    void a_secret_that_another_changed_meanwhile_is_read_again() throws InterruptedException {
        server.expect()
                .get()
                .withPath(SECRET)
                .andReturn(200, secret("b2xk", "1"))
                .once();
        server.expect()
                .put()
                .withPath(SECRET)
                .andReturn(409, status(409, "modified"))
                .once();
        server.expect()
                .get()
                .withPath(SECRET)
                .andReturn(200, secret("b2xk", "2"))
                .once();
        server.expect()
                .put()
                .withPath(SECRET)
                .andReturn(200, secret("bmV3", "3"))
                .once();

        assertThat(new DeliveredSecrets(client).apply(secret("bmV3", null), IDENTITY))
                .isEqualTo(new Outcome.Done(1));
        assertThat(requests()).containsExactly("GET " + SECRET, "PUT " + SECRET, "GET " + SECRET, "PUT " + SECRET);
    }

    @Test
    void what_was_changed_meanwhile_is_deleted_in_the_version_it_has_now_while_it_is_ours()
            throws InterruptedException {
        server.expect()
                .delete()
                .withPath(POLICY)
                .andReturn(409, status(409, "the object has been modified"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, policy(IDENTITY, "2"))
                .once();
        server.expect()
                .delete()
                .withPath(POLICY)
                .andReturn(200, status(200, "deleted"))
                .once();

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(requests()).containsExactly("DELETE " + POLICY, "GET " + POLICY, "DELETE " + POLICY);
    }

    @Test
    void what_became_of_another_meanwhile_is_not_deleted() throws InterruptedException {
        server.expect()
                .delete()
                .withPath(POLICY)
                .andReturn(409, status(409, "the object has been modified"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, policy(OTHER, "2"))
                .once();

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(requests()).containsExactly("DELETE " + POLICY, "GET " + POLICY);
    }

    @Test
    void a_deletion_that_is_refused_whatever_the_version_says_so_and_waits() {
        server.expect()
                .delete()
                .withPath(POLICY)
                .andReturn(409, status(409, "content is being removed"))
                .once();
        server.expect()
                .get()
                .withPath(POLICY)
                .andReturn(200, policy(IDENTITY, "1"))
                .once();

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY))
                .isInstanceOfSatisfying(
                        Outcome.Waiting.class,
                        waiting -> assertThat(waiting.finding().message()).contains("content is being removed"));
    }

    @Test
    void what_is_deleted_already_is_as_good_as_deleted() throws InterruptedException {
        server.expect()
                .delete()
                .withPath(POLICY)
                .andReturn(404, status(404, "not found"))
                .once();

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY).done()).isTrue();
        assertThat(applier.delete(policy(OTHER, "1"), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(requests()).containsExactly("DELETE " + POLICY);
    }

    /** Method and path of every request, in order; how a client says who it is does not count. */
    private List<String> requests() throws InterruptedException {
        List<String> requests = new ArrayList<>();
        int count = server.getRequestCount();
        for (int i = 0; i < count; i++) {
            RecordedRequest request = server.takeRequest();
            requests.add(request.method() + " " + request.getPath().replaceFirst("\\?.*", ""));
        }
        return requests;
    }

    private static NetworkPolicy policy(TenantIdentity identity, @Nullable String version) {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("deny")
                .withLabels(Marks.of("acme", identity))
                .withResourceVersion(version)
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build();
    }

    private static NetworkPolicy open(NetworkPolicy policy) {
        return new NetworkPolicyBuilder(policy)
                .editSpec()
                .addNewIngress()
                .endIngress()
                .endSpec()
                .build();
    }

    private static RoleBinding binding(String role, @Nullable String version) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("people")
                .withLabels(Marks.of("acme", IDENTITY))
                .withResourceVersion(version)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .build();
    }

    private static Secret secret(String value, @Nullable String version) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("bulkhead-database")
                .withLabels(Marks.of("acme", IDENTITY))
                .withResourceVersion(version)
                .endMetadata()
                .withType("Opaque")
                .withData(Map.of("password", value))
                .build();
    }

    private static Status status(int code, String message) {
        return new StatusBuilder().withCode(code).withMessage(message).build();
    }

    /** What the informers would know. */
    private static final class InformersKnown implements OwnedObjects {
        private final Map<String, HasMetadata> objects = new TreeMap<>();

        @Override
        public <T extends HasMetadata> @Nullable T find(Class<T> kind, @Nullable String namespace, String name) {
            return kind.cast(objects.get(kind.getSimpleName() + "/" + namespace + "/" + name));
        }

        @Override
        public <T extends HasMetadata> List<T> of(Class<T> kind, TenantIdentity identity) {
            return objects.values().stream()
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .filter(o -> Marks.ours(o, identity))
                    .toList();
        }

        @Override
        public List<Namespace> namespacesOf(String tenant) {
            return List.of();
        }

        @Override
        public void written(HasMetadata now, @Nullable HasMetadata before) {
            objects.put(key(now), now);
        }

        @Override
        public void gone(HasMetadata object) {
            objects.remove(key(object));
        }

        private static String key(HasMetadata object) {
            return object.getKind() + "/" + object.getMetadata().getNamespace() + "/"
                    + object.getMetadata().getName();
        }
    }
}
