package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What came back of writes that admission of the platform changed on their way in. Such a write is not repeated at once,
 * which would go on for ever, but after a while, so that the object is mended when the change has ended. What somebody else
 * makes of it meanwhile is corrected at once.
 */
public final class AnsweredWrites {
    /** What has to be exactly as planned before anybody or anything may come into a namespace. */
    private static final Set<Class<? extends HasMetadata>> WALLS = Set.of(Namespace.class, NetworkPolicy.class);

    private final Duration again;
    private final LongSupplier nanos;
    private final Map<String, ChangedAnswer> changed = new ConcurrentHashMap<>();

    private record ChangedAnswer(HasMetadata planned, HasMetadata answer, long at) {}

    /**
     * Remembers nothing yet.
     *
     * @param again when a write that came back changed is tried again
     * @param nanos a clock that only counts
     */
    public AnsweredWrites(Duration again, LongSupplier nanos) {
        this.again = again;
        this.nanos = nanos;
    }

    /** What came of a write. */
    Outcome of(HasMetadata planned, HasMetadata answer) {
        forgetOld();
        String where = ApiErrors.name(planned);
        if (same(planned, answer)) {
            changed.remove(where);
            return new Outcome.Done(1);
        }
        changed.put(where, new ChangedAnswer(planned, answer, nanos.getAsLong()));
        return outcome(planned, answer, 1);
    }

    /** What came of the last write, where another one would come back the same; empty where it has to be written. */
    Optional<Outcome> standing(HasMetadata planned, HasMetadata found) {
        ChangedAnswer last = changed.get(ApiErrors.name(planned));
        return last != null && !isOld(last) && same(last.planned(), planned) && same(last.answer(), found)
                ? Optional.of(outcome(planned, found, 0))
                : Optional.empty();
    }

    private void forgetOld() {
        changed.values().removeIf(this::isOld);
    }

    private boolean isOld(ChangedAnswer answer) {
        return nanos.getAsLong() - answer.at() >= again.toNanos();
    }

    private static boolean same(HasMetadata planned, HasMetadata found) {
        if (planned instanceof Namespace wanted && found instanceof Namespace there) {
            return NamespaceLabels.compare(wanted, there).same();
        }
        return ObjectForm.same(planned, found);
    }

    private static Outcome outcome(HasMetadata planned, HasMetadata answer, int writes) {
        List<String> changes = AdmissionChanges.of(planned, answer);
        if (changes.isEmpty()) {
            return new Outcome.Done(writes);
        }
        Finding finding = new Finding(
                Reason.ChangedByAdmission,
                ApiErrors.name(planned),
                "came back changed from the API server: " + String.join(", ", changes)
                        + "; look which of 'kubectl get mutatingadmissionpolicies,mutatingwebhookconfigurations' does it, and"
                        + " have it leave out namespaces with the label bulkhead.dev/identity");
        return WALLS.contains(planned.getClass())
                ? new Outcome.Waiting(finding)
                : new Outcome.Done(writes, List.of(finding));
    }
}
