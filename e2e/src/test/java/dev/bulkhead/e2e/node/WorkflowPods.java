package dev.bulkhead.e2e.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What can be done from within the containers of the example tenants: run the program of their image. */
public record WorkflowPods(KubernetesClient admin) {
    /** Label of the pods of workflows; the prober's pods come and go beside them. */
    static final String WORKFLOW = "bulkhead.dev/workflow";

    private static final int PATIENCE_SECONDS = 30;

    /** What a command in a container printed, and its exit code. */
    public record ContainerAnswer(int code, String text) {}

    /** A pod of a workflow that is Ready. */
    public Pod of(String namespace) {
        return admin.pods().inNamespace(namespace).withLabel(WORKFLOW).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no pod is Ready in " + namespace));
    }

    /** Uses database and bucket of the tenant with what was delivered. */
    public ContainerAnswer check(String namespace) {
        return run(of(namespace), "check");
    }

    /** One word: connected, refused, timeout, unreachable. Anything that keeps the attempt from being made is a failure. */
    public String connect(String namespace, String address) {
        ContainerAnswer answer = run(of(namespace), "connect", address);
        if (answer.code() != 0) {
            throw new AssertionError("the attempt on " + address + " was not made: " + answer);
        }
        return answer.text();
    }

    private ContainerAnswer run(Pod pod, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] command = Stream.concat(Stream.of("/workload"), List.of(arguments).stream())
                .toArray(String[]::new);
        try (ExecWatch exec =
                admin.pods().resource(pod).writingOutput(out).writingError(out).exec(command)) {
            int code = exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new ContainerAnswer(
                    code, out.toString(StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(String.join(" ", command) + " did not end: " + out, e);
        }
    }
}
