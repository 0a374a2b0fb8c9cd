package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.ApiRequests.pod;
import static dev.bulkhead.e2e.isolation.ApiRequests.policy;
import static dev.bulkhead.e2e.isolation.ApiRequests.user;
import static dev.bulkhead.e2e.isolation.HostileAttempt.attack;
import static dev.bulkhead.e2e.isolation.HostileAttempt.rbac;
import static dev.bulkhead.e2e.isolation.Neighbours.ADMIN;
import static dev.bulkhead.e2e.isolation.Neighbours.HOME;
import static dev.bulkhead.e2e.isolation.Neighbours.LAUNDRY;
import static dev.bulkhead.e2e.isolation.Neighbours.OTHER;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.util.stream.Stream;

/** A tenant's admin beyond their rights: in another tenant's namespace, in the cluster, and at what is not theirs at home. */
final class AdminAbroad {
    private static final String CORE = "/api/v1/namespaces/";

    private final ApiRequests admin;
    private final ApiRequests platform;

    AdminAbroad(Neighbours neighbours) {
        admin = new ApiRequests(neighbours.person(ADMIN));
        platform = new ApiRequests(neighbours.admin());
    }

    Stream<HostileAttempt> all() {
        return Stream.of(otherTenant(), secrets(), intoPods(), cluster(), platformObjects())
                .flatMap(s -> s);
    }

    private Stream<HostileAttempt> otherTenant() {
        return Stream.of(
                attack(
                                "lists another tenant's pods",
                                admin.get(CORE + OTHER + "/pods"),
                                rbac("list", "pods", "", OTHER))
                        .whereas(admin.get(CORE + HOME + "/pods")),
                attack("lists pods of all tenants", admin.get("/api/v1/pods"), rbac("list", "pods", "", ""))
                        .whereas(platform.get("/api/v1/pods?limit=1")),
                attack(
                                "reads what another tenant is",
                                admin.get(CORE + OTHER + "/configmaps/bulkhead-tenant"),
                                rbac("get", "configmaps", "", OTHER))
                        .whereas(admin.get(CORE + HOME + "/configmaps/bulkhead-tenant")),
                attack(
                                "reads another tenant's namespace",
                                admin.get(CORE + OTHER),
                                rbac("get", "namespaces", "", OTHER))
                        .whereas(admin.get(CORE + HOME)),
                attack(
                                "starts a pod in another tenant's namespace",
                                admin.create(pod(OTHER, _ -> {})),
                                rbac("create", "pods", "", OTHER))
                        .whereas(admin.tryCreate(
                                ApiRequests.pod(HOME, p -> p.getMetadata().setName("fits")))),
                attack(
                                "opens another tenant's network",
                                admin.create(policy(OTHER, "ingress: [{}]")),
                                rbac("create", "networkpolicies", "networking.k8s.io", OTHER))
                        .whereas(admin.tryCreate(policy(HOME, "ingress: [{ from: [{ podSelector: {} }] }]"))),
                attack(
                                "binds itself in another tenant's namespace",
                                admin.create(ApiRequests.binding(
                                        OTHER, "ClusterRole", "bulkhead-tenant-admin", user(ADMIN))),
                                rbac("create", "rolebindings", "rbac.authorization.k8s.io", OTHER))
                        .whereas(admin.tryCreate(
                                ApiRequests.binding(HOME, "ClusterRole", "bulkhead-tenant-user", user(ADMIN)))),
                attack(
                                "reads another tenant's report",
                                admin.get("/apis/openreports.io/v1alpha1/namespaces/" + OTHER + "/reports"),
                                rbac("list", "reports", "openreports.io", OTHER))
                        .whereas(admin.get("/apis/openreports.io/v1alpha1/namespaces/" + HOME + "/reports")));
    }

