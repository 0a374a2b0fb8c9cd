package dev.bulkhead.operator.probe;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** What to say about an API server that did not answer as it should. */
public final class ApiAnswers {
    private ApiAnswers() {}

    /** Such as {@code API server: HTTP 403 Forbidden}; never a URL, a class or a stack. */
    public static String reason(RuntimeException trouble) {
        return switch (trouble) {
            case KubernetesClientException e
            when e.getCode() > 0 ->
                "API server: HTTP " + e.getCode()
                        + (e.getStatus() == null || e.getStatus().getReason() == null
                                ? ""
                                : " " + e.getStatus().getReason());
            case KubernetesClientException _ -> "the API server does not answer";
            case IllegalArgumentException e -> "what was read cannot be understood: " + e.getMessage();
            default -> "unexpected " + trouble.getClass().getSimpleName();
        };
    }
}
