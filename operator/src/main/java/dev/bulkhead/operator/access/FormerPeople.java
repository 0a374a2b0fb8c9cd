package dev.bulkhead.operator.access;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who has to go from a RoleBinding that a tenant's admin made. The same rule as that of guard 7, which asks when a binding is
 * written; what is written already has to follow when a person goes. See ADR 42.
 */
@Pure
final class FormerPeople {
    private FormerPeople() {}

    /**
     * The people and groups among a binding's subjects to whom the Tenant does not give what the binding gives. Empty for a
     * role that no tenant can bind, for ServiceAccounts, and for what belongs to the cluster ({@code system:…}).
     *
     * @param people whom the Tenant lists now; whose last day has passed is not among them
     */
    static List<Subject> among(RoleBinding binding, TenantSpec.People people) {
        Set<Principal> entitled = entitled(binding.getRoleRef(), people);
        return tenantsOwn(binding.getRoleRef())
                ? binding.getSubjects().stream()
                        .filter(FormerPeople::person)
                        .filter(subject -> !entitled.contains(
                                Principal.of(subject, binding.getMetadata().getNamespace())))
                        .toList()
                : List.of();
    }

    /** Whether guard 7 lets tenants bind it. */
    private static boolean tenantsOwn(RoleRef role) {
        return "Role".equals(role.getKind()) || AccessPlanner.ROLES_OF_PEOPLE.contains(role.getName());
    }

    private static Set<Principal> entitled(RoleRef role, TenantSpec.People people) {
        Stream<TenantSpec.Person> entitled = switch ("Role".equals(role.getKind()) ? "" : role.getName()) {
            case AccessPlanner.ADMIN_ROLE -> people.admins().stream();
            case AccessPlanner.USER_ROLE ->
                Stream.of(people.admins(), people.users()).flatMap(List::stream);
            default -> people.everybody();
        };
        return entitled.flatMap(Principal::of).collect(Collectors.toSet());
    }

    private static boolean person(Subject subject) {
        return !"ServiceAccount".equals(subject.getKind())
                && !Objects.requireNonNullElse(subject.getName(), "").startsWith("system:");
    }
}