    private Stream<HostileAttempt> secrets() {
        String token = "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}";
        return Stream.of(
                attack(
                                "reads the login it was given from the API",
                                admin.get(CORE + HOME + "/secrets/bulkhead-database"),
                                rbac("get", "secrets", "", HOME))
                        .whereas(platform.get(CORE + HOME + "/secrets/bulkhead-database")),
                attack(
                                "reads another tenant's login",
                                admin.get(CORE + OTHER + "/secrets/bulkhead-database"),
                                rbac("get", "secrets", "", OTHER))
                        .whereas(platform.get(CORE + OTHER + "/secrets/bulkhead-database")),
                attack(
                                "watches all Secrets of its namespace",
                                admin.get(CORE + HOME + "/secrets?watch=true&timeoutSeconds=1"),
                                rbac("watch", "secrets", "", HOME))
                        .whereas(platform.get(CORE + HOME + "/secrets")),
                attack(
                                "steals a token of a ServiceAccount",
                                admin.post(CORE + HOME + "/serviceaccounts/default/token", token),
                                rbac("create", "serviceaccounts/token", "", HOME))
                        .whereas(platform.post(CORE + HOME + "/serviceaccounts/default/token", token)),
                attack(
                                "has a Secret filled with a token that never ends",
                                admin.post(CORE + HOME + "/secrets", """
                                        {"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token",
                                        "metadata":{"name":"hostile","annotations":
                                        {"kubernetes.io/service-account.name":"default"}}}"""),
                                rbac("create", "secrets", "", HOME))
                        .whereas(admin.post(CORE + HOME + "/configmaps?dryRun=All", """
                                        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"hostile"}}""")));
    }

    /** No pod runs here: whoever may go in hears that there is none. */
    private Stream<HostileAttempt> intoPods() {
        return Stream.of("exec?command=id", "attach", "portforward", "proxy/").map(way -> {
            String path = CORE + HOME + "/pods/none/" + way;
            String resource = "pods/" + way.split("[?/]", 2)[0];
            return attack("goes into a pod by " + resource, admin.post(path, ""), rbac("create", resource, "", HOME))
                    .whereas(() -> notFound(platform.post(path, "")));
        });
    }

    private Stream<HostileAttempt> cluster() {
        ClusterRoleBinding everything = ApiRequests.object(ClusterRoleBinding.class, """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: { name: hostile }
                roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
                subjects: [ { %s } ]
                """.formatted(user(ADMIN)));
        PersistentVolume volume = ApiRequests.object(PersistentVolume.class, """
                apiVersion: v1
                kind: PersistentVolume
                metadata: { name: hostile }
                spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: / } }
                """);
        Namespace namespace = ApiRequests.object(Namespace.class, """
                apiVersion: v1
                kind: Namespace
                metadata: { name: %s--extra }
                """.formatted(LAUNDRY));
        String node = "/api/v1/nodes/none/proxy/pods";
        String crd = """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"tenants.hostile.example"},
                "spec":{"group":"hostile.example","scope":"Cluster","names":{"plural":"tenants","kind":"Tenant"},
                "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}""";
        String crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        return Stream.of(
                attack(
                                "makes itself administrator of the cluster",
                                admin.create(everything),
                                rbac("create", "clusterrolebindings", "rbac.authorization.k8s.io", ""))
                        .whereas(platform.tryCreate(everything)),
                attack(
                                "makes a volume of a node's disk",
                                admin.create(volume),
                                rbac("create", "persistentvolumes", "", ""))
                        .whereas(platform.tryCreate(volume)),
                attack("makes a namespace of its own", admin.create(namespace), rbac("create", "namespaces", "", ""))
                        .whereas(platform.tryCreate(namespace)),
                attack("reads pods through a node", admin.get(node), rbac("get", "nodes/proxy", "", ""))
                        .whereas(() -> notFound(platform.get(node))),
                attack(
                                "makes a kind that passes for Tenant",
                                admin.post(crds, crd),
                                rbac("create", "customresourcedefinitions", "apiextensions.k8s.io", ""))
                        .whereas(platform.post(crds + "?dryRun=All", crd)),
                attack(
                                "takes a guard away",
                                admin.get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"),
                                rbac("list", "validatingadmissionpolicies", "admissionregistration.k8s.io", ""))
                        .whereas(platform.get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies")),
                attack(
                                "asks who else may do what",
                                admin.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review("Subject")),
                                rbac("create", "subjectaccessreviews", "authorization.k8s.io", ""))
                        .whereas(admin.post(
                                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review("SelfSubject"))));
    }

