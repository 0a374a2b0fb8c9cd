package dev.bulkhead.operator.access;

import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What rules allow that concerns a tenant: everything in its namespaces, and of the cluster's own objects whatever
 * changes them. A resource that is not known to be the cluster's is taken for one of a namespace.
 *
 * @param single one verb on one resource each, the most dangerous first
 */
@Pure
public record Rights(List<Right> single) {
    private static final Set<String> READING = Set.of("get", "list", "watch");
    private static final int NAMED = 6;

    /** Groups of the API without anything in namespaces that reading would give away. */
    private static final Set<String> CLUSTER_GROUPS = Set.of(
            "admissionregistration.k8s.io",
            "apiextensions.k8s.io",
            "apiregistration.k8s.io",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "certificates.k8s.io",
            "flowcontrol.apiserver.k8s.io",
            "internal.apiserver.k8s.io",
            "node.k8s.io",
            "scheduling.k8s.io",
            "storage.k8s.io",
            "storagemigration.k8s.io");

    private static final Map<String, Set<String>> CLUSTER_RESOURCES = Map.of(
            "", Set.of("namespaces", "nodes", "persistentvolumes", "componentstatuses"),
            "rbac.authorization.k8s.io", Set.of("clusterroles", "clusterrolebindings"),
            "networking.k8s.io", Set.of("ingressclasses", "ipaddresses", "servicecidrs"),
            "resource.k8s.io", Set.of("deviceclasses", "resourceslices"),
            "openreports.io", Set.of("clusterreports"),
            "bulkhead.dev",
                    Set.of("tenants", "tenantprofiles", "databaseservers", "objectstores", "rotations", "tombstones"));

    /** Creating these asks the API server something, and changes nothing. */
    private static final Set<String> QUESTIONS = Set.of(
            "selfsubjectreviews",
            "selfsubjectaccessreviews",
            "selfsubjectrulesreviews",
            "localsubjectaccessreviews",
            "subjectaccessreviews",
            "tokenreviews",
            "certificatesigningrequests",
            "certificatesigningrequests/nodeclient",
            "certificatesigningrequests/selfnodeclient");

    /** Subresources through which one gets into a pod, reads what all pods of a node write or are given, or becomes somebody else. */
    private static final Set<String> INTO_PODS = Set.of(
            "pods/exec",
            "pods/attach",
            "pods/portforward",
            "pods/proxy",
            "pods/ephemeralcontainers",
            "services/proxy",
            "nodes/proxy",
            "nodes/log",
            "nodes/pods",
            "serviceaccounts/token");

    private static final Set<String> BECOMING = Set.of("impersonate", "escalate", "bind", "*");

    private static final Set<String> WRITING = Set.of("create", "update", "patch");

    /** Changing one by patch or deleting many answers with what they hold. */
    private static final Set<String> SHOWING = Set.of("get", "list", "watch", "update", "patch", "deletecollection");

    /** What is run, by the API group that has it. */
    private static final Map<String, Set<String>> WORKLOADS = Map.of(
            "", Set.of("pods", "pods/ephemeralcontainers", "replicationcontrollers"),
            "apps", Set.of("daemonsets", "deployments", "replicasets", "statefulsets"),
            "batch", Set.of("cronjobs", "jobs"));

    /** Makes the list immutable. */
    public Rights {
        single = List.copyOf(single);
    }

    /**
     * One verb on one resource.
     *
     * @param resource with its group, such as {@code deployments.apps}; {@code *} is all of them
     */
    public record Right(String verb, String group, String resource) {
        boolean readsSecrets() {
            return names("", "secrets") && (READING.contains(verb) || verb.equals("*"));
        }

        boolean takesOver() {
            return readsSecrets()
                    || BECOMING.contains(verb)
                    || resource.startsWith("*")
                    || ((group.isEmpty() || group.equals("*")) && INTO_PODS.contains(resource));
        }

        /**
         * Whether whoever has it in a namespace can act as an account of that namespace: run something there, get into what
         * runs, take a token, or give himself more.
         */
        boolean becomes() {
            return WORKLOADS.entrySet().stream().anyMatch(of -> allows(WRITING, of.getKey(), of.getValue()))
                    || allows(SHOWING, "", Set.of("secrets"))
                    || allows(Set.of("get", "create"), "", Set.of("pods/exec", "pods/attach"))
                    || allows(Set.of("create"), "", Set.of("serviceaccounts/token"))
                    || allows(Set.of("impersonate"), "", Set.of("serviceaccounts"))
                    || allows(Set.of("bind", "escalate"), "rbac.authorization.k8s.io", Set.of("roles", "clusterroles"));
        }

