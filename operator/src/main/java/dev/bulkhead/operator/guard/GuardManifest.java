package dev.bulkhead.operator.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;

/**
 * One request to the API server that a guard must refuse, or must let pass.
 *
 * @param guard number of the guard, such as {@code 1}, or {@value #POD_SECURITY}
 * @param policy name of the admission policy, or of the admission plugin
 * @param expectation what the guard has to do
 * @param name what the request tries, in words joined by hyphens; unique within its policy and expectation
 * @param purpose the same as a sentence
 * @param method of HTTP
 * @param path on the API server, without {@code dryRun}
 * @param body as YAML; empty for none
 */
public record GuardManifest(
        String guard,
        String policy,
        Expectation expectation,
        String name,
        String purpose,
        String method,
        String path,
        String body) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What Kubernetes itself refuses, before any guard is asked: the level {@code restricted} of Pod Security. */
    public static final String POD_SECURITY = "pod-security";

    /** The admission plugin that does so. */
    public static final String POD_SECURITY_PLUGIN = "PodSecurity";

    private static final String ONLY_WARNS = "bulkhead-literal-secrets";
    private static final List<String> CONNECTIONS = List.of("/exec", "/attach", "/portforward", "/proxy");

    /** What a guard has to do with a request. */
    public enum Expectation {
        /** Refuse it; a guard that only warns has to warn. */
        REFUSE,
        /** Let it pass, without a word. */
        PASS
    }

    /**
     * Reads a manifest.
     *
     * @param place {@code <guard>-<policy without bulkhead->/<refuse|pass>/<name>.yaml}, or {@value #POD_SECURITY} in
     *     the place of guard and policy
     * @param text one comment line with the purpose, one with method and path, and the body
     * @throws IllegalArgumentException when it is not written like that
     */
    static GuardManifest parse(String place, String text) {
        String[] parts = place.split("/", -1);
        String[] lines = text.split("\n", 3);
        if (parts.length != 3 || lines.length < 2 || !lines[0].startsWith("# ") || !lines[1].startsWith("# ")) {
            throw new IllegalArgumentException(
                    place + " must begin with a comment line that says what it tries, and one with method and path");
        }
        String[] request = lines[1].substring(2).split(" ", 2);
        int dash = parts[0].indexOf('-');
        boolean podSecurity = parts[0].equals(POD_SECURITY);
        return new GuardManifest(
                podSecurity ? POD_SECURITY : Integer.toString(Integer.parseInt(parts[0].substring(0, dash))),
                podSecurity ? POD_SECURITY_PLUGIN : "bulkhead" + parts[0].substring(dash),
                "refuse".equals(parts[1]) ? Expectation.REFUSE : Expectation.PASS,
                parts[2].replace(".yaml", ""),
                lines[0].substring(2),
                request[0],
                request[1],
                lines.length < 3 ? "" : lines[2]);
    }

    /** The same request about a namespace and its tenant: {@code ${name}} is replaced by the value of that name. */
    GuardManifest with(Map<String, String> values) {
        String target = path;
        String text = body;
        for (Map.Entry<String, String> value : values.entrySet()) {
            target = target.replace("${" + value.getKey() + "}", value.getValue());
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        return new GuardManifest(guard, policy, expectation, name, purpose, method, target, text);
    }

    /** The words by which a refusal, or a warning, is known to be its own guard's. */
    String signature() {
        return policy.equals(POD_SECURITY_PLUGIN)
                ? "violates PodSecurity \"restricted:"
                : "ValidatingAdmissionPolicy '" + policy + "'";
    }

    /** Whether its guard only warns and refuses nothing; of any other guard a warning is not enough. */
    public boolean onlyWarned() {
        return policy.equals(ONLY_WARNS);
    }

    /** Whether it opens a connection. Such a request knows no dry run; it goes to an object that is not there. */
    boolean connects() {
        String resource = path.split("\\?", 2)[0];
        return CONNECTIONS.stream().anyMatch(resource::endsWith);
    }

    /** The path that leaves nothing behind. */
    String dryPath() {
        return connects() ? path : path + (path.contains("?") ? "&" : "?") + "dryRun=All";
    }

    /** The body as JSON; empty for none. */
    String json() {
        try {
            JsonNode tree = YAML.readTree(body);
            return tree == null || tree.isMissingNode() || tree.isNull() ? "" : JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(policy + "/" + name + " is not YAML", e);
        }
    }

    /** Media type of the body: a patch is what its path or its form says. */
    String mediaType() {
        if (!"PATCH".equals(method)) {
            return "application/json";
        }
        if (path.contains("fieldManager=")) {
            return "application/apply-patch+yaml";
        }
        return json().startsWith("[") ? "application/json-patch+json" : "application/merge-patch+json";
    }

    @Override
    public String toString() {
        return policy + " " + expectation + " " + name;
    }
}