    private static String review(String whose) {
        return """
                {"apiVersion":"authorization.k8s.io/v1","kind":"%sAccessReview","spec":{%s
                "resourceAttributes":{"verb":"get","resource":"pods"}}}""".formatted(whose, whose.equals("Subject") ? "\"user\":\"" + Neighbours.OTHER_ADMIN + "\"," : "");
    }

    private Stream<HostileAttempt> platformObjects() {
        Ingress ingress = ApiRequests.object(Ingress.class, """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: { name: hostile, namespace: %s }
                spec: { defaultBackend: { service: { name: portal, port: { number: 8000 } } } }
                """.formatted(HOME));
        EndpointSlice slice = ApiRequests.object(EndpointSlice.class, """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: { name: hostile, namespace: %s, labels: { kubernetes.io/service-name: portal } }
                addressType: IPv4
                endpoints: [{ addresses: [10.244.9.9] }]
                """.formatted(HOME));
        String grants = "/apis/gateway.networking.k8s.io/v1beta1/namespaces/" + HOME + "/referencegrants";
        String more = "{\"spec\":{\"quota\":{\"cpu\":\"1000\"}}}";
        return Stream.of(
                attack(
                                "lists all customers",
                                admin.get("/apis/bulkhead.dev/v1beta1/tenants"),
                                forbidden("list", "tenants"))
                        .whereas(platform.get("/apis/bulkhead.dev/v1beta1/tenants")),
                attack(
                                "gives itself more in its own Tenant",
                                admin.send("PATCH", "/apis/bulkhead.dev/v1beta1/tenants/" + LAUNDRY, more),
                                forbidden("patch", "tenants"))
                        .whereas(platform.get("/apis/bulkhead.dev/v1beta1/tenants/" + LAUNDRY)),
                attack(
                                "reads who was broken into",
                                admin.get("/apis/bulkhead.dev/v1beta1/incidents"),
                                forbidden("list", "incidents"))
                        .whereas(platform.get("/apis/bulkhead.dev/v1beta1/incidents")),
                attack(
                                "improves its own report",
                                admin.send(
                                        "PATCH",
                                        "/apis/openreports.io/v1alpha1/namespaces/" + HOME + "/reports/bulkhead",
                                        "{\"results\":[]}"),
                                rbac("patch", "reports", "openreports.io", HOME))
                        .whereas(admin.get("/apis/openreports.io/v1alpha1/namespaces/" + HOME + "/reports")),
                attack(
                                "raises its own quota",
                                admin.patch(
                                        ResourceQuota.class,
                                        HOME,
                                        "bulkhead-quota",
                                        "{\"spec\":{\"hard\":{\"pods\":\"1000\"}}}"),
                                rbac("patch", "resourcequotas", "", HOME))
                        .whereas(admin.get(CORE + HOME + "/resourcequotas/bulkhead-quota")),
                attack(
                                "takes Pod Security off its namespace",
                                admin.patch(
                                        Namespace.class,
                                        "",
                                        HOME,
                                        "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/enforce\":null}}}"),
                                rbac("patch", "namespaces", "", HOME))
                        .whereas(admin.patch(ConfigMap.class, HOME, "kube-root-ca.crt", "{}")),
                attack(
                                "claims a host name, perhaps another tenant's",
                                admin.create(ingress),
                                rbac("create", "ingresses", "networking.k8s.io", HOME))
                        .whereas(platform.tryCreate(ingress)),
                attack(
                                "leads its Service to an address of somebody else",
                                admin.create(slice),
                                rbac("create", "endpointslices", "discovery.k8s.io", HOME))
                        .whereas(platform.tryCreate(slice)),
                attack(
                                "opens its namespace to routes of others",
                                admin.post(grants, "{}"),
                                rbac("create", "referencegrants", "gateway.networking.k8s.io", HOME))
                        .whereas(() -> notFound(platform.post(grants, "{}"))));
    }

    private static String forbidden(String verb, String resource) {
        return rbac(verb, resource, "bulkhead.dev", "");
    }

    private static void notFound(HostileAttempt.Act act) {
        String answer = HostileAttempt.answer(act);
        if (!answer.startsWith("404 ")) {
            throw new AssertionError("expected to be let through to what is not there, got: " + answer);
        }
    }
}
