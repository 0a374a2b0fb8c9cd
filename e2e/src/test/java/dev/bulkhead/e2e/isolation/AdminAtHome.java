package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.ApiRequests.account;
import static dev.bulkhead.e2e.isolation.ApiRequests.binding;
import static dev.bulkhead.e2e.isolation.ApiRequests.group;
import static dev.bulkhead.e2e.isolation.ApiRequests.policy;
import static dev.bulkhead.e2e.isolation.ApiRequests.role;
import static dev.bulkhead.e2e.isolation.ApiRequests.user;
import static dev.bulkhead.e2e.isolation.HostileAttempt.attack;
import static dev.bulkhead.e2e.isolation.Neighbours.ADMIN;
import static dev.bulkhead.e2e.isolation.Neighbours.CLINIC;
import static dev.bulkhead.e2e.isolation.Neighbours.HOME;
import static dev.bulkhead.e2e.isolation.Neighbours.LAUNDRY;
import static dev.bulkhead.e2e.isolation.Neighbours.OTHER;
import static dev.bulkhead.e2e.isolation.Neighbours.OTHER_ADMIN;
import static dev.bulkhead.e2e.isolation.Neighbours.USER;

import dev.bulkhead.e2e.isolation.HostileAttempt.Act;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.Map;
import java.util.stream.Stream;

/** A tenant's admin with rights they do have, used to open the compartment from inside: guards and the API server answer. */
final class AdminAtHome {
    private final ApiRequests admin;

    AdminAtHome(Neighbours neighbours) {
        admin = new ApiRequests(neighbours.person(ADMIN));
    }

    Stream<HostileAttempt> all() {
        return Stream.of(bindings(), network(), owned(), services(), storage()).flatMap(s -> s);
    }

    private Stream<HostileAttempt> bindings() {
        Act own = admin.tryCreate(binding(HOME, "Role", "hostile-reader", account(HOME, "default")));
        String escalation = "is attempting to grant RBAC permissions not currently held";
        Act ownRole = admin.tryCreate(role(HOME, "hostile", "apiGroups: [\"\"], resources: [pods], verbs: [get]"));
        return Stream.of(
                attack("lets in an admin of another tenant", bind(user(OTHER_ADMIN)), stranger("User " + OTHER_ADMIN))
                        .whereas(own),
                attack(
                                "lets in everybody who can log in",
                                bind(group("system:authenticated")),
                                stranger("Group system:authenticated"))
                        .whereas(own),
                attack(
                                "lets in everybody, without a login too",
                                bind(user("system:anonymous")),
                                stranger("User system:anonymous"))
                        .whereas(own),
                attack(
                                "lets in all programs of the cluster",
                                bind(group("system:serviceaccounts")),
                                stranger("Group system:serviceaccounts"))
                        .whereas(own),
                attack(
                                "lets in a program of another tenant",
                                bind(account(OTHER, "default")),
                                stranger("ServiceAccount default"))
                        .whereas(own),
                attack(
                                "lets in a namespace whose name begins like its own",
                                bind(account(LAUNDRY + "-evil", "default")),
                                stranger("ServiceAccount default"))
                        .whereas(own),
                attack(
                                "takes the role cluster-admin",
                                admin.create(binding(HOME, "ClusterRole", "cluster-admin", user(ADMIN))),
                                escalation)
                        .whereas(own),
                attack(
                                "takes the operator's role",
                                admin.create(binding(HOME, "ClusterRole", "bulkhead-tenant-operator", user(ADMIN))),
                                escalation)
                        .whereas(own),
                attack(
                                "takes the prober's role, which reads two Secrets",
                                admin.create(binding(HOME, "ClusterRole", "bulkhead-tenant-prober", user(ADMIN))),
                                escalation)
                        .whereas(own),
                attack(
                                "writes a role that reads Secrets",
                                admin.create(
                                        role(HOME, "hostile", "apiGroups: [\"\"], resources: [secrets], verbs: [get]")),
                                escalation)
                        .whereas(ownRole),
                attack(
                                "writes a role that may do everything",
                                admin.create(role(
                                        HOME, "hostile", "apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]")),
                                escalation)
                        .whereas(ownRole),
                attack(
                                "writes a role that goes into pods",
                                admin.create(role(
                                        HOME, "hostile", "apiGroups: [\"\"], resources: [pods/exec], verbs: [create]")),
                                escalation)
                        .whereas(ownRole));
    }

    private Act bind(String subject) {
        return admin.create(binding(HOME, "Role", "hostile-reader", subject));
    }

    private static String[] stranger(String who) {
        return new String[] {"bulkhead-bindings", "may not give rights to " + who, "not of tenant " + LAUNDRY};
    }

