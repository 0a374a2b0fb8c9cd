package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** The settings that the chart gave to the operator, for commands that act as it would. */
final class ChartSettings {
    private static final String NAME = "bulkhead-operator";
    private static final String KEY = "config.yaml";

    private ChartSettings() {}

    /**
     * Reads them; empty where there are none.
     *
     * @param namespace of the operator
     */
    static Optional<OperatorSettings> read(KubernetesClient client, String namespace)
            throws OperatorSettings.UnusableSettingsException {
        ConfigMap chart =
                client.configMaps().inNamespace(namespace).withName(NAME).get();
        if (chart == null || chart.getData() == null || chart.getData().get(KEY) == null) {
            return Optional.empty();
        }
        return Optional.of(OperatorSettings.parse(
                "ConfigMap " + namespace + "/" + NAME, chart.getData().get(KEY), namespace));
    }

    /** What to say where there are none. */
    static String missing(String namespace) {
        return "there is no ConfigMap " + NAME + " in namespace " + namespace
                + "; name the operator's namespace by --namespace";
    }
}
