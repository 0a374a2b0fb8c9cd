package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.Progress;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** One tenant of each product, as a user would apply it. */
public final class ExampleTenants {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final KubernetesClient admin;
    private final Path directory;
    private final Progress progress;
    private final UnaryOperator<GenericKubernetesResource> change;

    /** The examples in a directory; nothing is applied yet. */
    public ExampleTenants(KubernetesClient admin, Path directory, Progress progress) {
        this(admin, directory, progress, UnaryOperator.identity());
    }

    /** The same with workflows that run {@code image}, which is on the node. */
    public static ExampleTenants running(KubernetesClient admin, Path directory, Progress progress, String image) {
        return new ExampleTenants(admin, directory, progress, new RunningWorkflows(image));
    }

    private ExampleTenants(
            KubernetesClient admin,
            Path directory,
            Progress progress,
            UnaryOperator<GenericKubernetesResource> change) {
        this.change = change;
        this.admin = admin;
        this.directory = directory;
        this.progress = progress;
    }

    /** Applies them. */
    public void apply() {
        Manifests manifests = new Manifests(admin);
        objects().forEach(manifests::applyOne);
    }

    /** Returns when each is Ready; else fails with what the operator says of those that are not. */
    public void awaitReady() {
        List<String> names = tenantNames();
        Polling.until(
                PATIENCE,
                () -> names.stream().allMatch(n -> isReady(tenant(n))),
                () -> "not Ready after " + PATIENCE.toSeconds() + " s: "
                        + names.stream()
                                .map(this::tenant)
                                .filter(t -> !isReady(t))
                                .map(ExampleTenants::explain)
                                .collect(Collectors.joining("; ")));
        progress.say(names.size() + " tenants are Ready: " + String.join(", ", names));
    }

    /** Returns when the pods of all their workflows are Ready: on a node, and with database and bucket at work. */
    public void awaitWorkflows() {
        List<String> names = tenantNames();
        Polling.until(
                PATIENCE,
                () -> names.stream().allMatch(name -> waiting(name).isEmpty()),
                () -> "pods are not Ready after " + PATIENCE.toSeconds() + " s: "
                        + names.stream()
                                .map(this::waiting)
                                .flatMap(List::stream)
                                .collect(Collectors.joining(", "))
                        + "; `./bulkhead kubectl describe deployment -n NAMESPACE` says why");
    }

    /** Workflows of a tenant that have fewer Ready pods than they should, as namespace/name. */
    private List<String> waiting(String tenant) {
        List<Deployment> deployments = admin.apps()
                .deployments()
                .inAnyNamespace()
                .withLabel("bulkhead.dev/tenant", tenant)
                .list()
                .getItems();
        if (deployments.isEmpty()) {
            return List.of(tenant + " has no Deployment yet");
        }
        return deployments.stream()
                .filter(d -> readyPods(d) < d.getSpec().getReplicas())
                .map(d -> d.getMetadata().getNamespace() + "/" + d.getMetadata().getName())
                .toList();
    }

    /** The pods themselves: the Deployment's own count lags behind a node that was replaced. */
    private long readyPods(Deployment deployment) {
        return admin
                .pods()
                .inNamespace(deployment.getMetadata().getNamespace())
                .withLabelSelector(deployment.getSpec().getSelector())
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .flatMap(pod -> pod.getStatus().getConditions().stream())
                .filter(c -> c.getType().equals("Ready") && c.getStatus().equals("True"))
                .count();
    }

    private List<String> tenantNames() {
        return objects().stream()
                .filter(o -> o.getKind().equals("Tenant"))
                .map(o -> o.getMetadata().getName())
                .toList();
    }

    private List<GenericKubernetesResource> objects() {
        return Manifests.inDirectory(directory).stream().map(change).toList();
    }

    private Tenant tenant(String name) {
        return admin.resources(Tenant.class).withName(name).require();
    }

    private static boolean isReady(Tenant tenant) {
        return tenant.getStatus() != null
                && tenant.getStatus().conditions().stream()
                        .anyMatch(c -> c.type().equals("Ready") && c.status() == Condition.Status.True);
    }

    private static String explain(Tenant tenant) {
        String why = tenant.getStatus() == null
                ? "no status yet; see the operator's log"
                : tenant.getStatus().conditions().stream()
                        .filter(c -> c.type().equals("Ready"))
                        .map(c -> c.reason() + ": " + c.message())
                        .findFirst()
                        .orElse("no condition Ready");
        return tenant.getMetadata().getName() + ": " + why;
    }
}
