package dev.bulkhead.e2e.chart;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * How the API server said no.
 *
 * @param code HTTP status
 * @param message its words
 */
record ApiRefusal(int code, String message) {
    /** The refusal of one attempt; empty when it succeeded. Anything but an answer of the API server is an error. */
    static Optional<ApiRefusal> of(ThrowingCallable attempt) {
        try {
            attempt.call();
            return Optional.empty();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 0) {
                throw e;
            }
            return Optional.of(new ApiRefusal(e.getCode(), text(e.getMessage())));
        } catch (Throwable e) {
            throw new AssertionError("the attempt failed on its own", e);
        }
    }

    /** Whether RBAC said it, before any guard was asked. */
    boolean byRbac() {
        return code == 403 && !byGuard();
    }

    /** Whether an admission policy said it. */
    boolean byGuard() {
        return message.contains("ValidatingAdmissionPolicy 'bulkhead-");
    }

    private static String text(@Nullable String message) {
        return message == null ? "" : message;
    }
}
