package dev.bulkhead.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.settings.OperatorSettings;
import dev.bulkhead.operator.validate.Adoption;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.Validation;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bulkhead plan}: prints what Tenants become, from files alone; talks to nobody and changes nothing. Exit codes:
 * 0 planned, 1 a Tenant is not valid or a file cannot be read, 2 wrong usage.
 */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Prints what a Tenant becomes (objects, SQL, bucket settings) without touching anything.",
        footer = {
            "",
            "Profiles, DatabaseServers and ObjectStores are taken from the same files. The shipped profiles need not be"
                    + " given; backends that are not given are made up.",
            "",
            "Exit codes: 0 planned, 1 a Tenant is not valid or a file cannot be read, 2 wrong usage.",
            "",
            "Examples:",
            "  bulkhead plan -f tenant.yaml",
            "  bulkhead plan -f examples/ -f examples/backends/production.yaml -o json"
        })
public final class PlanCommand implements Callable<Integer> {
    /** The ranges most clusters are set up with; a plan for a real one is made with its own configuration. */
    private static final PlatformSettings USUAL = new PlatformSettings(
            "bulkhead-system",
            "v1.35",
            List.of("10.244.0.0/16"),
            List.of("10.96.0.0/12"),
            List.of("192.168.0.0/16"),
            "kube-system",
            Map.of("k8s-app", "kube-dns"));

    private final InputStream stdin;
    private final Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE",
            description = "YAML file or directory, '-' for standard input. May be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The operator's configuration, for the platform's address ranges (default: usual ones).")
    private @Nullable Path config;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Default: ${DEFAULT-VALUE}.")
    private PlanOutput output = PlanOutput.text;

    enum PlanOutput {
        text,
        json
    }

    /** Wired by hand. */
    public PlanCommand(InputStream stdin, Clock clock) {
        this.stdin = stdin;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        try {
            PlanInput input = PlanInput.read(files, stdin);
            if (input.tenants().isEmpty()) {
                throw new PlanInput.UnusableInputException("no Tenant in " + files);
            }
            PlatformSettings settings = config == null
                    ? USUAL
                    : OperatorSettings.read(config, USUAL.operatorNamespace()).platform();
            List<PlanText> plans = new ArrayList<>();
            boolean valid = true;
            for (Tenant tenant : input.identified()) {
                switch (validate(tenant, input, settings)) {
                    case Validation.Valid planned ->
                        plans.add(Compartment.toRead()
                                .plan(planned.tenant(), prepared(planned.tenant(), settings))
                                .text());
                    case Validation.Invalid invalid -> {
                        valid = false;
                        invalid.findings()
                                .forEach(f -> err.println("Tenant "
                                        + tenant.getMetadata().getName() + ": " + f.reason() + ": " + f.text()));
                    }
                }
            }
            print(plans);
            return valid ? 0 : 1;
        } catch (PlanInput.UnusableInputException | OperatorSettings.UnusableSettingsException e) {
            err.println("plan: " + e.getMessage());
            return 1;
        }
    }

    private Validation validate(Tenant tenant, PlanInput input, PlatformSettings settings)
            throws PlanInput.UnusableInputException {
        if (tenant.getSpec() == null) {
            throw new PlanInput.UnusableInputException(
                    "Tenant " + tenant.getMetadata().getName() + " has no spec");
        }
        TenantProfile profile =
                input.profile(Objects.requireNonNullElse(tenant.getSpec().profile(), ""));
        return TenantValidator.validate(
                tenant,
                new Surroundings(
                        profile == null ? null : profile.getSpec(),
                        input.backendsFor(tenant),
                        Placement.NONE,
                        settings,
                        Adoption.NONE,
                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC),
                        false));
    }

    /** With what the newest known servers can do: nobody is asked. */
    private static Prepared prepared(ValidTenant tenant, PlatformSettings settings) {
        return new Prepared(settings, Slots.FIRST, new SealingKey(1, PlanText.LATER), Compartment.documented(tenant));
    }

    private void print(List<PlanText> plans) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        switch (output) {
            case text -> plans.forEach(plan -> out.print(plan.text()));
            case json -> {
                ObjectMapper mapper = new ObjectMapper();
                ArrayNode all = mapper.createArrayNode();
                plans.forEach(plan -> all.add(plan.json()));
                try {
                    out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(all));
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException("a tree is always JSON", e);
                }
            }
        }
        out.flush();
    }
}
