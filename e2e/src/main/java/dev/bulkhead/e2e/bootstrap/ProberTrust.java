package dev.bulkhead.e2e.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * Who of the platform the prober takes for accepted, changed as an upgrade of the chart with another {@code prober.trusted}
 * changes it: the configuration, and a prober that starts with it.
 */
public final class ProberTrust {
    private static final String CONFIGURATION = "bulkhead-operator";
    private static final String FILE = "config.yaml";
    /** What starts new pods when the configuration changes. */
    private static final String STARTED_WITH = "bulkhead.dev/config";

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final YAMLMapper YAML = new YAMLMapper();

    private final KubernetesClient admin;
    private final StateDirectory state;
    private final Path jar;

    /** Of an installation on this cluster; {@code jar} is the operator's, for a prober that is a process. */
    public ProberTrust(KubernetesClient admin, StateDirectory state, Path jar) {
        this.admin = admin;
        this.state = state;
        this.jar = jar;
    }

    /**
     * Accepts a ServiceAccount; returns when a prober with it is ready. Repeatable.
     *
     * @param until the last day, such as {@code 2027-06-30}
     */
    public void accept(String namespace, String account, String until) {
        change(
                namespace,
                account,
                Map.of(
                        "kind",
                        "ServiceAccount",
                        "namespace",
                        namespace,
                        "name",
                        account,
                        "reason",
                        "GitOps tool of the local stack",
                        "owner",
                        "local stack",
                        "until",
                        until));
    }

    /** Accepts it no longer, in the same way. Repeatable. */
    public void withdraw(String namespace, String account) {
        change(namespace, account, Map.of());
    }

    private void change(String namespace, String account, Map<String, String> acceptance) {
        ConfigMap map = admin.configMaps()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName(CONFIGURATION)
                .require();
        try {
            ObjectNode config = (ObjectNode) YAML.readTree(map.getData().get(FILE));
            ObjectNode prober = config.withObjectProperty("prober");
            ArrayNode others = YAML.createArrayNode();
            prober.path("trusted").forEach(one -> {
                if (!one.path("namespace").asText().equals(namespace)
                        || !one.path("name").asText().equals(account)) {
                    others.add(one);
                }
            });
            if (!acceptance.isEmpty()) {
                others.add(YAML.valueToTree(acceptance));
            }
            prober.set("trusted", others);
            map.getData().put(FILE, YAML.writeValueAsString(config));
        } catch (JsonProcessingException e) {
            throw new StackException("the chart's configuration is not YAML: " + e.getOriginalMessage(), e);
        }
        map.getMetadata().setManagedFields(null);
        admin.resource(map).update();
        restart();
    }

    /** Ends the prober and returns when a new one is ready: it attacks every tenant at once. */
    public void restart() {
        BulkheadProcess part = BulkheadProcess.PROBER;
        if (admin.apps()
                        .deployments()
                        .inNamespace(Bootstrap.NAMESPACE)
                        .withName(part.account())
                        .get()
                == null) {
            new ProcessSupervisor(state).stop(part.account(), ProcessSupervisor.StopSignal.TERM, GRACE);
            new OperatorProcess(
                            admin,
                            state,
                            new OperatorAccess(admin, InstallTarget.of(admin, state), state, Bootstrap.NAMESPACE, part),
                            jar,
                            part)
                    .start();
            return;
        }
        admin.apps()
                .deployments()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName(part.account())
                .edit(deployment -> new DeploymentBuilder(deployment)
                        .editSpec()
                        .editTemplate()
                        .editMetadata()
                        .addToAnnotations(STARTED_WITH, startedAnew(deployment))
                        .endMetadata()
                        .endTemplate()
                        .endSpec()
                        .build());
        new OperatorDeployment(admin, part).awaitReady();
    }

    /** Another text than before; the next installation puts the chart's in its place. */
    private static String startedAnew(Deployment deployment) {
        return "after-" + Objects.requireNonNull(deployment.getMetadata().getResourceVersion());
    }
}
