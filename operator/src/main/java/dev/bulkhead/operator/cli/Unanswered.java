package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Words for somebody at a terminal whose cluster does not answer. */
final class Unanswered {
    /** Somebody waits at a terminal; the client's own patience with a cluster that is down is more than a minute. */
    private static final int RETRIES = 1;

    private Unanswered() {}

    /** What is asked of a cluster; gives the exit code. */
    @FunctionalInterface
    interface Asking {
        int of(KubernetesClient client) throws OperatorSettings.UnusableSettingsException, InterruptedException;
    }

    /**
     * Asks the cluster of the kubeconfig.
     *
     * @param needs what has to be allowed to whoever asks
     * @param failed is told why nothing came of it, and gives the exit code
     */
    static int ask(String needs, ToIntFunction<String> failed, Asking asking) throws InterruptedException {
        Config config = briefly(Config.autoConfigure(null));
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            return asking.of(client);
        } catch (KubernetesClientException e) {
            return failed.applyAsInt(words(config, e, needs));
        } catch (OperatorSettings.UnusableSettingsException e) {
            return failed.applyAsInt(String.valueOf(e.getMessage()));
        }
    }

    /** The same cluster, given up soon. */
    static Config briefly(Config patient) {
        return new ConfigBuilder(patient).withRequestRetryBackoffLimit(RETRIES).build();
    }

    /**
     * Why a cluster did not do what it was asked.
     *
     * @param needs what has to be allowed to whoever asks
     */
    static String words(Config config, KubernetesClientException e, String needs) {
        String cluster = "cluster " + config.getMasterUrl();
        return e.getCode() <= 0
                ? cluster + " does not answer (" + reason(e) + "); check the kubeconfig with 'kubectl get namespaces'"
                : cluster + " refused (HTTP " + e.getCode() + "); " + needs;
    }

    /** Why nobody answered, in words. */
    static String reason(Throwable e) {
        List<Throwable> causes = new ArrayList<>();
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            causes.add(cause);
        }
        // A name that is unknown is reported as a connection that failed, so it is looked for first.
        if (causes.stream()
                .anyMatch(c -> c instanceof UnknownHostException || c instanceof UnresolvedAddressException)) {
            return "its name is unknown";
        }
        if (causes.stream().anyMatch(SSLException.class::isInstance)) {
            return "its certificate is not trusted";
        }
        return causes.stream().anyMatch(ConnectException.class::isInstance)
                ? "connection refused"
                : "no answer in time";
    }
}