        private boolean allows(Set<String> verbs, String ofGroup, Set<String> resources) {
            return (verb.equals("*") || verbs.contains(verb))
                    && (group.equals("*") || group.equals(ofGroup))
                    && resources.stream().anyMatch(this::covers);
        }

        /** As the API server reads rules: everything, by name, or a subresource of whatever has it. */
        private boolean covers(String named) {
            int sub = named.indexOf('/');
            return resource.equals("*")
                    || resource.equals(named)
                    || (sub >= 0 && resource.equals("*" + named.substring(sub)));
        }

        boolean changes() {
            return !READING.contains(verb);
        }

        boolean names(String ofGroup, String ofResource) {
            return (group.equals(ofGroup) || group.equals("*"))
                    && (resource.equals(ofResource) || resource.equals("*"));
        }

        boolean ofTheCluster() {
            return CLUSTER_GROUPS.contains(group)
                    || CLUSTER_RESOURCES.getOrDefault(group, Set.of()).contains(resource.split("/", 2)[0]);
        }

        int danger() {
            return readsSecrets() ? 0 : takesOver() ? 1 : changes() ? 2 : 3;
        }

        @Override
        public String toString() {
            return verb + " " + resource + (group.isEmpty() || resource.equals("*") ? "" : "." + group);
        }
    }

    /**
     * What of some rules concerns a tenant.
     *
     * @param clusterWide whether they are bound for the whole cluster; for one namespace most of the cluster's objects
     *     cannot be given away
     */
    public static Rights of(Collection<PolicyRule> rules, boolean clusterWide) {
        Set<Right> all = new TreeSet<>(Comparator.comparingInt(Right::danger)
                .thenComparing(Right::group)
                .thenComparing(Right::resource)
                .thenComparing(Right::verb));
        rules.stream().map(Words::of).distinct().forEach(words -> {
            for (String group : words.groups()) {
                for (String resource : words.resources()) {
                    words.verbs().stream()
                            .map(verb -> new Right(verb, group, resource))
                            .filter(right -> concerns(right, clusterWide))
                            .forEach(all::add);
                }
            }
        });
        return new Rights(new ArrayList<>(all));
    }

    /** What a rule says, each word once: a list may repeat one as often as it is long, and rules each other. */
    private record Words(Set<String> groups, Set<String> resources, Set<String> verbs) {
        static Words of(PolicyRule rule) {
            return new Words(once(rule.getApiGroups()), once(rule.getResources()), once(rule.getVerbs()));
        }

        private static Set<String> once(@Nullable List<String> list) {
            return list == null ? Set.of() : new LinkedHashSet<>(list);
        }
    }

    private static boolean concerns(Right right, boolean clusterWide) {
        if (!right.ofTheCluster()) {
            return true;
        }
        // Binding a ClusterRole in a namespace is asked of that namespace.
        boolean effective = clusterWide
                || right.resource().startsWith("namespaces")
                || right.verb().equals("bind");
        boolean question = right.verb().equals("create") && QUESTIONS.contains(right.resource());
        return effective && !question && (right.changes() || INTO_PODS.contains(right.resource()));
    }

    /** Whether they allow nothing that concerns a tenant. */
    public boolean isEmpty() {
        return single.isEmpty();
    }

    /** Whether they open Secrets. */
    public boolean readSecrets() {
        return single.stream().anyMatch(Right::readsSecrets);
    }

    /** Whether they are more than a tenant's admin has, in its own namespaces: Secrets, the inside of pods, wildcards. */
    public boolean takeOver() {
        return single.stream().anyMatch(Right::takesOver);
    }

    /**
     * Whether whoever has them in a namespace can act as the accounts of that namespace. Objects of kinds that Kubernetes does
     * not come with make no pods, as far as this knows.
     */
    public boolean become() {
        return single.stream().anyMatch(Right::becomes);
    }

    /** Whether they only look. */
    public boolean onlyRead() {
        return single.stream().noneMatch(r -> r.changes() || r.takesOver());
    }

    /** The most dangerous of them, such as {@code get/list secrets, create pods/exec and 12 more}. */
    @Override
    public String toString() {
        Map<String, String> byResource = single.stream()
                .collect(Collectors.toMap(
                        r -> r.resource() + (r.group().isEmpty() || r.resource().equals("*") ? "" : "." + r.group()),
                        Right::verb,
                        (a, b) -> a + "/" + b,
                        java.util.LinkedHashMap::new));
        Stream<String> first = byResource.entrySet().stream()
                .limit(NAMED)
                .map(e -> e.getValue() + " " + (e.getKey().equals("*") ? "everything" : e.getKey()));
        String text = first.collect(Collectors.joining(", "));
        return byResource.size() > NAMED ? text + " and " + (byResource.size() - NAMED) + " more" : text;
    }
}
