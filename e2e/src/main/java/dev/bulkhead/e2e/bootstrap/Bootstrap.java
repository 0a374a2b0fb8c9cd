package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuotaStatus;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Installs Bulkhead on a stack: everything that takes an administrator's rights, and nothing else does. Every step may be
 * repeated; what exists already, above all the master key, stays.
 */
public final class Bootstrap {
    /** Namespace of the operator. */
    public static final String NAMESPACE = "bulkhead-system";

    /** Namespace of key rings and admin logins. */
    public static final String KEYS_NAMESPACE = "bulkhead-keys";

    static final String MASTER_KEY_SECRET = "bulkhead-master-key";
    static final String MASTER_KEY = "mk-1";

    private static final String RELEASE = "bulkhead";
    private static final int MASTER_KEY_BYTES = 32;
    /** Where no node runs the operator is a process, and what serves or protects its pods has nothing to do. */
    private static final Set<String> ONLY_FOR_PODS =
            Set.of("Deployment", "PodDisruptionBudget", "Service", "NetworkPolicy");

    private static final String COUNT = "count/tenantsecrets.bulkhead.dev";
    private static final Duration COUNTING = Duration.ofMinutes(2);
    private static final int LOOKS = 40;

    private final KubernetesClient admin;
    private final InstallTarget target;
    private final Recipe recipe;
    private final StateDirectory state;
    private final Path chart;
    private final Path jar;
    private final RandomGenerator random;
    private final Manifests manifests;

    /**
     * Nothing is done before a step of {@link #steps()} runs.
     *
     * @param admin of the cluster to install on
     * @param recipe what to install
     * @param chart directory of the Helm chart
     * @param jar the operator's
     * @param random fit for secrets
     */
    public Bootstrap(
            KubernetesClient admin, Recipe recipe, StateDirectory state, Path chart, Path jar, RandomGenerator random) {
        this.admin = admin;
        this.target = InstallTarget.of(admin, state);
        this.recipe = recipe;
        this.state = state;
        this.chart = chart;
        this.jar = jar;
        this.random = random;
        this.manifests = new Manifests(admin);
    }

    /** What to do, in this order: {@link #installation()}, and then the operator. */
    public List<UpStep> steps() {
        List<UpStep> steps = new ArrayList<>(installation());
        steps.addAll(
                switch (recipe.operator()) {
                    case Machine ->
                        List.of(
                                process("operator, with that token", BulkheadProcess.OPERATOR),
                                process("prober, with its own", BulkheadProcess.PROBER),
                                process("keeper of the guards, with its own", BulkheadProcess.GUARD_KEEPER));
                    case Cluster ->
                        List.of(
                                new UpStep(
                                        "operator, as a pod",
                                        new OperatorDeployment(admin, BulkheadProcess.OPERATOR)::awaitReady),
                                new UpStep(
                                        "prober, as another",
                                        new OperatorDeployment(admin, BulkheadProcess.PROBER)::awaitReady),
                                new UpStep(
                                        "keeper of the guards, as a third",
                                        new OperatorDeployment(admin, BulkheadProcess.GUARD_KEEPER)::awaitReady));
                });
        steps.add(new UpStep("quotas that count TenantSecrets", this::awaitCounting));
        // In the chart they are a hook of the first install, as the profiles are.
        steps.add(new UpStep(
                "canary tenants",
                () -> Manifests.inDirectory(chart.resolve("canaries")).forEach(manifests::applyOne)));
        return List.copyOf(steps);
    }

    /** The same without a prober, and without tenants for it: what the operator costs can be measured only alone. */
    public List<UpStep> operatorAlone() {
        List<UpStep> steps = new ArrayList<>(installation());
        steps.add(process("operator, with that token", BulkheadProcess.OPERATOR));
        return List.copyOf(steps);
    }

    private UpStep process(String text, BulkheadProcess part) {
        return new UpStep(text, () -> new OperatorProcess(admin, state, access(part), jar, part).start());
    }

    /** All that an administrator has to do; what comes after it runs with the operator's own rights. */
    public List<UpStep> installation() {
        return List.of(
                new UpStep("namespace " + NAMESPACE, this::namespace),
                new UpStep("master key", this::masterKey),
                new UpStep("CRDs, profiles, roles and guards from the chart", this::installChart),
                new UpStep("DatabaseServer and ObjectStore", this::backends),
                new UpStep("tokens of the ServiceAccounts of operator, prober and keeper of the guards", () -> {
                    for (BulkheadProcess part : BulkheadProcess.values()) {
                        access(part).renew();
                    }
                }));
    }

    /** How a part logs in; for the step that starts it. */
    OperatorAccess access(BulkheadProcess part) {
        return new OperatorAccess(admin, target, state, NAMESPACE, part);
    }

    /**
     * Waits until quotas count TenantSecrets. Kubernetes learns of new kinds within half a minute, and a quota from before
     * refuses every object of such a kind until it is counted anew, within five minutes.
     */
    public void awaitCounting() {
        ResourceQuota quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("counting")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .addToHard(COUNT, new Quantity("1k"))
                .endSpec()
                .build();
        Polling.until(
                COUNTING,
                () -> {
                    // It is counted when it is made, and then not for long.
                    admin.resource(quota).delete();
                    admin.resource(quota).create();
                    try {
                        return counts(quota);
                    } finally {
                        admin.resource(quota).delete();
                    }
                },
                () -> "Kubernetes does not count TenantSecrets after " + COUNTING.toSeconds() + " s; look at the log of"
                        + " kube-controller-manager");
    }

    private boolean counts(ResourceQuota quota) {
        for (int look = 0; look < LOOKS; look++) {
            ResourceQuotaStatus status = admin.resource(quota).require().getStatus();
            if (status != null && !status.getHard().isEmpty()) {
                return status.getUsed().containsKey(COUNT);
            }
            Polling.pause();
        }
        return false;
    }

    private void namespace() {
        manifests.applyOne(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build());
    }

    /** Makes the key once: with another one, nothing that was sealed could be opened again. */
    private void masterKey() {
        if (admin.secrets().inNamespace(NAMESPACE).withName(MASTER_KEY_SECRET).get() == null) {
            byte[] key = new byte[MASTER_KEY_BYTES];
            random.nextBytes(key);
            admin.resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName(MASTER_KEY_SECRET)
                            .withNamespace(NAMESPACE)
                            .endMetadata()
                            .addToData(MASTER_KEY, Base64.getEncoder().encodeToString(key))
                            .build())
                    .create();
        }
    }

    private void installChart() {
        manifests.apply(new Chart(chart)
                .objects(RELEASE, NAMESPACE, admin.getKubernetesVersion().getGitVersion(), recipe.values()).stream()
                        .filter(object -> recipe.operator() == Recipe.OperatorPlace.Cluster
                                || !ONLY_FOR_PODS.contains(object.getKind()))
                        .toList());
        if (recipe.operator() == Recipe.OperatorPlace.Machine) {
            for (BulkheadProcess part : BulkheadProcess.values()) {
                new OperatorDeployment(admin, part).remove();
            }
        }
        // In the chart they are a hook of the first install, which rendering without a cluster leaves out.
        for (GenericKubernetesResource profile : Manifests.inDirectory(chart.resolve("profiles"))) {
            if (!recipe.storageClasses().isEmpty()) {
                Map<String, Object> bounds = profile.get("spec", "bounds");
                bounds.put("storage.classes", Map.of("oneOf", recipe.storageClasses(), "measure", List.of("guard-6")));
            }
            manifests.applyOne(profile);
        }
    }

    private void backends() {
        recipe.backends().forEach(manifests::applyOne);
    }
}
