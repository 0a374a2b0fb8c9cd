package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.TenantNamespace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a workflow was given: a pod keeps the variables it started with, so a change of them needs new pods. */
final class Given {
    private static final String MISSING = "missing";

    private Given() {}

    static SortedSet<GivenSecret> to(Workflow workflow, TenantNamespace namespace) {
        SortedSet<GivenSecret> secrets = new TreeSet<>();
        for (String name : workflow.secrets()) {
            secrets.add(new GivenSecret(namespace, name));
        }
        for (Workflow.EnvVar variable : workflow.env()) {
            Workflow.SecretKeyRef reference = variable.secretKeyRef();
            if (reference != null) {
                secrets.add(new GivenSecret(namespace, reference.name()));
            }
        }
        return secrets;
    }

    /** Changes when one of the fingerprints does; empty when the workflow is given nothing. */
    static String fingerprint(Workflow workflow, TenantNamespace namespace, Map<GivenSecret, String> fingerprints) {
        SortedSet<GivenSecret> secrets = to(workflow, namespace);
        if (secrets.isEmpty()) {
            return "";
        }
        String lines = secrets.stream()
                .map(secret -> secret.name() + "=" + fingerprints.getOrDefault(secret, MISSING) + "\n")
                .collect(Collectors.joining());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
