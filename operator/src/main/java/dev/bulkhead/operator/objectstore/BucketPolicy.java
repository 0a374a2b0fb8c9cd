package dev.bulkhead.operator.objectstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A bucket policy as planned.
 *
 * @param statements at least one
 */
public record BucketPolicy(List<PolicyStatement> statements) {
    private static final String VERSION = "2012-10-17";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Refuses an empty policy: servers do, too. */
    public BucketPolicy {
        statements = List.copyOf(statements);
        if (statements.isEmpty()) {
            throw new IllegalArgumentException("a bucket policy has at least one statement");
        }
    }

    /** The document, on one line. */
    public String json() {
        try {
            return JSON.writeValueAsString(tree());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of text and lists can always be written", e);
        }
    }

    /** The document, one statement a line, for people. */
    public String text() {
        StringBuilder text = new StringBuilder("{\"Version\":\"" + VERSION + "\",\"Statement\":[");
        String separator = "\n ";
        for (PolicyStatement statement : statements) {
            text.append(separator).append(tree(statement));
            separator = ",\n ";
        }
        return text.append("]}").toString();
    }

    ObjectNode tree() {
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.put("Version", VERSION);
        ArrayNode list = policy.putArray("Statement");
        statements.forEach(statement -> list.add(tree(statement)));
        return policy;
    }

    private static ObjectNode tree(PolicyStatement statement) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("Sid", statement.sid());
        node.put("Effect", statement.effect().name());
        if (statement.principals().equals(List.of(PolicyStatement.EVERYBODY))) {
            node.put("Principal", PolicyStatement.EVERYBODY);
        } else {
            strings(node.putObject("Principal").putArray("AWS"), statement.principals());
        }
        if (statement.actions().size() == 1) {
            node.put("Action", statement.actions().getFirst());
        } else {
            strings(node.putArray("Action"), statement.actions());
        }
        strings(node.putArray("Resource"), statement.resources());
        PolicyStatement.PolicyCondition condition = statement.condition();
        if (condition != null) {
            ObjectNode keys = node.putObject("Condition").putObject(condition.operator());
            if (condition.values().size() == 1) {
                keys.put(condition.key(), condition.values().getFirst());
            } else {
                strings(keys.putArray(condition.key()), condition.values());
            }
        }
        return node;
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
