package dev.bulkhead.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.identity.BackedParts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bulkhead plan} works on: the Tenants, profiles and backends of some files. Shipped profiles need not be
 * given; backends that are not given are made up, since a plan does not depend on whether they answer.
 */
record PlanInput(List<Tenant> tenants, List<TenantProfile> profiles, List<BackendResource> backends) {
    /** As strict as the API server: a number is no text, and a text no truth value. */
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private static final List<String> SHIPPED = List.of("digitaltwin", "portal", "voice-agent");

    /** The files cannot be planned; the message says which and why. */
    static final class UnusableInputException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableInputException(String message) {
            super(message);
        }
    }

    static PlanInput read(List<Path> files, InputStream stdin) throws UnusableInputException {
        PlanInput input = new PlanInput(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path file : files) {
            if (file.toString().equals("-")) {
                input.add("standard input", text("standard input", stdin));
            } else {
                for (Path each : expanded(file)) {
                    input.add(each.toString(), text(each));
                }
            }
        }
        for (String profile : SHIPPED) {
            input.addShipped(profile);
        }
        return input;
    }

    /** The Tenants, each with the uid of its file, or one made from its name. */
    List<Tenant> identified() {
        tenants.forEach(tenant -> {
            if (tenant.getMetadata().getUid() == null) {
                String name = Objects.requireNonNullElse(tenant.getMetadata().getName(), "");
                tenant.getMetadata()
                        .setUid(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                                .toString());
            }
            if (tenant.getMetadata().getGeneration() == null) {
                tenant.getMetadata().setGeneration(1L);
            }
        });
        return tenants;
    }

    @Nullable
    TenantProfile profile(String name) {
        return profiles.stream()
                .filter(p -> name.equals(p.getMetadata().getName()))
                .findFirst()
                .orElse(null);
    }

    /** The servers and stores of the files, where there are none of a kind one made up; all of them are taken to answer. */
    List<BackendResource> backendsFor(Tenant tenant) {
        List<BackendResource> usable = new ArrayList<>(backends);
        Compartment.madeUp(tenant).stream()
                .filter(made -> backends.stream().noneMatch(made.getClass()::isInstance))
                .forEach(usable::add);
        return usable.stream().map(PlanInput::answering).toList();
    }

    private static BackendResource answering(BackendResource backend) {
        ObjectNode tree = YAML.valueToTree(backend);
        tree.set(
                "status",
                YAML.valueToTree(new BackendStatus(
                        1L,
                        null,
                        0,
                        List.of(),
                        List.of(),
                        null,
                        List.of(new Condition(
                                "Ready", Condition.Status.True, "AsPlanned", "", "1970-01-01T00:00:00Z", 1L)))));
        return YAML.convertValue(tree, backend.getClass());
    }

    private void add(String source, String text) throws UnusableInputException {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(text)) {
            while (documents.hasNext()) {
                add(source, documents.next());
            }
        } catch (JsonProcessingException e) {
            throw new UnusableInputException(source + " is not usable: " + words(e));
        } catch (IOException | RuntimeException e) {
            throw new UnusableInputException(source + " is not YAML: " + e.getMessage());
        }
    }

    /** Other objects of the same file do not matter to a plan, nor do other people's Tenants. */
    private void add(String source, JsonNode document) throws UnusableInputException, JsonProcessingException {
        Class<? extends HasMetadata> kind = kind(document.path("kind").asText(""));
        String version = document.path("apiVersion").asText("");
        if (kind == null || (version.contains("/") && !version.startsWith(HasMetadata.getGroup(kind) + "/"))) {
            return;
        }
        if (!version.equals(HasMetadata.getApiVersion(kind))) {
            throw new UnusableInputException(source + " is not usable: apiVersion: '" + version + "' has no "
                    + kind.getSimpleName() + "; write " + HasMetadata.getApiVersion(kind));
        }
        switch (YAML.treeToValue(document, kind)) {
            case Tenant tenant -> tenants.add(tenant);
            case TenantProfile profile -> profiles.add(profile);
            case BackendResource backend -> backends.add(backend);
            default -> throw new IllegalStateException(kind + " is not planned with");
        }
    }

    private static @Nullable Class<? extends HasMetadata> kind(String name) {
        return Stream.concat(
                        Stream.<Class<? extends HasMetadata>>of(Tenant.class, TenantProfile.class),
                        BackedParts.all().stream().map(BackedParts::kind))
                .filter(kind -> kind.getSimpleName().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Why a document does not fit its kind, for people: the field first, no Java names. */
    private static String words(JsonProcessingException e) {
        if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
            return e.getOriginalMessage();
        }
        String field = mapping.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining())
                .substring(1);
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                field + ": there is no such field; there are "
                        + unknown.getKnownPropertyIds().stream()
                                .map(String::valueOf)
                                .sorted()
                                .collect(Collectors.joining(", "));
            case InvalidFormatException invalid
            when invalid.getTargetType() != null && invalid.getTargetType().isEnum() ->
                field + ": '" + invalid.getValue() + "' is none of "
                        + Stream.of(invalid.getTargetType().getEnumConstants())
                                .map(String::valueOf)
                                .collect(Collectors.joining(", "));
            case InvalidFormatException invalid
            when String.class.equals(invalid.getTargetType()) ->
                field + ": " + invalid.getValue() + " is no text; put it in quotes";
            case MismatchedInputException other
            when Boolean.class.equals(other.getTargetType()) -> field + ": has to be true or false, without quotes";
            case MismatchedInputException other
            when other.getTargetType() != null && Number.class.isAssignableFrom(other.getTargetType()) ->
                field + ": has to be a number, without quotes";
            default -> field + ": what stands there has another shape than the field";
        };
    }

    private void addShipped(String name) throws UnusableInputException {
        if (profile(name) != null) {
            return; // a file of the user wins
        }
        try (InputStream shipped = PlanInput.class.getResourceAsStream("/profiles/" + name + ".yaml")) {
            if (shipped == null) {
                throw new UnusableInputException("this jar lacks the profile " + name + "; build it again");
            }
            add("profile " + name, new String(shipped.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UnusableInputException("profile " + name + " cannot be read: " + e.getMessage());
        }
    }

    private static List<Path> expanded(Path file) throws UnusableInputException {
        if (!Files.isDirectory(file)) {
            return List.of(file);
        }
        try (Stream<Path> files = Files.list(file)) {
            return files.filter(f -> f.toString().matches(".*\\.(yaml|yml|json)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UnusableInputException(file + " cannot be listed: " + e.getMessage());
        }
    }

    private static String text(Path file) throws UnusableInputException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UnusableInputException(file + " cannot be read: no such file, or no right to read it");
        }
    }

    private static String text(String name, InputStream stream) throws UnusableInputException {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UnusableInputException(name + " cannot be read: " + e.getMessage());
        }
    }
}
