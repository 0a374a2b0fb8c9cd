package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.ApiRequests.account;
import static dev.bulkhead.e2e.isolation.ApiRequests.binding;
import static dev.bulkhead.e2e.isolation.ApiRequests.pod;
import static dev.bulkhead.e2e.isolation.HostileAttempt.attack;
import static dev.bulkhead.e2e.isolation.HostileAttempt.rbac;
import static dev.bulkhead.e2e.isolation.Neighbours.ADMIN;
import static dev.bulkhead.e2e.isolation.Neighbours.HOME;
import static dev.bulkhead.e2e.isolation.Neighbours.OTHER;
import static dev.bulkhead.e2e.isolation.Neighbours.USER;

import dev.bulkhead.e2e.isolation.HostileAttempt.Act;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.stream.Stream;

/** People who may only look, and programs of the tenant with their own token. */
final class OtherActors {
    private static final String CORE = "/api/v1/namespaces/";
    private static final String SELF = """
            {"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""";

    private final ApiRequests admin;
    private final ApiRequests user;
    private final ApiRequests program;
    private final ApiRequests clinicsProgram;
    private final ApiRequests platform;

    OtherActors(Neighbours neighbours) {
        admin = new ApiRequests(neighbours.person(ADMIN));
        user = new ApiRequests(neighbours.person(USER));
        program = new ApiRequests(neighbours.program(HOME, "default"));
        clinicsProgram = new ApiRequests(neighbours.program(OTHER, "default"));
        platform = new ApiRequests(neighbours.admin());
    }

    /** As a user of the tenant. */
    Stream<HostileAttempt> byUser() {
        Act looks = user.get(CORE + HOME + "/pods");
        return Stream.of(
                attack("starts a pod", user.create(pod(HOME, _ -> {})), rbac("create", "pods", "", HOME))
                        .whereas(admin.tryCreate(
                                ApiRequests.pod(HOME, p -> p.getMetadata().setName("fits")))),
                attack(
                                "stops all pods",
                                () -> user.client().pods().inNamespace(HOME).delete(),
                                rbac("deletecollection", "pods", "", HOME))
                        .whereas(looks),
                attack(
                                "changes what runs",
                                user.patch(Deployment.class, HOME, "workflow-portal", "{\"spec\":{\"replicas\":0}}"),
                                rbac("patch", "deployments", "apps", HOME))
                        .whereas(user.get("/apis/apps/v1/namespaces/" + HOME + "/deployments/workflow-portal")),
                attack(
                                "reads a login",
                                user.get(CORE + HOME + "/secrets/bulkhead-database"),
                                rbac("get", "secrets", "", HOME))
                        .whereas(looks),
                attack(
                                "makes itself admin",
                                user.create(
                                        binding(HOME, "ClusterRole", "bulkhead-tenant-admin", ApiRequests.user(USER))),
                                rbac("create", "rolebindings", "rbac.authorization.k8s.io", HOME))
                        .whereas(admin.tryCreate(
                                binding(HOME, "ClusterRole", "bulkhead-tenant-user", ApiRequests.user(USER)))),
                attack(
                                "writes a Secret by way of a sealed one",
                                user.post("/apis/bulkhead.dev/v1beta1/namespaces/" + HOME + "/tenantsecrets", "{}"),
                                rbac("create", "tenantsecrets", "bulkhead.dev", HOME))
                        .whereas(user.get("/apis/bulkhead.dev/v1beta1/namespaces/" + HOME + "/tenantsecrets")),
                attack(
                                "opens the network",
                                user.create(ApiRequests.policy(HOME, "ingress: [{}]")),
                                rbac("create", "networkpolicies", "networking.k8s.io", HOME))
                        .whereas(user.get("/apis/networking.k8s.io/v1/namespaces/" + HOME + "/networkpolicies")),
                attack(
                                "reads the report on its isolation",
                                user.get("/apis/openreports.io/v1alpha1/namespaces/" + HOME + "/reports"),
                                rbac("list", "reports", "openreports.io", HOME))
                        .whereas(admin.get("/apis/openreports.io/v1alpha1/namespaces/" + HOME + "/reports")),
                attack(
                                "looks at another tenant's pods",
                                user.get(CORE + OTHER + "/pods"),
                                rbac("list", "pods", "", OTHER))
                        .whereas(looks));
    }

    /** As the tenant's own ServiceAccount, with a real token. */
    Stream<HostileAttempt> byProgram() {
        Act knownByName = program.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", SELF);
        String token = "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}";
        return Stream.of(
                attack(
                                "lists Secrets beside it",
                                program.get(CORE + HOME + "/secrets"),
                                rbac("list", "secrets", "", HOME))
                        .whereas(knownByName),
                attack(
                                "reads the login it is given as a file from the API",
                                program.get(CORE + HOME + "/secrets/bulkhead-database"),
                                rbac("get", "secrets", "", HOME))
                        .whereas(knownByName),
                attack(
                                "reads another tenant's login with its own token",
                                program.get(CORE + OTHER + "/secrets/bulkhead-database"),
                                rbac("get", "secrets", "", OTHER))
                        .whereas(platform.get(CORE + OTHER + "/secrets/bulkhead-database")),
                attack(
                                "is the same to another tenant's program",
                                clinicsProgram.get(CORE + HOME + "/secrets/bulkhead-database"),
                                rbac("get", "secrets", "", HOME))
                        .whereas(clinicsProgram.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", SELF)),
                attack(
                                "looks at the pods beside it",
                                program.get(CORE + HOME + "/pods"),
                                rbac("list", "pods", "", HOME))
                        .whereas(admin.get(CORE + HOME + "/pods")),
                attack("lists all namespaces", program.get("/api/v1/namespaces"), rbac("list", "namespaces", "", ""))
                        .whereas(knownByName),
                attack("lists the nodes", program.get("/api/v1/nodes"), rbac("list", "nodes", "", ""))
                        .whereas(knownByName),
                attack(
                                "renews its token for ever",
                                program.post(CORE + HOME + "/serviceaccounts/default/token", token),
                                rbac("create", "serviceaccounts/token", "", HOME))
                        .whereas(platform.post(CORE + HOME + "/serviceaccounts/default/token", token)),
                attack(
                                "acts as the tenant's admin",
                                actingAsAdmin(),
                                "cannot impersonate",
                                "in the namespace \"" + HOME + "\"")
                        .whereas(knownByName),
                attack(
                                "gives itself rights",
                                program.create(binding(HOME, "Role", "hostile-reader", account(HOME, "default"))),
                                rbac("create", "rolebindings", "rbac.authorization.k8s.io", HOME))
                        .whereas(admin.tryCreate(binding(HOME, "Role", "hostile-reader", account(HOME, "default")))));
    }

    private Act actingAsAdmin() {
        return () -> {
            try (KubernetesClient client = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(program.client().getConfiguration())
                            .withImpersonateUsername(ADMIN)
                            .build())
                    .build()) {
                new ApiRequests(client).get(CORE + HOME + "/pods").run();
            }
        };
    }
}
