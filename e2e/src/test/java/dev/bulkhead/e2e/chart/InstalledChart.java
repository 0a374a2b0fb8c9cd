package dev.bulkhead.e2e.chart;

import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackEndpoints;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;

/** The chart on a cluster, put there as GitOps tools do: rendered, then applied. Repeatable. */
final class InstalledChart {
    /** Long enough for rights and guards to reach every part of the API server, which takes up to 2 s. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final String OPERATOR = "system:serviceaccount:" + RenderedChart.NAMESPACE + ":bulkhead-operator";

    private InstalledChart() {}

    /** Applies the chart with the values a user cannot do without. */
    static void on(KubernetesClient admin) {
        createNamespace(admin, RenderedChart.NAMESPACE);
        apply(admin, RenderedChart.objects(RenderedChart.minimalValues()));
        await().atMost(PATIENCE).until(() -> boundaryIsInForce(admin));
        GenericKubernetesResource tenant = Samples.tenant("guard-14-asks");
        admin.resource(tenant).serverSideApply();
        await().atMost(PATIENCE)
                .until(() ->
                        ApiRefusal.of(admin.resource(tenant).dryRun()::delete).isPresent());
    }

    /** Applies the objects strictly: an unknown or repeated field is an error. CRDs first, and served. */
    static void apply(KubernetesClient admin, List<GenericKubernetesResource> objects) {
        List<GenericKubernetesResource> crds = objects.stream()
                .filter(o -> o.getKind().equals("CustomResourceDefinition"))
                .toList();
        crds.forEach(crd -> apply(admin, crd));
        await().atMost(PATIENCE)
                .until(() -> crds.stream()
                        .allMatch(crd -> served(admin, crd.getMetadata().getName())));
        objects.stream().filter(o -> !crds.contains(o)).forEach(o -> apply(admin, o));
    }

    /** Asks the API server what it thinks of the objects, and leaves nothing behind. */
    static void tryOut(KubernetesClient admin, List<GenericKubernetesResource> objects) {
        objects.forEach(o -> admin.resource(o)
                .dryRun()
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .fieldManager("chart-test")
                .forceConflicts()
                .serverSideApply());
    }

    /** Takes away the Tenants of a test, by the beginning of their names, so that no later test meets them. */
    static void removeTenants(KubernetesClient admin, String prefix) {
        var tenants = admin.genericKubernetesResources("bulkhead.dev/v1beta1", "Tenant");
        for (GenericKubernetesResource tenant : tenants.list().getItems()) {
            if (tenant.getMetadata().getName().startsWith(prefix)) {
                var one = tenants.withName(tenant.getMetadata().getName());
                one.patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"metadata":{"finalizers":null},"spec":{"suspend":true}}""");
                one.delete();
            }
        }
    }

    private static void apply(KubernetesClient admin, GenericKubernetesResource object) {
        admin.resource(object)
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .fieldManager("chart-test")
                .forceConflicts()
                .serverSideApply();
    }

    /** Creates a namespace without any label, unless it is there. */
    static void createNamespace(KubernetesClient admin, String name) {
        if (admin.namespaces().withName(name).get() == null) {
            admin.namespaces()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    /** A client that holds a token of the operator's ServiceAccount, and no other credential. */
    static KubernetesClient operator(KubernetesClient admin, StackEndpoints endpoints) {
        return account(admin, endpoints, "bulkhead-operator");
    }

    /** A client with a token of this ServiceAccount of the release. */
    static KubernetesClient account(KubernetesClient admin, StackEndpoints endpoints, String name) {
        String token = admin.serviceAccounts()
                .inNamespace(RenderedChart.NAMESPACE)
                .withName(name)
                .tokenRequest()
                .getStatus()
                .getToken();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(endpoints.kubernetes().apiServerUrl())
                .withCaCertFile(endpoints.kubernetes().caCertificate())
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Established is not enough: for a moment after it the API server answers 429. */
    private static boolean served(KubernetesClient admin, String crd) {
        String plural = crd.substring(0, crd.indexOf('.'));
        return ApiRefusal.of(() -> admin.raw("/apis/bulkhead.dev/v1beta1/" + plural))
                .isEmpty();
    }

    /** A guard counts from the moment it refuses; a dry run asks it without leaving anything behind. */
    private static boolean boundaryIsInForce(KubernetesClient admin) {
        try (KubernetesClient asOperator = actingAs(admin, OPERATOR)) {
            return ApiRefusal.of(() -> asOperator
                            .namespaces()
                            .resource(new NamespaceBuilder()
                                    .withNewMetadata()
                                    .withName("guard-0-asks")
                                    .endMetadata()
                                    .build())
                            .dryRun()
                            .create())
                    .map(refusal -> refusal.message().contains("operator-boundary"))
                    .orElse(false);
        }
    }

    /** A client that acts as a user, with the groups the API server would give them. */
    static KubernetesClient actingAs(KubernetesClient admin, String user) {
        Config config = new ConfigBuilder(admin.getConfiguration())
                .withImpersonateUsername(user)
                .withImpersonateGroups(groups(user))
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** The groups the API server gives to a user who has logged in. */
    static String[] groups(String user) {
        return user.startsWith("system:serviceaccount:")
                ? new String[] {
                    "system:serviceaccounts", "system:serviceaccounts:" + user.split(":", 4)[2], "system:authenticated"
                }
                : new String[] {"system:authenticated"};
    }
}