    private Stream<HostileAttempt> network() {
        Act narrow = admin.tryCreate(policy(
                HOME,
                "policyTypes: [Ingress, Egress], ingress: [{ from: [{ podSelector: { matchLabels: { a: b } } }] }]"));
        return Map.ofEntries(
                        Map.entry("lets in the whole world", "ingress: [{}]"),
                        Map.entry("lets out to the whole world", "policyTypes: [Egress], egress: [{}]"),
                        Map.entry(
                                "lets out to every IPv4 address",
                                "policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]"),
                        Map.entry(
                                "lets out to every IPv6 address",
                                "policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: \"::/0\" } }] }]"),
                        Map.entry(
                                "lets out to the metadata address of the cloud",
                                "policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 169.254.169.254/32 } }] }]"),
                        Map.entry(
                                "lets out by UDP only, to anywhere",
                                "policyTypes: [Egress], egress: [{ ports: [{ protocol: UDP, port: 4444 }] }]"),
                        Map.entry(
                                "lets in by SCTP only, from anywhere",
                                "ingress: [{ ports: [{ protocol: SCTP, port: 4444 }] }]"),
                        Map.entry("lets in every namespace", "ingress: [{ from: [{ namespaceSelector: {} }] }]"),
                        Map.entry(
                                "lets in another tenant by the label of its name",
                                "ingress: [{ from: [{ namespaceSelector: { matchLabels: { bulkhead.dev/tenant: "
                                        + CLINIC + " } } }] }]"),
                        Map.entry(
                                "lets out to another tenant's namespace by its name",
                                "policyTypes: [Egress], egress: [{ to: [{ namespaceSelector: { matchLabels: {"
                                        + " kubernetes.io/metadata.name: " + OTHER + " } } }] }]"),
                        Map.entry(
                                "hides a foreign peer behind one of its own",
                                "ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: {}, podSelector: {} }] }]"),
                        Map.entry(
                                "hides an open rule behind a closed one",
                                "ingress: [{ from: [{ podSelector: {} }] }, { from: [] }]"))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> attack(
                                e.getKey(),
                                admin.create(policy(HOME, e.getValue())),
                                "bulkhead-tenant-network",
                                "it lets in or out more than the tenant itself")
                        .whereas(narrow));
    }

    private Stream<HostileAttempt> owned() {
        String refused = " is refused: it carries the label bulkhead.dev/owned";
        String marked =
                "metadata: { name: hostile, namespace: " + HOME + ", labels: { bulkhead.dev/owned: \"true\" } }";
        Act ownMap = admin.tryCreate(ApiRequests.object(ConfigMap.class, """
                apiVersion: v1
                kind: ConfigMap
                metadata: { name: hostile, namespace: %s }
                """.formatted(HOME)));
        return Stream.of(
                attack(
                                "deletes the default deny",
                                admin.delete(NetworkPolicy.class, HOME, "bulkhead-default-deny"),
                                "bulkhead-owned-objects",
                                "DELETE of networkpolicies bulkhead-default-deny in namespace " + HOME + refused)
                        .whereas(this::makeAndDelete),
                attack(
                                "turns the default deny into a policy for no pod",
                                admin.patch(
                                        NetworkPolicy.class,
                                        HOME,
                                        "bulkhead-default-deny",
                                        "{\"spec\":{\"podSelector\":{\"matchLabels\":{\"no\":\"such\"}}}}"),
                                "bulkhead-owned-objects",
                                "UPDATE of networkpolicies bulkhead-default-deny in namespace " + HOME + refused)
                        .whereas(ownMap),
                attack(
                                "takes the operator's mark off",
                                admin.patch(
                                        NetworkPolicy.class,
                                        HOME,
                                        "bulkhead-default-deny",
                                        "{\"metadata\":{\"labels\":{\"bulkhead.dev/owned\":null}}}"),
                                "bulkhead-owned-objects",
                                "UPDATE of networkpolicies bulkhead-default-deny")
                        .whereas(ownMap),
                attack(
                                "keeps an object of the operator from being deleted by a finalizer",
                                admin.patch(
                                        ConfigMap.class,
                                        HOME,
                                        "bulkhead-tenant",
                                        "{\"metadata\":{\"finalizers\":[\"hostile.example/stay\"]}}"),
                                "bulkhead-owned-objects",
                                "UPDATE of configmaps bulkhead-tenant in namespace " + HOME + refused)
                        .whereas(ownMap),
                attack(
                                "adds a friend to the binding of the admins",
                                admin.patch(
                                        RoleBinding.class,
                                        HOME,
                                        "bulkhead-tenant-admins",
                                        "{\"subjects\":[{\"kind\":\"User\",\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\""
                                                + USER + "\"}]}"),
                                // Two guards refuse it, and the API server tells of one of them.
                                "ValidatingAdmissionPolicy 'bulkhead-",
                                "bulkhead-tenant-admins in namespace " + HOME)
                        .whereas(ownMap),
                attack(
                                "makes an object that passes for the operator's",
                                admin.create(ApiRequests.object(
                                        ConfigMap.class, "apiVersion: v1\nkind: ConfigMap\n" + marked + "\n")),
                                "bulkhead-owned-objects",
                                "CREATE of configmaps hostile in namespace " + HOME + refused)
                        .whereas(ownMap),
                attack(
                                "scales what the operator runs",
                                () -> admin.client()
                                        .apps()
                                        .deployments()
                                        .inNamespace(HOME)
                                        .withName("workflow-portal")
                                        .scale(9),
                                "bulkhead-owned-scale",
                                "Scaling deployment workflow-portal in namespace " + HOME + " is refused")
                        .whereas(ownMap),
                attack(
                                "holds up the roll-out of what the operator runs",
                                admin.patch(Deployment.class, HOME, "workflow-portal", "{\"spec\":{\"paused\":true}}"),
                                "bulkhead-owned-objects")
                        .whereas(ownMap),
                attack(
                                "fills etcd with one huge annotation",
                                admin.create(
                                        ApiRequests.object(ConfigMap.class, """
                                        apiVersion: v1
                                        kind: ConfigMap
                                        metadata: { name: hostile, namespace: %s, annotations: { a: %s } }
                                        """.formatted(HOME, "x".repeat(300_000)))),
                                "422 ",
                                "may not be more than 262144 bytes")
                        .whereas(ownMap));
    }

    private void makeAndDelete() throws Exception {
        admin.create(policy(HOME, "ingress: [{ from: [{ podSelector: {} }] }]")).run();
        admin.delete(NetworkPolicy.class, HOME, "hostile").run();
    }

    private Stream<HostileAttempt> services() {
        Act inside = service("type: ClusterIP, ports: [{ port: 80 }]");
        return Stream.of(
                attack(
                                "opens a port on every node",
                                service("type: NodePort, ports: [{ port: 80 }]"),
                                "bulkhead-services",
                                "may not be of type NodePort")
                        .whereas(inside),
                attack(
                                "opens itself to the internet by a load balancer",
                                service("type: LoadBalancer, ports: [{ port: 80 }]"),
                                "bulkhead-services",
                                "may not be of type LoadBalancer")
                        .whereas(inside),
                attack(
                                "draws traffic for somebody else's address",
                                service("ports: [{ port: 80 }], externalIPs: [203.0.113.7]"),
                                "bulkhead-services",
                                "may not have external addresses")
                        .whereas(inside),
                attack(
                                "lends its name to another tenant's Service",
                                service("type: ExternalName, externalName: portal." + OTHER + ".svc.cluster.local"),
                                "bulkhead-services",
                                "may not point to portal." + OTHER + ".svc.cluster.local")
                        .whereas(service("type: ExternalName, externalName: portal." + HOME + ".svc.cluster.local")),
                attack(
                                "lends its name to the API server",
                                service("type: ExternalName, externalName: kubernetes.default.svc.cluster.local"),
                                "bulkhead-services",
                                "may not point to kubernetes.default.svc.cluster.local")
                        .whereas(inside),
                attack(
                                "lends its name to the metadata address by a public name",
                                service("type: ExternalName, externalName: 169.254.169.254.nip.io"),
                                "bulkhead-services",
                                "may not point to 169.254.169.254.nip.io")
                        .whereas(inside));
    }

    private Act service(String spec) {
        return admin.tryCreate(ApiRequests.object(Service.class, """
                apiVersion: v1
                kind: Service
                metadata: { name: hostile, namespace: %s }
                spec: { %s }
                """.formatted(HOME, spec)));
    }

    private Stream<HostileAttempt> storage() {
        String class1 = "storageClassName: standard, accessModes: [ReadWriteOnce], resources: { requests: { storage: ";
        Act fits = claim(class1 + "1Gi } }");
        return Stream.of(
                attack(
                                "takes a volume of somebody else by its name",
                                claim(class1 + "1Gi } }, volumeName: pv-of-the-clinic"),
                                "bulkhead-storage",
                                "may not name volume pv-of-the-clinic")
                        .whereas(fits),
                attack(
                                "takes any volume that lies about",
                                claim("storageClassName: \"\", accessModes: [ReadWriteOnce], resources: { requests: {"
                                        + " storage: 1Gi } }"),
                                "bulkhead-storage",
                                "has no storage class")
                        .whereas(fits),
                attack(
                                "takes any volume by the annotation of old",
                                claim("{ volume.beta.kubernetes.io/storage-class: \"\" }", class1 + "1Gi } }"),
                                "bulkhead-storage",
                                "has no storage class")
                        .whereas(fits),
                attack(
                                "takes a volume of somebody else by its labels",
                                claim(class1 + "1Gi } }, selector: { matchLabels: { of: the-clinic } }"),
                                "bulkhead-storage",
                                "may not choose its volume by labels")
                        .whereas(fits),
                attack(
                                "asks for more storage than it has",
                                claim(class1 + "21Gi } }"),
                                "403 ",
                                "maximum storage usage per PersistentVolumeClaim is 20Gi")
                        .whereas(fits));
    }

    private Act claim(String spec) {
        return claim("{}", spec);
    }

    private Act claim(String annotations, String spec) {
        return admin.tryCreate(ApiRequests.object(PersistentVolumeClaim.class, """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: { name: hostile, namespace: %s, annotations: %s }
                spec: { %s }
                """.formatted(HOME, annotations, spec)));
    }
}
