package dev.bulkhead.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a written object came back with that was not written: admission of the platform changed it on its way in. Labels and
 * annotations that somebody adds open nothing and are no change. Of a Deployment a field that nobody here knows is none
 * either, for a newer API server fills it in; what today's servers fill in is planned, so that every other field more is one.
 */
@Pure
final class AdmissionChanges {
    /** How many are named. */
    private static final int NAMED = 3;

    private static final Pattern MARKS = Pattern.compile("(spec\\.template\\.)?metadata\\.(labels|annotations)");

    private final boolean valuesTold;
    private final List<String> changes = new ArrayList<>();

    private AdmissionChanges(boolean valuesTold) {
        this.valuesTold = valuesTold;
    }

    /**
     * Each change as people read it, such as {@code spec.hard.pods is 1k instead of 15}: the first three, and how many more
     * there are. Values stand there where they are amounts; elsewhere they can be anything.
     */
    static List<String> of(HasMetadata planned, HasMetadata answer) {
        if (planned instanceof Namespace wanted && answer instanceof Namespace there) {
            return named(NamespaceLabels.compare(wanted, there).differing().stream()
                    .map(key -> "metadata: " + key)
                    .toList());
        }
        AdmissionChanges found =
                new AdmissionChanges(planned instanceof ResourceQuota || planned instanceof LimitRange);
        found.compare(
                "",
                ObjectForm.normalise(planned),
                planned instanceof Deployment ? ObjectForm.normaliseKnown(answer) : ObjectForm.normalise(answer));
        return named(found.changes);
    }

    private static List<String> named(List<String> changes) {
        if (changes.size() <= NAMED) {
            return List.copyOf(changes);
        }
        List<String> first = new ArrayList<>(changes.subList(0, NAMED));
        first.add((changes.size() - NAMED) + " more");
        return List.copyOf(first);
    }

    private void compare(String path, JsonNode planned, JsonNode answer) {
        if (planned.equals(answer) || sameAmount(planned, answer)) {
            return;
        }
        if (planned instanceof ObjectNode && answer instanceof ObjectNode) {
            TreeSet<String> names = new TreeSet<>();
            planned.fieldNames().forEachRemaining(names::add);
            answer.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                String inside = path.isEmpty() ? name : path + "." + name;
                if (planned.has(name)) {
                    compare(inside, planned.path(name), answer.path(name));
                } else {
                    added(inside, answer.path(name));
                }
            }
        } else if (planned instanceof ArrayNode && answer instanceof ArrayNode && planned.size() == answer.size()) {
            for (int i = 0; i < planned.size(); i++) {
                compare(path + "[" + i + "]", planned.path(i), answer.path(i));
            }
        } else {
            changes.add(told(path, planned, answer));
        }
    }

    private void added(String path, JsonNode more) {
        if (!MARKS.matcher(path).lookingAt()) {
            changes.add(told(path, MissingNode.getInstance(), more));
        }
    }

    private String told(String path, JsonNode planned, JsonNode answer) {
        if (answer.isMissingNode()) {
            return path + " is gone";
        }
        if (!valuesTold || !path.startsWith("spec.") || !answer.isValueNode()) {
            return path;
        }
        return path + " is " + answer.asText()
                + (planned.isValueNode() && !planned.isMissingNode() ? " instead of " + planned.asText() : "");
    }

    /** {@code 1} and {@code 1000m}, {@code 15} and the number 15. */
    private static boolean sameAmount(JsonNode planned, JsonNode answer) {
        if (!planned.isValueNode() || !answer.isValueNode()) {
            return false;
        }
        return planned.asText().equals(answer.asText())
                || (isAmount(planned)
                        && isAmount(answer)
                        && Quantity.parse(planned.asText())
                                        .getNumericalAmount()
                                        .compareTo(
                                                Quantity.parse(answer.asText()).getNumericalAmount())
                                == 0);
    }

    private static boolean isAmount(JsonNode node) {
        return node.asText().matches("[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");
    }
}
