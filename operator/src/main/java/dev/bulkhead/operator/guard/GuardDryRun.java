package dev.bulkhead.operator.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.guard.GuardAttempt.GuardAnswer;
import dev.bulkhead.operator.identity.Marks;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tries guards out: sends every request of {@link GuardManifests} as a dry run. What stands before the guards (RBAC) must
 * let the client's identity through, or nothing is learnt about them.
 */
public final class GuardDryRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_MESSAGE = 1_000;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;

    /** How long the API server may take for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Nobody else should notice that guards are tried out. */
    private static final int SIDE_BY_SIDE = 4;

    private final List<GuardManifest> manifests;
    private final String clusterDomain;

    /**
     * Tries these requests.
     *
     * @param clusterDomain of the cluster's services, which guard 4 goes by
     */
    public GuardDryRun(List<GuardManifest> manifests, String clusterDomain) {
        this.manifests = List.copyOf(manifests);
        this.clusterDomain = clusterDomain;
    }

    /**
     * Tries all of them in one namespace; nothing is left behind.
     *
     * @param asCanary acts as whom the guards have to hold; must be able to read the namespace
     * @param namespace of a tenant of the profile {@link GuardManifests#profile()}
     * @return one attempt for each request, in their order
     * @throws InterruptedException when it is to end
     */
    public List<GuardAttempt> run(KubernetesClient asCanary, String namespace) throws InterruptedException {
        Namespace found = asCanary.namespaces().withName(namespace).require();
        Map<String, String> values = Map.of(
                "namespace", namespace,
                "tenant", label(found, Marks.TENANT),
                "identity", label(found, Marks.IDENTITY),
                "podSecurity", label(found, "pod-security.kubernetes.io/enforce-version"),
                "clusterDomain", clusterDomain);
        List<GuardAttempt> attempts = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(SIDE_BY_SIDE, Thread.ofVirtual().factory())) {
            List<Callable<GuardAttempt>> requests = new ArrayList<>();
            manifests.forEach(manifest -> requests.add(() -> attempt(asCanary, manifest.with(values))));
            for (Future<GuardAttempt> attempt : pool.invokeAll(requests)) {
                attempts.add(attempt.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return attempts;
    }

    private static String label(Namespace namespace, String key) {
        String value = Marks.label(namespace, key);
        if (value == null) {
            throw new IllegalArgumentException(
                    "namespace " + namespace.getMetadata().getName() + " is not a tenant's: it has no label " + key);
        }
        return value;
    }

    private GuardAttempt attempt(KubernetesClient client, GuardManifest manifest) {
        return new GuardAttempt(manifest, send(client, manifest));
    }

    private GuardAnswer send(KubernetesClient client, GuardManifest manifest) {
        String body = manifest.json();
        URI uri = URI.create(client.getMasterUrl().toString().replaceAll("/+$", "") + manifest.dryPath());
        HttpRequest.Builder request = client.getHttpClient().newHttpRequestBuilder();
        request.uri(uri).header("Accept", "application/json");
        request.method(manifest.method(), manifest.mediaType(), body);
        CompletableFuture<HttpResponse<String>> answer =
                client.getHttpClient().sendAsync(request.build(), String.class);
        try {
            return judge(manifest, answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            answer.cancel(true);
            return new GuardAnswer.Inconclusive("the API server did not answer within " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException _) {
            return new GuardAnswer.Inconclusive("the API server could not be reached");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new GuardAnswer.Inconclusive("interrupted");
        }
    }

    private static GuardAnswer judge(GuardManifest manifest, HttpResponse<String> answer) {
        return judge(manifest, answer.code(), message(answer.body()), answer.headers("Warning"));
    }

    /** What an answer says about the guard of a request. */
    static GuardAnswer judge(GuardManifest manifest, int code, String message, List<String> warnings) {
        String guard = manifest.signature();
        if (code / 100 == 2 || (code == NOT_FOUND && manifest.connects())) {
            return warnings.stream()
                    .filter(w -> w.contains(guard))
                    .findFirst()
                    .<GuardAnswer>map(GuardAnswer.Warned::new)
                    .orElseGet(GuardAnswer.Admitted::new);
        }
        if (message.contains(guard)) {
            // An expression that failed refuses too, but proves nothing about what it should have looked at.
            return message.contains(" resulted in error: ")
                    ? new GuardAnswer.Inconclusive(message)
                    : new GuardAnswer.Refused(message);
        }
        if (code == NOT_FOUND || code == TOO_MANY_REQUESTS || code / 100 == 5) {
            return new GuardAnswer.Inconclusive(code + " " + message);
        }
        return new GuardAnswer.RefusedOtherwise(code, message);
    }

    private static String message(@Nullable String body) {
        String text = body == null ? "" : body;
        try {
            text = JSON.readTree(text).path("message").asText(text);
        } catch (JsonProcessingException _) {
            // Not a Status: a proxy in between answers with a page.
        }
        return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) : text;
    }
}
