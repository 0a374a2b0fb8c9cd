package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.secret.KeyRingCopies;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cluster, and as whom: as kubectl has it. */
final class ClusterAccess {
    @Mixin
    private OperatorNamespace operator = new OperatorNamespace();

    @Option(names = "--as", paramLabel = "USER", description = "Acts as this user; the API server's audit log says so.")
    private @Nullable String user;

    @Option(
            names = "--as-group",
            paramLabel = "GROUP",
            description = "Acts as a member of this group; may be repeated.")
    private List<String> groups = new ArrayList<>();

    String namespace() {
        return operator.name();
    }

    /** A client; the caller closes it. */
    KubernetesClient client(Supplier<Config> cluster) {
        ConfigBuilder config = new ConfigBuilder(Unanswered.briefly(cluster.get()));
        if (user != null) {
            config.withImpersonateUsername(user).withImpersonateGroups(groups.toArray(String[]::new));
        }
        return new KubernetesClientBuilder().withConfig(config.build()).build();
    }

    /**
     * The key rings of this installation, where the chart says that they lie.
     *
     * @throws OperatorSettings.UnusableSettingsException when the chart says nothing, as before it is installed
     */
    KeyRingCopies keyRings(KubernetesClient client) throws OperatorSettings.UnusableSettingsException {
        OperatorSettings settings = ChartSettings.read(client, namespace()).orElse(null);
        if (settings == null) {
            throw new OperatorSettings.UnusableSettingsException(ChartSettings.missing(namespace()));
        }
        return new KeyRingCopies(new OperatorSecrets(client, settings.keysNamespace()));
    }

    /** Why the cluster did not do what it was asked, for people. */
    static String words(KubernetesClientException e) {
        if (e.getCode() <= 0) {
            return "the cluster does not answer (" + Unanswered.reason(e)
                    + "); check the kubeconfig with 'kubectl get namespaces'";
        }
        String text = e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : "HTTP " + e.getCode();
        return "the cluster refused: " + text
                + (e.getCode() == 403
                        ? " Key rings need who breaks the glass: --as=YOU --as-group=system:masters"
                                + " --as-group=bulkhead:break-glass"
                        : "");
    }
}
