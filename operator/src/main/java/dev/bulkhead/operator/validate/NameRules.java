package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.ApiGroup;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names that become namespace names. The CRD refuses the same; said again here because a Tenant may come from a file or
 * from before a rule, and a name must be safe wherever it goes.
 */
final class NameRules {
    private static final Pattern TENANT = Pattern.compile("[a-z]([a-z0-9-]*[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile(ApiGroup.LABEL);
    private static final int TENANT_SHORTEST = 3;
    private static final int TENANT_LONGEST = 40;
    private static final int NAMESPACE_LONGEST = 21; // with the longest tenant 63 together, as Kubernetes allows

    private static final String SEPARATOR = "--";
    private static final Set<String> RESERVED = Set.of(
            "default",
            "kube",
            "kube-system",
            "kube-public",
            "kube-node-lease",
            "bulkhead",
            "bulkhead-system",
            "public",
            "postgres",
            "information-schema");

    private NameRules() {}

    static void check(@Nullable String tenant, List<TenantSpec.NamespaceRequest> namespaces, Findings findings) {
        String name = tenant == null ? "" : tenant;
        tenant(name, findings);
        if (namespaces.isEmpty()) {
            findings.add(Reason.InvalidSpec, "spec.namespaces", "is empty; a tenant needs at least one namespace");
        }
        for (TenantSpec.NamespaceRequest namespace : namespaces) {
            namespace(namespace.name(), findings);
        }
        findings.distinct(
                "spec.namespaces",
                namespaces.stream().map(n -> String.valueOf(n.name())).toList());
    }

    private static void tenant(String name, Findings findings) {
        if (name.length() < TENANT_SHORTEST
                || name.length() > TENANT_LONGEST
                || !TENANT.matcher(name).matches()
                || name.contains(SEPARATOR)) {
            findings.add(
                    Reason.InvalidName,
                    "metadata.name",
                    Quoted.of(name) + " must be " + TENANT_SHORTEST + " to " + TENANT_LONGEST
                            + " characters of a-z, 0-9 and single '-', begin with a letter and not end with '-'; it"
                            + " becomes the first half of every namespace name. Create the Tenant under another name");
        } else if (RESERVED.contains(name) || name.startsWith("kube-") || name.startsWith("pg-")) {
            findings.add(
                    Reason.InvalidName,
                    "metadata.name",
                    Quoted.of(name) + " is reserved; choose a name of the customer");
        }
    }

    private static void namespace(@Nullable String name, Findings findings) {
        String subject = "spec.namespaces[" + Quoted.of(name) + "].name";
        if (name == null || name.isEmpty()) {
            findings.add(Reason.InvalidName, "spec.namespaces[].name", "is missing; every namespace needs a name");
        } else if (name.length() > NAMESPACE_LONGEST || !LABEL.matcher(name).matches() || name.contains(SEPARATOR)) {
            findings.add(
                    Reason.InvalidName,
                    subject,
                    "must be 1 to " + NAMESPACE_LONGEST + " characters of a-z, 0-9 and single '-', and begin and end"
                            + " with a letter or digit; it becomes the second half of the namespace's name");
        }
    }
}
