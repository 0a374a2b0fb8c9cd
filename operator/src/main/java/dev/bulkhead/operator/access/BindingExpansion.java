package dev.bulkhead.operator.access;

import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every binding of the cluster, resolved: who may do what in a namespace. A SubjectAccessReview answers for one person
 * that somebody thought of; this names those nobody thought of. It knows RBAC only: a webhook that authorizes on its
 * own is seen by the reviews, not here.
 *
 * <p>A binding to a role that does not exist gives nothing, and a subject is as the binding names it: who is in a group
 * only the identity provider knows.
 */
@Pure
public final class BindingExpansion {
    private static final Comparator<HasMetadata> BY_NAME =
            Comparator.comparing(o -> o.getMetadata().getName());

    private final Map<String, List<Grant>> byNamespace = new TreeMap<>();
    private final List<Grant> everywhere = new ArrayList<>();

    private BindingExpansion() {}

    /** Resolves all of them. */
    public static BindingExpansion of(
            Collection<Role> roles,
            Collection<ClusterRole> clusterRoles,
            Collection<RoleBinding> bindings,
            Collection<ClusterRoleBinding> clusterBindings) {
        Map<String, List<PolicyRule>> rules = new HashMap<>();
        roles.forEach(role -> rules.put(key(role.getMetadata().getNamespace(), role), present(role.getRules())));
        clusterRoles.forEach(role -> rules.put(key("", role), present(role.getRules())));
        Map<String, Rights> everywhere = new HashMap<>(); // once for each role, however many bind it
        Map<String, Rights> within = new HashMap<>();
        BindingExpansion expansion = new BindingExpansion();
        clusterBindings.stream().sorted(BY_NAME).forEach(binding -> {
            Rights given = everywhere.computeIfAbsent(
                    "/" + binding.getRoleRef().getName(), key -> Rights.of(rules.getOrDefault(key, List.of()), true));
            String name = "ClusterRoleBinding " + binding.getMetadata().getName();
            expansion.everywhere.addAll(
                    grants(name, null, binding.getRoleRef(), binding.getSubjects(), given, made(binding)));
        });
        bindings.stream().sorted(BY_NAME).forEach(binding -> {
            String namespace = binding.getMetadata().getNamespace();
            RoleRef role = binding.getRoleRef();
            String from = "ClusterRole".equals(role.getKind()) ? "" : namespace;
            Rights given = within.computeIfAbsent(
                    from + "/" + role.getName(), key -> Rights.of(rules.getOrDefault(key, List.of()), false));
            String name =
                    "RoleBinding " + namespace + "/" + binding.getMetadata().getName();
            expansion
                    .byNamespace
                    .computeIfAbsent(namespace, _ -> new ArrayList<>())
                    .addAll(grants(name, namespace, role, binding.getSubjects(), given, made(binding)));
        });
        return expansion;
    }

    /** What is given in that namespace alone, in order of the bindings' names. */
    public List<Grant> in(String namespace) {
        return List.copyOf(byNamespace.getOrDefault(namespace, List.of()));
    }

    /** What is given in every namespace, in order of the bindings' names. */
    public List<Grant> everywhere() {
        return List.copyOf(everywhere);
    }

    private static List<Grant> grants(
            String binding,
            @Nullable String namespace,
            RoleRef role,
            @Nullable List<Subject> subjects,
            Rights rights,
            @Nullable Instant since) {
        if (rights.isEmpty() || subjects == null) {
            return List.of();
        }
        return subjects.stream()
                .map(subject -> new Grant(
                        binding,
                        namespace == null,
                        role.getKind() + " " + role.getName(),
                        Principal.of(subject, Objects.requireNonNullElse(namespace, "")),
                        rights,
                        since))
                .toList();
    }

    private static @Nullable Instant made(HasMetadata object) {
        String made = object.getMetadata().getCreationTimestamp();
        return made == null ? null : Instant.parse(made);
    }

    private static String key(@Nullable String namespace, HasMetadata role) {
        return Objects.requireNonNullElse(namespace, "") + "/"
                + role.getMetadata().getName();
    }

    private static List<PolicyRule> present(@Nullable List<PolicyRule> rules) {
        return rules == null ? List.of() : rules;
    }
}
