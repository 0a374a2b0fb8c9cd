package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantNamespace;
import io.fabric8.kubernetes.api.model.Namespace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the labels of all namespaces of the cluster say about one tenant. Pure. */
final class NamespaceTrials {
    private static final String UNMARKED = "a namespace of the tenant has lost its marks";
    private static final String FOREIGN = "a namespace that is not the tenant's passes for it";
    private static final String LEFT_BEHIND = "a namespace that the Tenant does not name any more passes for it";
    private static final String UNRESTRICTED = "a namespace of the tenant takes pods that are not restricted";
    private static final String LOOKS = "guards and network policies";
    private static final String ENFORCE = "pod-security.kubernetes.io/enforce";

    private final Subject self;
    private final List<Namespace> all;

    private NamespaceTrials(Subject self, List<Namespace> all) {
        this.self = self;
        this.all =
                all.stream().sorted(Comparator.comparing(NamespaceTrials::name)).toList();
    }

    /**
     * The trials.
     *
     * @param all namespaces of the cluster
     * @param podSecurityVersion that pods of tenants are held to
     */
    static List<Trial> of(Subject self, List<Namespace> all, String podSecurityVersion) {
        NamespaceTrials look = new NamespaceTrials(self, all);
        Map<String, String> marks = Marks.of(self.tenant(), self.identity());
        Map<String, String> restricted = Map.of(ENFORCE, "restricted", ENFORCE + "-version", podSecurityVersion);
        List<Trial> trials = new ArrayList<>();
        for (TenantNamespace namespace : self.namespaces()) {
            trials.add(look.labelled(Control.TI_NS, UNMARKED, namespace, marks));
            trials.add(look.labelled(Control.TI_POD, UNRESTRICTED, namespace, restricted));
        }
        trials.addAll(look.foreign());
        return trials;
    }

    /** Whether a namespace of the tenant carries these labels. */
    private Trial labelled(Control control, String name, TenantNamespace namespace, Map<String, String> wanted) {
        String target = "namespace " + namespace;
        Attempt attack = all.stream()
                .filter(found -> name(found).equals(namespace.fullName()))
                .findFirst()
                .map(found -> differences(found, wanted))
                .map(wrong -> wrong.isEmpty()
                        ? Attempt.refused(LOOKS, target, "labelled as planned")
                        : Attempt.succeeded(LOOKS, target, wrong))
                .orElseGet(() -> Attempt.broken(LOOKS, target, "there is no such namespace"));
        return new Trial(control, name, TrialKind.Weakness, attack, otherwise(wanted));
    }

    /** The same look has to tell the tenant's namespaces from those of the cluster. */
    private Attempt otherwise(Map<String, String> wanted) {
        Optional<Namespace> other = all.stream()
                .filter(namespace -> !own(namespace))
                .filter(namespace -> !differences(namespace, wanted).isEmpty())
                .findFirst();
        return other.isPresent()
                ? Attempt.succeeded(LOOKS, "namespace " + name(other.get()), "seen to be labelled otherwise")
                : Attempt.broken(LOOKS, "other namespaces", "none was read that is labelled otherwise");
    }

    /** One trial for each namespace that carries the tenant's identity without being its own, or one that says none does. */
    private List<Trial> foreign() {
        List<Namespace> marked = all.stream()
                .filter(namespace -> self.identity().value().equals(Marks.label(namespace, Marks.IDENTITY)))
                .toList();
        Attempt check = marked.stream().anyMatch(this::own)
                ? Attempt.succeeded(LOOKS, "namespaces of " + self.tenant(), "found by the same label")
                : Attempt.broken(LOOKS, "namespaces of " + self.tenant(), "not found by the same label");
        List<Trial> trials = marked.stream()
                .filter(namespace -> !own(namespace))
                .map(namespace -> foreign(namespace, check))
                .toList();
        Attempt none = Attempt.refused(LOOKS, "all other namespaces", all.size() + " namespaces looked at");
        return trials.isEmpty() ? List.of(new Trial(Control.TI_NS, FOREIGN, TrialKind.OpenWay, none, check)) : trials;
    }

    /** By its name alone one of the same tenant, from before it was adopted, opens no way to anybody else. */
    private Trial foreign(Namespace namespace, Attempt check) {
        boolean leftBehind = name(namespace).startsWith(self.tenant() + "--");
        return new Trial(
                Control.TI_NS,
                leftBehind ? LEFT_BEHIND : FOREIGN,
                leftBehind ? TrialKind.Weakness : TrialKind.OpenWay,
                Attempt.succeeded(
                        LOOKS,
                        "namespace " + name(namespace),
                        Marks.IDENTITY + " is " + self.identity().value()),
                check);
    }

    private boolean own(Namespace namespace) {
        return self.namespaces().stream().anyMatch(own -> own.fullName().equals(name(namespace)));
    }

    /** Such as {@code pod-security.kubernetes.io/enforce is missing}; empty when every label is as wanted. */
    private static String differences(Namespace namespace, Map<String, String> wanted) {
        return new TreeMap<>(wanted)
                .entrySet().stream()
                        .filter(label -> !label.getValue().equals(Marks.label(namespace, label.getKey())))
                        .map(label -> label.getKey()
                                + Optional.ofNullable(Marks.label(namespace, label.getKey()))
                                        .map(found -> " is " + found + ", not " + label.getValue())
                                        .orElse(" is missing"))
                        .collect(Collectors.joining(", "));
    }

    private static String name(Namespace namespace) {
        return Objects.requireNonNull(namespace.getMetadata().getName());
    }
}
