package dev.bulkhead.operator.cli;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.Probes;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.kube.BorrowedAccount;
import dev.bulkhead.operator.probe.GroundReader;
import dev.bulkhead.operator.probe.Prober;
import dev.bulkhead.operator.probe.TenantRound;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bulkhead verify}: runs every probe of one tenant now and prints each attempt. Exit codes: 0 proven, 1 a breach,
 * 2 unknown, and so is everything that kept it from finding out.
 */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = VerifyCommand.UNKNOWN,
        exitCodeOnExecutionException = VerifyCommand.UNKNOWN,
        description = "Tries to break out of a tenant and into it, now, and prints each attempt.",
        footer = {
            "",
            "Acts as bulkhead-prober, whose token it asks for: the Role bulkhead-verify of the operator's namespace lets it.",
            "Only prints: what status shows is what the prober finds.",
            "",
            "Exit codes: 0 every control that isolates is proven, 1 a way out was open, 2 unknown.",
            "",
            "Examples:",
            "  bulkhead verify klinik-nord",
            "  bulkhead verify klinik-nord -o json"
        })
public final class VerifyCommand implements Callable<Integer> {
    static final int UNKNOWN = 2;

    private enum VerifyOutput {
        table,
        json
    }

    private final Random random;
    private final Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TENANT", description = "Name of the Tenant.")
    private String tenant = "";

    @Mixin
    private OperatorNamespace operator = new OperatorNamespace();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private VerifyOutput output = VerifyOutput.table;

    /** Wired by hand. */
    public VerifyCommand(Random random, Clock clock) {
        this.random = random;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        return Unanswered.ask(
                "verify needs to list Tenants, and the Role bulkhead-verify in namespace " + operator.name(),
                this::failed,
                this::verify);
    }

    private int verify(KubernetesClient client)
            throws OperatorSettings.UnusableSettingsException, InterruptedException {
        List<Tenant> tenants = client.resources(Tenant.class).list().getItems();
        Tenant named = tenants.stream()
                .filter(t -> t.getMetadata().getName().equals(tenant))
                .findFirst()
                .orElse(null);
        if (named == null) {
            return failed("there is no Tenant " + tenant + "; see 'kubectl get tenants'");
        }
        Subject self = Subject.of(named).orElse(null);
        if (self == null) {
            return failed(
                    "Tenant " + tenant + " is not provisioned, or suspended: there is no compartment to attack; see"
                            + " 'kubectl describe tenant " + tenant + "'");
        }
        OperatorSettings settings = ChartSettings.read(client, operator.name()).orElse(null);
        if (settings == null) {
            return failed(ChartSettings.missing(operator.name()));
        }
        List<Subject> others = Prober.sample(
                tenants.stream().flatMap(t -> Subject.of(t).stream()).toList(), self, random);
        PrintWriter err = commandLine().commandLine().getErr();
        err.println("attacking " + tenant + " and, from it, "
                + (others.isEmpty()
                        ? "nobody: there is no other tenant"
                        : String.join(", ", others.stream().map(Subject::tenant).toList())));
        TenantRound.RoundFound found;
        // The attacks are the prober's own, with its rights and no more.
        try (KubernetesClient prober =
                        BorrowedAccount.borrow(client, operator.name(), "bulkhead-prober", ExternalCalls.unobserved());
                Probes probes = new Probes(prober, settings, Duration.ZERO, ExternalCalls.unobserved())) {
            found = new TenantRound(
                            probes.all(),
                            new GroundReader(prober, clock),
                            settings.prober().validity(),
                            clock)
                    .run(self, others, clock.instant(), trial -> {
                        err.println(VerifyText.progress(trial));
                        err.flush();
                    });
        }
        VerifyText text = new VerifyText(tenant, found);
        PrintWriter out = commandLine().commandLine().getOut();
        out.print(output == VerifyOutput.json ? text.json() : text.table());
        out.flush();
        return text.exitCode();
    }

    private CommandSpec commandLine() {
        return Objects.requireNonNull(spec);
    }

    private int failed(String message) {
        commandLine().commandLine().getErr().println("bulkhead verify: " + message);
        return UNKNOWN;
    }
}
