package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.Supplier;

/** What the API server's refusals mean for a tenant. */
public final class ApiErrors {
    /** A new RoleBinding takes a moment to reach the authorizer: seen in 12 of 40 cases, up to 2 s. */
    private static final Duration AUTHORIZER_LAG = Duration.ofSeconds(3);

    /** Creates it. */
    public ApiErrors() {}

    /** {@code Kind namespace/name}. */
    public static String name(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return object.getKind() + " " + (namespace == null ? "" : namespace + "/")
                + object.getMetadata().getName();
    }

    /** Runs a step and turns what the API server refuses into an outcome. */
    public Outcome guard(String subject, Supplier<Outcome> step) {
        try {
            return step.get();
        } catch (KubernetesClientException e) {
            return new Outcome.Waiting(finding(subject, e));
        }
    }

    /** The finding for a refusal; its message is the API server's own, which names the object and the reason. */
    public static Finding finding(String subject, KubernetesClientException e) {
        int code = e.getCode();
        boolean unanswered = code <= 0;
        if (unanswered || code == 429 || code >= 500) {
            return new Finding(
                    Reason.KubernetesUnavailable, subject, "the API server does not answer; trying again by itself");
        }
        String text = e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : "the API server answered " + code;
        if (code == 403 && text.contains("exceeded quota")) {
            return new Finding(Reason.QuotaExceeded, subject, text);
        }
        return new Finding(Reason.KubernetesRefused, subject, text);
    }

    /** Tries again while the refusal looks like a RoleBinding that has not reached the authorizer yet. */
    public <T> T patiently(Supplier<T> request) {
        long deadline = System.nanoTime() + AUTHORIZER_LAG.toNanos();
        for (long pause = 20; ; pause = Math.min(pause * 2, 400)) {
            try {
                return request.get();
            } catch (KubernetesClientException e) {
                if (!isUnauthorised(e) || System.nanoTime() > deadline) {
                    throw e;
                }
                sleep(pause);
            }
        }
    }

    private static boolean isUnauthorised(KubernetesClientException e) {
        return e.getCode() == 403
                && e.getStatus() != null
                && e.getStatus().getMessage() != null
                && e.getStatus().getMessage().contains(" cannot ");
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted while waiting for the authorizer", e);
        }
    }
}
