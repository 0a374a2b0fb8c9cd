package dev.bulkhead.operator.objectstore.copy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.operator.objectstore.StoreConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An ObjectStore and the Secret of its account, as manifests in one file: as they are applied, or as kubectl prints them. */
final class StoreFile {
    private static final YAMLMapper YAML = new YAMLMapper();

    private StoreFile() {}

    /** The file does not say how to reach a store; the message says why. */
    static final class UnusableStoreException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableStoreException(String message) {
            super(message);
        }
    }

    /** How to reach the store. */
    static StoreConnection read(Path file) throws UnusableStoreException {
        List<JsonNode> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
            while (all.hasNext()) {
                JsonNode document = all.next();
                if (document.path("kind").asText().equals("List")) {
                    document.path("items").forEach(documents::add);
                } else {
                    documents.add(document);
                }
            }
        } catch (JsonProcessingException e) {
            throw new UnusableStoreException(file + " is not YAML: " + e.getOriginalMessage());
        } catch (IOException | RuntimeException _) {
            throw new UnusableStoreException(file + " cannot be read: no such file, no right to read it, or no YAML");
        }
        JsonNode store = only(documents, "ObjectStore", null, file);
        for (String field : List.of("/metadata/name", "/spec/endpoint", "/spec/adminSecret/name")) {
            if (!store.at(field).isTextual()) {
                throw new UnusableStoreException(
                        file + ": the ObjectStore has no " + field.substring(1).replace('/', '.'));
            }
        }
        try {
            ObjectStore object = YAML.treeToValue(store, ObjectStore.class);
            JsonNode secret =
                    only(documents, "Secret", object.getSpec().adminSecret().name(), file);
            return StoreConnection.of(
                    object.getMetadata().getName(),
                    object.getSpec(),
                    value(secret, "access-key-id", file),
                    value(secret, "secret-access-key", file));
        } catch (JsonProcessingException e) {
            throw new UnusableStoreException(file + ": the ObjectStore is not one: " + e.getOriginalMessage());
        }
    }

    private static JsonNode only(List<JsonNode> documents, String kind, @Nullable String name, Path file)
            throws UnusableStoreException {
        List<JsonNode> found = documents.stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .filter(document -> name == null
                        || document.path("metadata").path("name").asText().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new UnusableStoreException(file + " has " + (found.isEmpty() ? "no " : "more than one ") + kind
                    + (name == null ? "" : " " + name)
                    + "; it needs one ObjectStore and the Secret of its spec.adminSecret");
        }
        return found.getFirst();
    }

    private static String value(JsonNode secret, String key, Path file) throws UnusableStoreException {
        if (secret.path("stringData").has(key)) {
            return secret.path("stringData").path(key).asText();
        }
        if (!secret.path("data").has(key)) {
            throw new UnusableStoreException(
                    file + ": Secret " + secret.path("metadata").path("name").asText() + " has no " + key);
        }
        try {
            return new String(
                    Base64.getDecoder().decode(secret.path("data").path(key).asText()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UnusableStoreException(file + ": " + key + " of the Secret is not base64");
        }
    }
}
