package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.bulkhead.api.v1beta1.TenantStatus.DatabaseStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ObjectStoreStatus;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What remains of a tenant, and what is still owed. */
@JsonClassDescription("What remains of the tenant, and what is still owed.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TombstoneStatus(
        @JsonPropertyDescription("Name the Tenant had; only a Tenant of this name may adopt.") @Nullable
        String tenant,

        @JsonPropertyDescription("Closing, Retained or Adopted.") @Nullable
        TombstonePhase phase,

        @JsonPropertyDescription("Profile the Tenant had.") @Nullable
        String profile,

        @JsonPropertyDescription("When the Tenant object went, RFC 3339.") @Nullable
        String deletedAt,

        @JsonPropertyDescription("When the data has to be gone, YYYY-MM-DD, as far as a contract end is known.")
        @Nullable
        String deleteBy,

        @JsonPropertyDescription("Namespaces that remain, without workloads.")
        List<String> namespaces,

        @JsonPropertyDescription("The schema that remains.") @Nullable
        DatabaseStatus database,

        @JsonPropertyDescription("The bucket that remains.") @Nullable
        ObjectStoreStatus objectStore,

        @JsonPropertyDescription("How many debts are open.") @Nullable
        String openDebts,

        @JsonPropertyDescription("What could not be closed when the Tenant went; tried again until it is.")
        List<Debt> debts) {

    /** Makes lists immutable and absent lists empty. */
    public TombstoneStatus {
        namespaces = Lists.copy(namespaces);
        debts = Lists.copy(debts);
    }

    /** The same in another phase, with these debts left. */
    public TombstoneStatus with(TombstonePhase next, List<Debt> left) {
        return new TombstoneStatus(
                tenant,
                next,
                profile,
                deletedAt,
                deleteBy,
                namespaces,
                database,
                objectStore,
                Integer.toString(left.size()),
                left);
    }

    /** The same with the data lying there. */
    public TombstoneStatus withHomes(@Nullable DatabaseStatus schema, @Nullable ObjectStoreStatus bucket) {
        return new TombstoneStatus(
                tenant, phase, profile, deletedAt, deleteBy, namespaces, schema, bucket, openDebts, debts);
    }

    /** Where the remains are. */
    public enum TombstonePhase {
        /** Something is still open: see debts. */
        Closing,
        /** Closed; the data is kept. */
        Retained,
        /** A new Tenant took the data over. */
        Adopted
    }

    /** One thing that is still to be closed. */
    public record Debt(
            @Required @JsonPropertyDescription("workloads, access, database or objectStore.")
            String name,

            @Required @JsonPropertyDescription("Why it could not be done yet.")
            String message) {}
}
