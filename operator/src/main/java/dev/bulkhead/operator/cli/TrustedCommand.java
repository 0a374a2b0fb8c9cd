package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.Probes;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.kube.BorrowedAccount;
import dev.bulkhead.operator.probe.AccessPicture;
import dev.bulkhead.operator.probe.ApiProbe;
import dev.bulkhead.operator.probe.PlatformAccounts;
import dev.bulkhead.operator.probe.PlatformInventory;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code bulkhead trusted}: who of the platform reaches into all tenants, and the chart's values that accept it. Exit
 * codes: 0 somebody answers for everybody, or the values were printed; 1 not; 2 it could not be found out, wrong usage.
 */
@Command(
        name = "trusted",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = VerifyCommand.UNKNOWN,
        exitCodeOnExecutionException = VerifyCommand.UNKNOWN,
        description = {
            "Lists who of the platform reaches into all tenants, such as a GitOps tool or monitoring, and who answers for it.",
            "With -o values it prints the values that accept them."
        },
        footer = {
            "",
            "Not yet accepted is who was there before Bulkhead; who came later is accepted only when named.",
            "Nobody of a tenant can be accepted: that is a breach.",
            "",
            "Exit codes: 0 somebody answers for everybody, or the values were printed; 1 not; 2 unknown.",
            "",
            "Examples:",
            "  bulkhead trusted",
            "  bulkhead trusted -o values --reason 'part of the platform' \\",
            "      --owner ops@example.com --until 2027-06-30 > trusted.yaml",
            "  bulkhead trusted -o values --reason backup --owner ops@example.com \\",
            "      --until 2027-06-30 velero/velero > trusted.yaml",
            "  helm upgrade bulkhead ... --reuse-values --values trusted.yaml"
        })
public final class TrustedCommand implements Callable<Integer> {
    private enum TrustedOutput {
        table,
        json,
        values
    }

    /** A day as ISO 8601 writes it. */
    static final class Day implements ITypeConverter<LocalDate> {
        @Override
        public LocalDate convert(String value) {
            try {
                return LocalDate.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + value + "' is no day such as 2027-06-30");
            }
        }
    }

    private final Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "ACCOUNT",
            arity = "0..*",
            description =
                    "Only these, for -o values: a user, a group, or NAMESPACE/NAME of a ServiceAccount; with User/, Group/ or"
                            + " ServiceAccount/ before it where several have that name.")
    private List<String> named = List.of();

    @Mixin
    private OperatorNamespace operator = new OperatorNamespace();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private TrustedOutput output = TrustedOutput.table;

    @Option(names = "--reason", description = "Why they may reach in; for -o values.")
    private @Nullable String reason;

    @Option(names = "--owner", description = "Who answers for them; for -o values.")
    private @Nullable String owner;

    @Option(
            names = "--until",
            converter = Day.class,
            description = "Last day on which that counts, such as 2027-06-30; for -o values.")
    private @Nullable LocalDate until;

    /** Wired by hand. */
    public TrustedCommand(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (output == TrustedOutput.values && (isBlank(reason) || isBlank(owner) || until == null)) {
            return failed("-o values needs --reason, --owner and --until: without them an exception is none");
        }
        if (until != null && until.isBefore(today())) {
            return failed("--until " + until + " has passed");
        }
        return Unanswered.ask(
                "trusted needs the Role bulkhead-verify in namespace " + operator.name(), this::failed, this::list);
    }

    private int list(KubernetesClient client) throws OperatorSettings.UnusableSettingsException {
        OperatorSettings settings = ChartSettings.read(client, operator.name()).orElse(null);
        if (settings == null) {
            return failed(ChartSettings.missing(operator.name()));
        }
        PlatformAccounts platform = Probes.platform(settings);
        AccessPicture picture;
        try (KubernetesClient prober =
                BorrowedAccount.borrow(client, operator.name(), "bulkhead-prober", ExternalCalls.unobserved())) {
            picture = ApiProbe.picture(prober, platform);
        }
        TrustedText text = new TrustedText(PlatformInventory.of(picture, platform, today()));
        List<String> unknown = text.unknown(named);
        if (!unknown.isEmpty()) {
            return failed("nobody of the platform who reaches into all tenants is called " + String.join(", ", unknown)
                    + "; 'bulkhead trusted' lists them");
        }
        for (String name : named) {
            List<String> choices = text.choices(name);
            if (!choices.isEmpty()) {
                return failed(name + " may mean " + String.join(" or ", choices) + "; say which");
            }
        }
        PrintWriter out = commandLine().commandLine().getOut();
        PrintWriter err = commandLine().commandLine().getErr();
        switch (output) {
            case table -> out.print(text.table());
            case json -> out.print(text.json());
            case values -> {
                text.accepting(named).forEach(reach -> err.println("accepting " + reach));
                text.impossible()
                        .forEach(who -> err.println("not accepting " + who
                                + ": it is whoever Kubernetes counts to it; bind the accounts instead"));
                text.passedOver(named)
                        .forEach(who ->
                                err.println("not accepting " + who + ", which came later: name it to accept it"));
                out.print(text.values(
                        platform.trusted().stream()
                                .filter(trust -> trust.holds(today()))
                                .toList(),
                        named,
                        new TrustedText.Acceptable(
                                Objects.requireNonNull(reason), Objects.requireNonNull(owner), String.valueOf(until))));
            }
        }
        out.flush();
        err.flush();
        return output == TrustedOutput.values ? 0 : text.exitCode();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private CommandSpec commandLine() {
        return Objects.requireNonNull(spec);
    }

    private int failed(String message) {
        commandLine().commandLine().getErr().println("bulkhead trusted: " + message);
        return VerifyCommand.UNKNOWN;
    }
}
