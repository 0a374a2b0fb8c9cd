package dev.bulkhead.operator.tenant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.DatabaseServerSpec;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.Validation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
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
 * @param database where the schema lies
 * @param objectStore where the bucket lies
 */
@Pure
@JsonInclude(JsonInclude.Include.NON_NULL)
record AcceptedForm(
        String uid,
        long generation,
        ObjectNode spec,
        TenantProfileSpec profile,
        NamedSpec<DatabaseServerSpec> database,
        NamedSpec<ObjectStoreSpec> objectStore) {
    private static final String NAME = "displayName";

    /** What a newer version said and this one does not know is as if it had not been said, as in the API itself. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** One that lacks something is damaged. */
    AcceptedForm {
        if (Stream.of(uid, spec, profile, database, objectStore).anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a form without uid, spec, profile, database or object store");
        }
    }

    /** A server or store by its name. */
    record NamedSpec<S>(String name, S spec) {}

    /**
     * The form of a Tenant that was accepted there.
     *
     * @param uid metadata.uid
     * @param before the form that is kept; its generation stays when nothing else is new
     */
    static AcceptedForm of(String uid, ValidTenant tenant, Surroundings around, @Nullable AcceptedForm before) {
        ObjectNode spec = JSON.valueToTree(tenant.spec());
        spec.remove(NAME);
        AcceptedForm now = new AcceptedForm(
                uid,
                tenant.generation(),
                spec,
                tenant.rules(),
                named(around.databaseServers(), tenant.database().server(), DatabaseServer::getSpec),
                named(around.objectStores(), tenant.objectStore().store(), ObjectStore::getSpec));
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
        Tenant accepted = new Tenant();
        accepted.setMetadata(new ObjectMetaBuilder()
                .withName(tenant.getMetadata().getName())
                .withUid(uid)
                .withGeneration(generation)
                .build());
        try {
            accepted.setSpec(JSON.treeToValue(
                    spec.deepCopy().put(NAME, tenant.getMetadata().getName()), TenantSpec.class));
        } catch (JsonProcessingException | IllegalArgumentException _) {
            return Optional.empty();
        }
        Surroundings then = new Surroundings(
                profile,
                List.of(resource(new DatabaseServer(), database, DatabaseServer::setSpec)),
                List.of(resource(new ObjectStore(), objectStore, ObjectStore::setSpec)),
                around.placement(),
                around.settings(),
                around.adoption(),
                around.today(),
                true);
        return TenantValidator.validate(accepted, then) instanceof Validation.Valid valid
                ? Optional.of(valid.tenant())
                : Optional.empty();
    }

    private AcceptedForm at(long other) {
        return new AcceptedForm(uid, other, spec, profile, database, objectStore);
    }

    private static <R extends HasMetadata, S> NamedSpec<S> named(List<R> all, String name, Function<R, S> spec) {
        return all.stream()
                .filter(backend -> Objects.equals(backend.getMetadata().getName(), name))
                .map(backend -> new NamedSpec<>(name, spec.apply(backend)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " is not among what was observed"));
    }

    private static <R extends HasMetadata, S> R resource(R resource, NamedSpec<S> backend, BiConsumer<R, S> into) {
        resource.setMetadata(new ObjectMetaBuilder().withName(backend.name()).build());
        into.accept(resource, backend.spec());
        return resource;
    }
}
