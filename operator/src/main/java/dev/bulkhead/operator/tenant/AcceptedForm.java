package dev.bulkhead.operator.tenant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.Validation;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Tenant as it was last accepted, with what it rested on, in the API's own words: from it a process that starts plans a
 * Tenant that is refused by now. Whatever decides nothing about the compartment (the customer's name) is left out, so that
 * changing it writes nothing. See ADR 6.
 *
 * @param uid of the Tenant that was accepted: one that only claims its identity was not
 * @param generation of the Tenant when this form was first accepted
 * @param spec without the customer's name
 * @param profile the rules
 * @param backends the servers and stores it lives on, by part
 */
@Pure
@JsonInclude(JsonInclude.Include.NON_NULL)
record AcceptedForm(
        String uid, long generation, ObjectNode spec, TenantProfileSpec profile, Map<PartId, NamedSpec> backends) {
    private static final String NAME = "displayName";

    /** What a newer version said and this one does not know is as if it had not been said, as in the API itself. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** One that lacks something is damaged. */
    AcceptedForm {
        if (Stream.of(uid, spec, profile, backends).anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a form without uid, spec, profile or backends");
        }
        backends = PartId.copyOf(backends);
    }

    /** A server or store by its name. */
    record NamedSpec(String name, JsonNode spec) {}

    /**
     * The form of a Tenant that was accepted there.
     *
     * @param uid metadata.uid
     * @param before the form that is kept; its generation stays when nothing else is new
     */
    static AcceptedForm of(String uid, ValidTenant tenant, Surroundings around, @Nullable AcceptedForm before) {
        AcceptedForm now = new AcceptedForm(
                uid, tenant.generation(), nameless(tenant.spec()), tenant.rules(), backends(tenant, around));
        return before != null && now.at(before.generation()).text().equals(before.text()) ? before : now;
    }

    /** Reads a form; empty when it cannot be read. */
    static Optional<AcceptedForm> read(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(JSON.readValue(text, AcceptedForm.class));
        } catch (JsonProcessingException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /**
     * Whether this very spec of this very Tenant was accepted. A status cannot tell: a pass that broke writes one too, and
     * others may hold the right to write it.
     */
    boolean isOf(Tenant tenant) {
        if (!uid.equals(tenant.getMetadata().getUid()) || tenant.getSpec() == null) {
            return false;
        }
        try {
            // By way of the type: what was noted by another version is compared as this one reads it.
            TenantSpec noted = JSON.treeToValue(spec, TenantSpec.class);
            return nameless(noted).equals(nameless(tenant.getSpec()));
        } catch (JsonProcessingException | IllegalArgumentException _) {
            return false;
        }
    }

    private static ObjectNode nameless(TenantSpec spec) {
        ObjectNode tree = JSON.valueToTree(spec);
        tree.remove(NAME);
        return tree;
    }

    /** The form as JSON; the same form is the same text. */
    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a form that was made of JSON is none", e);
        }
    }

    /**
     * The tenant it stands for; empty when it was another Tenant's, and when it is not acceptable any more, which takes a
     * newer version's stricter rules.
     *
     * @param tenant the Tenant as it is now
     * @param around as it is now: where the tenant lies, and what the platform keeps for itself, is never out of date
     */
    Optional<ValidTenant> tenant(Tenant tenant, Surroundings around) {
        if (!uid.equals(tenant.getMetadata().getUid())) {
            return Optional.empty();
        }
        List<BackendResource> resources = new ArrayList<>();
        Tenant accepted = new Tenant();
        accepted.setMetadata(new ObjectMetaBuilder()
                .withName(tenant.getMetadata().getName())
                .withUid(uid)
                .withGeneration(generation)
                .build());
        try {
            for (Map.Entry<PartId, NamedSpec> backend : backends.entrySet()) {
                resources.add(resource(backend.getKey(), backend.getValue()));
            }
            accepted.setSpec(JSON.treeToValue(
                    spec.deepCopy().put(NAME, tenant.getMetadata().getName()), TenantSpec.class));
        } catch (JsonProcessingException | IllegalArgumentException _) {
            return Optional.empty();
        }
        Surroundings then = new Surroundings(
                profile, resources, around.placement(), around.settings(), around.adoption(), around.today(), true);
        return TenantValidator.validate(accepted, then) instanceof Validation.Valid valid
                ? Optional.of(valid.tenant())
                : Optional.empty();
    }

    private AcceptedForm at(long other) {
        return new AcceptedForm(uid, other, spec, profile, backends);
    }

    private static Map<PartId, NamedSpec> backends(ValidTenant tenant, Surroundings around) {
        Map<PartId, NamedSpec> backends = new EnumMap<>(PartId.class);
        tenant.placement()
                .places()
                .forEach((part, place) -> around.backends(BackedParts.kind(part)).stream()
                        .filter(backend -> backend.getMetadata().getName().equals(place.backend()))
                        .findFirst()
                        .ifPresent(backend -> backends.put(
                                part, new NamedSpec(place.backend(), JSON.valueToTree(backend.getSpec())))));
        return backends;
    }

    private static BackendResource resource(PartId part, NamedSpec backend) throws JsonProcessingException {
        ObjectNode resource = JSON.createObjectNode();
        resource.putObject("metadata").put("name", backend.name());
        resource.set("spec", backend.spec());
        return JSON.treeToValue(resource, BackedParts.kind(part));
    }
}
