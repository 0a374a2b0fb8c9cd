package dev.bulkhead.operator.cli;

import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.api.v1beta1.JobStatus.StepStatus;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.RotationSpec.Trigger;
import dev.bulkhead.api.v1beta1.Tenant;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bulkhead rotate}: makes a Rotation and, if asked, waits for it. Exit codes: 0 made, or done with {@code --wait};
 * 1 it failed or could not be made; 2 wrong usage.
 */
@Command(
        name = "rotate",
        mixinStandardHelpOptions = true,
        description = "Exchanges a tenant's credentials and keys: the new one works before the old one goes.",
        footer = {
            "",
            "What happens, and what to do when it hangs: docs/operations.md.",
            "",
            "Exit codes: 0 made, or with --wait done; 1 it failed or could not be made; 2 wrong usage.",
            "",
            "Examples:",
            "  bulkhead rotate klinik-nord --wait",
            "  bulkhead rotate klinik-nord --what database,object-store",
            "  bulkhead rotate klinik-nord --at-once --reason 'a laptop was stolen'"
        })
public final class RotateCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TENANT", description = "Name of the Tenant.")
    private String tenant = "";

    @Option(
            names = "--what",
            split = ",",
            paramLabel = "WHAT",
            description = "Some of database, object-store, tenant-key, sealing-key; all without it.")
    private List<String> what = new ArrayList<>();

    @Option(
            names = "--at-once",
            description =
                    "Shut the old one as soon as the new one is delivered: sessions and pods that still use it fail.")
    private boolean atOnce;

    @Option(names = "--reason", description = "Why; kept in the Rotation.")
    private @Nullable String reason;

    @Option(names = "--wait", description = "Wait until it is done, and print each step.")
    private boolean wait;

    /** Names Rotations by this clock. */
    public RotateCommand(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Rotatable> parts = new ArrayList<>();
        for (String name : what) {
            Rotatable part = Rotatable.of(name);
            if (part == null) {
                return failed(2, "'" + name + "' cannot be exchanged; name some of " + Rotatable.allSpelled());
            }
            if (!parts.contains(part)) {
                parts.add(part);
            }
        }
        return Unanswered.ask(
                "rotate needs to read Tenants and to create Rotations, as the ClusterRole bulkhead-platform-admin may",
                why -> failed(1, why),
                client -> rotate(client, parts));
    }

    private int rotate(KubernetesClient client, List<Rotatable> parts) throws InterruptedException {
        if (client.resources(Tenant.class).withName(tenant).get() == null) {
            return failed(1, "there is no Tenant " + tenant + "; see 'kubectl get tenants'");
        }
        Rotation rotation = new Rotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(tenant + "-" + STAMP.format(clock.instant()))
                .build());
        rotation.setSpec(new RotationSpec(tenant, parts, atOnce, Trigger.Person, reason));
        Rotation made = client.resource(rotation).create();
        String name = made.getMetadata().getName();
        out().println("rotation " + name + " made");
        out().flush();
        if (!wait) {
            out().println("see 'kubectl get rotation " + name + "'");
            return 0;
        }
        return follow(client, name);
    }

    private int follow(KubernetesClient client, String name) throws InterruptedException {
        Set<String> printed = new HashSet<>();
        while (true) {
            Rotation now = client.resources(Rotation.class).withName(name).get();
            if (now == null) {
                return failed(1, "Rotation " + name + " was deleted; what it had begun is not undone");
            }
            JobStatus status = now.getStatus();
            if (status != null) {
                status.steps().forEach(step -> print(step, printed));
                if (status.phase() == JobPhase.Pending && printed.add("pending")) {
                    out().println(status.message());
                }
                out().flush();
                if (status.phase() == JobPhase.Succeeded) {
                    out().println("done, " + status.progress() + " steps");
                    return 0;
                }
                if (status.phase() == JobPhase.Failed) {
                    return failed(1, "Rotation " + name + ": " + status.message());
                }
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private void print(StepStatus step, Set<String> printed) {
        String line = step.state() == StepState.Done
                ? step.name() + ": done"
                : step.state() == StepState.Running && step.message() != null
                        ? step.name() + ": " + step.message()
                        : null;
        if (line != null && printed.add(line)) {
            out().println(line);
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    private int failed(int code, String message) {
        Objects.requireNonNull(spec).commandLine().getErr().println("bulkhead rotate: " + message);
        return code;
    }
}
