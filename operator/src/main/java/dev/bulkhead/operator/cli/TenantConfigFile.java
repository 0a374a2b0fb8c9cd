package dev.bulkhead.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.operator.secret.SealingPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A saved ConfigMap {@code bulkhead-tenant}, as {@code kubectl get configmap bulkhead-tenant -o yaml} prints it. */
final class TenantConfigFile {
    private TenantConfigFile() {}

    sealed interface Contents {
        /**
         * What the file holds.
         *
         * @param namespace namespace the ConfigMap came from; empty when the file does not say
         * @param data its data, not yet checked
         */
        record ConfigMap(String namespace, Map<String, String> data) implements Contents {}

        record Unreadable(String message) implements Contents {}
    }

    /** Reads YAML or JSON. */
    static Contents read(Path file) {
        JsonNode document;
        try {
            document = new YAMLMapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException _) {
            return new Contents.Unreadable("it is neither YAML nor JSON");
        } catch (IOException _) {
            return new Contents.Unreadable("it cannot be read: no such file, or no right to read it");
        }
        if (!"ConfigMap".equals(document.path("kind").asText())
                || !SealingPublicKey.CONFIG_MAP.equals(
                        document.path("metadata").path("name").asText())) {
            return new Contents.Unreadable("it is not a ConfigMap named " + SealingPublicKey.CONFIG_MAP);
        }
        Map<String, String> data = new TreeMap<>();
        document.path("data")
                .properties()
                .forEach(entry -> data.put(entry.getKey(), entry.getValue().asText()));
        return new Contents.ConfigMap(
                document.path("metadata").path("namespace").asText(), data);
    }
}
