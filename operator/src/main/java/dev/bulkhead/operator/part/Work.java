package dev.bulkhead.operator.part;

import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.secret.KeyRing;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one tenant, for the parts that act in it.
 *
 * @param keys the tenant's keys; null where only what needs none is done
 * @param so what came of the parts before
 * @param given fingerprints of the Secrets that are there: those the tenant sealed, and those delivered in this pass
 * @param standing what the report says; null before it was made
 */
public record Work(
        Tools tools,
        TenantIdentity identity,
        @Nullable KeyRing keys,
        Applied so,
        ConcurrentMap<GivenSecret, String> given,
        @Nullable ToldStanding standing) {
    /** The beginning of a pass. */
    public static Work begin(
            Tools tools, TenantIdentity identity, @Nullable KeyRing keys, Map<GivenSecret, String> sealed) {
        return new Work(tools, identity, keys, Applied.NOTHING, new ConcurrentHashMap<>(sealed), null);
    }

    /** The keys; only for parts that are not reached without them. */
    public KeyRing ring() {
        return Objects.requireNonNull(keys, "this part is not reached without the tenant's keys");
    }

    /** The same pass, further on. */
    public Work after(Applied now) {
        return new Work(tools, identity, keys, now, given, standing);
    }

    /** The same pass, once the report was made. */
    public Work told(ToldStanding said) {
        return new Work(tools, identity, keys, so, given, said);
    }

    /** Makes each object what it is planned to be, side by side. */
    public List<Outcome> each(List<? extends HasMetadata> planned) {
        return tools.each(planned, identity);
    }
}
