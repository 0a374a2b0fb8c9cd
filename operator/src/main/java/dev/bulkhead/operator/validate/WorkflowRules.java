package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Reason;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Workflows: their names, images, probes, and the Secrets they are given. */
final class WorkflowRules {
    private static final int NAME_LONGEST = 40;
    private static final int LOWEST_PORT = 1024;
    private static final int HIGHEST_PORT = 65535;
    private static final int MOST_REPLICAS = 100;
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    private static final String OURS = "bulkhead-";

    private WorkflowRules() {}

    static void check(TenantSpec spec, Findings findings) {
        Set<String> namespaces =
                spec.namespaces().stream().map(n -> String.valueOf(n.name())).collect(Collectors.toSet());
        findings.distinct(
                "spec.workflows",
                spec.workflows().stream().map(w -> String.valueOf(w.name())).toList());
        for (Workflow workflow : spec.workflows()) {
            String subject = "spec.workflows[" + workflow.name() + "]";
            if (!Text.label(workflow.name(), NAME_LONGEST) || workflow.name().contains("--")) {
                findings.add(
                        Reason.InvalidName,
                        "spec.workflows[" + Quoted.of(workflow.name()) + "].name",
                        "must be 1 to " + NAME_LONGEST + " lower-case letters, digits and single '-'");
            }
            if (!namespaces.contains(String.valueOf(workflow.namespace()))) {
                findings.add(
                        Reason.InvalidSpec,
                        subject + ".namespace",
                        Quoted.of(workflow.namespace()) + " is none of spec.namespaces; add it there or name another");
            }
            image(workflow, subject, findings);
            amounts(workflow, subject, findings);
            probe(workflow, workflow.readinessProbe(), subject + ".readinessProbe", findings);
            probe(workflow, workflow.livenessProbe(), subject + ".livenessProbe", findings);
            environment(workflow, subject, findings);
            secrets(spec, workflow, subject, findings);
        }
    }

    private static void image(Workflow workflow, String subject, Findings findings) {
        if (findings.given(subject + ".image", workflow.image()) && !Text.image(workflow.image())) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + ".image",
                    Quoted.of(workflow.image()) + " must be an image such as registry.example/name@sha256: and 64"
                            + " digits, or with a tag instead");
        }
    }

    private static void amounts(Workflow workflow, String subject, Findings findings) {
        if (workflow.replicas() < 0 || workflow.replicas() > MOST_REPLICAS) {
            findings.add(Reason.InvalidSpec, subject + ".replicas", "must be 0 to " + MOST_REPLICAS);
        }
        if (workflow.port() != null && (workflow.port() < LOWEST_PORT || workflow.port() > HIGHEST_PORT)) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + ".port",
                    workflow.port() + " must be " + LOWEST_PORT + " to " + HIGHEST_PORT
                            + "; the container runs without privileges");
        }
        if (workflow.resources() != null) {
            positive(subject + ".resources.cpu", workflow.resources().cpu(), findings);
            positive(subject + ".resources.memory", workflow.resources().memory(), findings);
        }
    }

    private static void positive(String subject, @Nullable String text, Findings findings) {
        BigDecimal amount = Quantities.parse(text);
        if (amount == null || amount.signum() == 0) {
            findings.add(
                    Reason.InvalidSpec,
                    subject,
                    Quoted.of(text) + " must be a quantity such as 250m or 256Mi, more than zero");
        }
    }

    private static void probe(
            Workflow workflow, Workflow.@Nullable ContainerProbe probe, String subject, Findings findings) {
        if (probe == null) {
            return;
        }
        boolean tcp = Boolean.TRUE.equals(probe.tcp());
        long ways = Stream.of(probe.httpPath() != null, tcp, probe.exec() != null)
                .filter(w -> w)
                .count();
        if (ways != 1) {
            findings.add(Reason.InvalidSpec, subject, "give exactly one of httpPath, tcp: true and exec");
        }
        if ((probe.httpPath() != null || tcp) && workflow.port() == null) {
            findings.add(Reason.InvalidSpec, subject, "asks over the network, so the workflow needs port");
        }
    }

    private static void environment(Workflow workflow, String subject, Findings findings) {
        findings.distinct(
                subject + ".env",
                workflow.env().stream().map(v -> String.valueOf(v.name())).toList());
        for (Workflow.EnvVar variable : workflow.env()) {
            String place = subject + ".env[" + Quoted.of(variable.name()) + "]";
            if (variable.name() == null || !VARIABLE.matcher(variable.name()).matches()) {
                findings.add(Reason.InvalidSpec, place, "must be letters, digits and '_', and not begin with a digit");
            }
            if ((variable.value() == null) == (variable.secretKeyRef() == null)) {
                findings.add(Reason.InvalidSpec, place, "give either value or secretKeyRef");
            }
        }
    }

    private static void secrets(TenantSpec spec, Workflow workflow, String subject, Findings findings) {
        findings.distinct(subject + ".secrets", workflow.secrets());
        findings.distinct(subject + ".imagePullSecrets", workflow.imagePullSecrets());
        Stream.of(
                        workflow.secrets().stream(),
                        workflow.env().stream()
                                .map(Workflow.EnvVar::secretKeyRef)
                                .filter(r -> r != null)
                                .map(r -> String.valueOf(r.name())))
                .flatMap(s -> s)
                .distinct()
                .forEach(name -> secret(spec, workflow, name, subject, findings));
        workflow.imagePullSecrets().stream()
                .filter(n -> !Text.object(n) || n.startsWith(OURS))
                .forEach(n -> findings.add(
                        Reason.InvalidSpec,
                        subject + ".imagePullSecrets",
                        Quoted.of(n) + " is no TenantSecret of type dockerconfigjson; name one"));
    }

    private static void secret(TenantSpec spec, Workflow workflow, String name, String subject, Findings findings) {
        PartId part = BackedParts.all().stream()
                .filter(p -> name.equals(OURS + p.label()))
                .findFirst()
                .orElse(null);
        List<String> delivered =
                part == null ? List.of() : BackedParts.request(spec, part).deliverTo();
        if (!Text.object(name)) {
            findings.add(Reason.InvalidSpec, subject + ".secrets", Quoted.of(name) + " cannot be the name of a Secret");
        } else if (name.startsWith(OURS) && !delivered.contains(String.valueOf(workflow.namespace()))) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + ".secrets",
                    part != null
                            ? Quoted.of(name) + " is not delivered into the workflow's namespace; add "
                                    + Quoted.of(workflow.namespace()) + " to spec." + part + ".deliverTo"
                            : Quoted.of(name) + " belongs to the operator; workflows get "
                                    + BackedParts.all().stream()
                                            .map(p -> OURS + p.label())
                                            .collect(Collectors.joining(", "))
                                    + " and TenantSecrets");
        }
    }
}
