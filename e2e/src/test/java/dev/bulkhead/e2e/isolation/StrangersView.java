package dev.bulkhead.e2e.isolation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Whether a tenant is closed, as somebody finds out who has never seen Bulkhead's code: by what Kubernetes, PostgreSQL
 * and S3 say to their administrators. Each question answers with what speaks against it; nothing means closed.
 *
 * @param tenant name of the Tenant
 * @param people who may be bound in its namespaces
 */
record StrangersView(KubernetesClient admin, StackEndpoints endpoints, String tenant, Set<String> people) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SYSTEM = "bulkhead-system";

    private List<Namespace> namespaces() {
        return admin.namespaces().list().getItems().stream()
                .filter(n -> n.getMetadata().getName().startsWith(tenant + "--"))
                .toList();
    }

    /** What is wrong with the namespaces themselves. */
    List<String> namespaceFaults() {
        List<String> faults = new ArrayList<>();
        List<Namespace> all = namespaces();
        if (all.isEmpty()) {
            faults.add("there is no namespace");
        }
        for (Namespace namespace : all) {
            Map<String, String> labels = namespace.getMetadata().getLabels();
            if (!tenant.equals(labels.get("bulkhead.dev/tenant"))) {
                faults.add(namespace.getMetadata().getName() + " is not labelled with its tenant");
            }
            if (!"restricted".equals(labels.get("pod-security.kubernetes.io/enforce"))) {
                faults.add(namespace.getMetadata().getName() + " does not enforce restricted");
            }
            if (admin.resourceQuotas()
                    .inNamespace(namespace.getMetadata().getName())
                    .list()
                    .getItems()
                    .isEmpty()) {
                faults.add(namespace.getMetadata().getName() + " has no quota");
            }
        }
        return faults;
    }

    /** What opens the network: no default deny, or a policy with a peer among the namespaces of other tenants. */
    List<String> networkFaults() {
        List<String> faults = new ArrayList<>();
        for (Namespace namespace : namespaces()) {
            String name = namespace.getMetadata().getName();
            List<NetworkPolicy> policies = admin.network()
                    .v1()
                    .networkPolicies()
                    .inNamespace(name)
                    .list()
                    .getItems();
            for (String direction : List.of("Ingress", "Egress")) {
                if (policies.stream().noneMatch(p -> deniesAll(p.getSpec(), direction))) {
                    faults.add(name + " has no default deny for " + direction);
                }
            }
            for (NetworkPolicy policy : policies) {
                openTo(policy.getSpec())
                        .forEach(whom ->
                                faults.add(name + "/" + policy.getMetadata().getName() + " opens to " + whom));
            }
        }
        return faults;
    }

    private static boolean deniesAll(NetworkPolicySpec spec, String direction) {
        return spec.getPolicyTypes().contains(direction)
                && selectsAll(spec.getPodSelector())
                && (direction.equals("Ingress")
                                ? Objects.requireNonNullElse(spec.getIngress(), List.of())
                                : Objects.requireNonNullElse(spec.getEgress(), List.of()))
                        .isEmpty();
    }

    private static boolean selectsAll(LabelSelector selector) {
        return Objects.requireNonNullElse(selector.getMatchLabels(), Map.of()).isEmpty()
                && selector.getMatchExpressions().isEmpty();
    }

    private Set<String> openTo(NetworkPolicySpec spec) {
        Set<String> whom = new TreeSet<>();
        spec.getIngress().forEach(rule -> whom.addAll(peers(rule.getFrom())));
        spec.getEgress().forEach(rule -> whom.addAll(peers(rule.getTo())));
        return whom;
    }

    /** Tenants' namespaces that the peers reach, and "the world". */
    private Set<String> peers(List<NetworkPolicyPeer> peers) {
        Set<String> whom = new TreeSet<>();
        if (peers.isEmpty()) {
            whom.add("the world");
        }
        for (NetworkPolicyPeer peer : peers) {
            if (peer.getIpBlock() != null && peer.getIpBlock().getCidr().endsWith("/0")) {
                whom.add("the world");
            }
            if (peer.getNamespaceSelector() != null) {
                admin.namespaces().list().getItems().stream()
                        .filter(n -> n.getMetadata().getName().contains("--"))
                        .filter(n -> !n.getMetadata().getName().startsWith(tenant + "--"))
                        .filter(n -> selects(peer.getNamespaceSelector(), n))
                        .forEach(n -> whom.add(n.getMetadata().getName()));
            }
        }
        return whom;
    }

    private static boolean selects(LabelSelector selector, Namespace namespace) {
        Map<String, String> labels = namespace.getMetadata().getLabels();
        return Objects.requireNonNullElse(selector.getMatchLabels(), Map.<String, String>of()).entrySet().stream()
                        .allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
                && selector.getMatchExpressions().stream().allMatch(e -> switch (e.getOperator()) {
                    case "In" -> e.getValues().contains(labels.get(e.getKey()));
                    case "NotIn" -> !e.getValues().contains(labels.get(e.getKey()));
                    case "Exists" -> labels.containsKey(e.getKey());
                    default -> !labels.containsKey(e.getKey());
                });
    }

    /** Who is bound in the namespaces and should not be. */
    List<String> bindingFaults() {
        List<String> faults = new ArrayList<>();
        for (Namespace namespace : namespaces()) {
            String name = namespace.getMetadata().getName();
            for (RoleBinding binding :
                    admin.rbac().roleBindings().inNamespace(name).list().getItems()) {
                for (Subject subject : binding.getSubjects()) {
                    boolean known = subject.getKind().equals("ServiceAccount")
                            ? subject.getNamespace().startsWith(tenant + "--")
                                    || subject.getNamespace().equals(SYSTEM)
                            : people.contains(subject.getName());
                    if (!known) {
                        faults.add(name + "/" + binding.getMetadata().getName() + " lets in " + subject.getName());
                    }
                }
            }
        }
        return faults;
    }

    /** Who else has rights in the schema, or can become one of its roles. */
    List<String> databaseFaults(Delivered login) throws SQLException {
        String schema = login.get("schema");
        List<String> faults = new ArrayList<>();
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = DriverManager.getConnection(
                postgres.jdbcUrl(postgres.database()), postgres.superuser(), postgres.superuserPassword())) {
            faults.addAll(ask(connection, """
                    SELECT 'schema open to ' || coalesce(r.rolname, 'PUBLIC')
                      FROM pg_namespace n, aclexplode(n.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                     WHERE n.nspname = ? AND coalesce(r.rolname, 'PUBLIC') NOT LIKE n.nspname || '%'
                       AND a.grantee <> n.nspowner""", schema));
            faults.addAll(ask(connection, """
                    SELECT c.relname || ' open to ' || coalesce(r.rolname, 'PUBLIC')
                      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
                      LEFT JOIN pg_roles r ON r.oid = a.grantee
                     WHERE n.nspname = ? AND coalesce(r.rolname, 'PUBLIC') NOT LIKE n.nspname || '%'""", schema));
            faults.addAll(ask(connection, """
                    SELECT m.rolname || ' is a member of ' || r.rolname
                      FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
                     WHERE starts_with(r.rolname, ?) AND m.rolname LIKE 't\\_%'
                       AND left(m.rolname, 18) <> left(r.rolname, 18)""", schema));
            faults.addAll(ask(connection, """
                    SELECT rolname || ' is above the others' FROM pg_roles
                     WHERE starts_with(rolname, ?) AND (rolsuper OR rolbypassrls OR rolreplication
                            OR (rolcreaterole AND (rolcanlogin OR rolname NOT LIKE '%\\_own')))""", schema));
        }
        return faults;
    }

    private static List<String> ask(Connection connection, String question, String schema) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, schema);
            List<String> answers = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    answers.add(rows.getString(1));
                }
            }
            return answers;
        }
    }

    /** Whom the bucket policy names besides the tenant's keys, and what somebody without a key reads. */
    List<String> bucketFaults(Delivered key) throws JsonProcessingException {
        String bucket = key.get("bucket");
        List<String> faults = new ArrayList<>();
        try (S3Client root = S3Access.client(endpoints.objectStore());
                S3Client nobody = S3Access.anonymous(endpoints.objectStore())) {
            JsonNode policy =
                    JSON.readTree(root.getBucketPolicy(r -> r.bucket(bucket)).policy());
            String own =
                    "arn:aws:iam::000000000000:user/" + key.get("access-key-id").replaceFirst(".$", "");
            for (JsonNode statement : policy.get("Statement")) {
                if (statement.get("Effect").asText().equals("Allow")) {
                    principals(statement.get("Principal"))
                            .filter(p -> !p.startsWith(own))
                            .forEach(p -> faults.add("the bucket policy allows " + p));
                }
            }
            if (nobody(() -> nobody.listObjectsV2(r -> r.bucket(bucket)))) {
                faults.add("anybody lists the bucket");
            }
            if (nobody(() -> nobody.getObjectAsBytes(r -> r.bucket(bucket).key("stranger")))) {
                faults.add("anybody reads the bucket");
            }
        }
        return faults;
    }

    private static Stream<String> principals(JsonNode principal) {
        return principal.isTextual()
                ? Stream.of(principal.asText())
                : principal.findValuesAsText("AWS").isEmpty()
                                || principal.get("AWS").isTextual()
                        ? principal.findValuesAsText("AWS").stream()
                        : Stream.iterate(0, i -> i + 1)
                                .limit(principal.get("AWS").size())
                                .map(i -> principal.get("AWS").get(i).asText());
    }

    /** Not 403 means that the door was open, whatever was behind it. */
    private static boolean nobody(Runnable request) {
        try {
            request.run();
            return true;
        } catch (S3Exception e) {
            return e.statusCode() != 403;
        }
    }
}
