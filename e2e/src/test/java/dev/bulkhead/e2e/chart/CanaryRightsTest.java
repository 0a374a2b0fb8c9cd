package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.guard.GuardManifest;
import dev.bulkhead.operator.guard.GuardManifests;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The rights of the account that tries guards out, held against the requests it tries: every request gets past RBAC, and
 * no right is there that no request needs.
 */
class CanaryRightsTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String NAMESPACE = "canary-one--cage";
    private static final List<GenericKubernetesResource> OBJECTS = RenderedChart.objects(RenderedChart.minimalValues());

    /**
     * A right, or a request that needs one.
     *
     * @param name of the one object it is about; empty for any
     */
    private record Right(String verb, String resource, String name) {
        boolean covers(Right needed) {
            return verb.equals(needed.verb())
                    && resource.equals(needed.resource())
                    && (name.isEmpty() || name.equals(needed.name()));
        }

        @Override
        public String toString() {
            return verb + " " + resource + (name.isEmpty() ? "" : " " + name);
        }
    }

    @Test
    void every_request_of_a_round_gets_past_rbac() {
        Set<Right> given = given();

        assertThat(GuardManifests.ofRounds())
                .hasSizeGreaterThan(100)
                .allSatisfy(manifest -> assertThat(needed(manifest))
                        .as("%s", manifest)
                        .isNotEmpty()
                        .allMatch(right -> given.stream().anyMatch(g -> g.covers(right))));
    }

    @Test
    void no_right_is_there_that_no_request_needs() {
        Set<String> needed = GuardManifests.ofRounds().stream()
                .flatMap(manifest -> needed(manifest).stream())
                .flatMap(right -> given().stream().filter(g -> g.covers(right)))
                .map(Right::toString)
                .collect(Collectors.toCollection(TreeSet::new));
        // Its own namespace, to know what the requests are about; and each canary may only be tried to be deleted.
        needed.add("get namespaces");
        needed.add("delete tenants.bulkhead.dev canary-two");
        needed.add("patch tenants/status.bulkhead.dev canary-two");

        assertThat(given()).extracting(Right::toString).containsExactlyInAnyOrderElementsOf(needed);
    }

    @Test
    void it_has_no_right_on_secrets_and_none_to_become_somebody() {
        assertThat(given())
                .noneMatch(right -> right.resource().equals("secrets"))
                .noneMatch(right -> right.resource().contains("clusterrolebindings"))
                .noneMatch(right -> right.resource().equals("serviceaccounts/token"))
                .noneMatch(right -> Set.of("escalate", "impersonate", "*").contains(right.verb()))
                .filteredOn(right -> right.verb().equals("bind"))
                .isNotEmpty()
                .noneMatch(right -> right.name().isEmpty() || right.name().contains("platform"));
    }

    @Test
    void the_chart_ships_and_trusts_the_canaries_that_the_operator_knows_and_no_other() throws IOException {
        Set<String> shipped = new TreeSet<>();
        Set<String> accounts = new TreeSet<>();
        for (Path file : RenderedChart.filesIn("canaries")) {
            JsonNode canary = YAML.readTree(file.toFile());
            if (canary.get("kind").asText().equals("Tenant")) {
                String name = canary.at("/metadata/name").asText();
                shipped.add(name);
                accounts.add(name + "--" + canary.at("/spec/namespaces/0/name").asText() + "/" + AccessPlanner.CANARY);
            }
        }
        Set<String> trusted = new TreeSet<>();
        RenderedChart.object(OBJECTS, "ClusterRoleBinding", "bulkhead-canary-cluster")
                .get("subjects")
                .forEach(s -> trusted.add(
                        s.get("namespace").asText() + "/" + s.get("name").asText()));

        assertThat(shipped).isEqualTo(AccessPlanner.CANARIES);
        assertThat(trusted).isEqualTo(accounts);
        assertThat(Files.readString(RenderedChart.DIRECTORY.resolve("files/guards/00-operator-boundary.yaml")))
                .contains("in ['" + String.join("', '", shipped) + "']");
    }

    private static Set<Right> given() {
        Set<Right> rights = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        for (String role : List.of("bulkhead-canary-attacker", "bulkhead-canary-cluster")) {
            for (JsonNode rule :
                    RenderedChart.object(OBJECTS, "ClusterRole", role).get("rules")) {
                List<String> names = texts(rule.path("resourceNames"));
                for (String group : texts(rule.get("apiGroups"))) {
                    for (String resource : texts(rule.get("resources"))) {
                        for (String verb : texts(rule.get("verbs"))) {
                            (names.isEmpty() ? List.of("") : names)
                                    .forEach(name -> rights.add(new Right(verb, of(group, resource), name)));
                        }
                    }
                }
            }
        }
        return rights;
    }

    /** As the API server reads a request: by its method and its path, and for a binding the role that it gives. */
    private static List<Right> needed(GuardManifest manifest) {
        String path = manifest.path()
                .split("\\?", 2)[0]
                .replace("${namespace}", NAMESPACE)
                .replace("${tenant}", "canary-one");
        List<String> parts = new ArrayList<>(Arrays.asList(path.substring(1).split("/", -1)));
        String group = parts.removeFirst().equals("api") ? "" : parts.removeFirst();
        parts.removeFirst();
        if (parts.size() > 2
                && parts.getFirst().equals("namespaces")
                && !Set.of("status", "finalize").contains(parts.get(2))) {
            assertThat(parts.get(1)).isEqualTo(NAMESPACE);
            parts.subList(0, 2).clear();
        }
        String resource = of(group, parts.size() > 2 ? parts.get(0) + "/" + parts.get(2) : parts.get(0));
        String name = parts.size() > 1 ? parts.get(1) : "";
        List<Right> needed = new ArrayList<>(List.of(new Right(verb(manifest.method(), name), resource, name)));
        if (resource.startsWith("rolebindings") && manifest.method().equals("POST")) {
            JsonNode role = body(manifest).get("roleRef");
            needed.add(new Right(
                    "bind",
                    of(
                            "rbac.authorization.k8s.io",
                            role.get("kind").asText().equals("Role") ? "roles" : "clusterroles"),
                    role.get("name").asText()));
        }
        return needed;
    }

    private static String verb(String method, String name) {
        return switch (method) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> throw new IllegalArgumentException(method);
        };
    }

    private static String of(String group, String resource) {
        return resource + (group.isEmpty() ? "" : "." + group);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode body(GuardManifest manifest) {
        try {
            return YAML.readTree(manifest.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
