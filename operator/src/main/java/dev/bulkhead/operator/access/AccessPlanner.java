package dev.bulkhead.operator.access;

import dev.bulkhead.api.v1beta1.TenantSpec.Person;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.MarkedMetadata;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Plans who may do what. A binding without subjects is not planned at all, so that whoever was the last of a role loses
 * it with the binding.
 *
 * <p>A suspended tenant is closed to its admins and users; its auditors keep what they may read.
 */
@Pure
public final class AccessPlanner {
    /** Binding of the operator's own rights; it makes this one first. */
    public static final String OPERATOR = "bulkhead-operator";

    /** Binding of the tenant's admins. */
    public static final String ADMINS = "bulkhead-tenant-admins";

    /** Binding of the tenant's users. */
    public static final String USERS = "bulkhead-tenant-users";

    /** Binding of the tenant's auditors. */
    public static final String AUDITORS = "bulkhead-auditors";

    /** Binding of what proves the tenant's isolation. */
    public static final String PROBER = "bulkhead-prober";

    /** Profile of the canary tenants, which nobody's data is in. */
    public static final String CANARY_PROFILE = "bulkhead-canary";

    /**
     * The canary tenants as they are shipped. Only they get {@link #CANARY}: guard 0 lets the operator bind it in their
     * namespaces and nowhere else.
     */
    public static final Set<String> CANARIES = Set.of("canary-one", "canary-two");

    /** ServiceAccount as which the guards are tried out, and its binding. */
    public static final String CANARY = "bulkhead-canary";

    /** Role of {@link #CANARY} in its own namespace: what gets its requests as far as the guards. */
    public static final String CANARY_ROLE = "bulkhead-canary-attacker";

    /** Role of a tenant's admins. */
    static final String ADMIN_ROLE = "bulkhead-tenant-admin";

    /** Role of a tenant's users. */
    static final String USER_ROLE = "bulkhead-tenant-user";

    private static final String AUDITOR_ROLE = "bulkhead-auditor";

    /** The roles for people, which a tenant's admins can bind, too. */
    static final Set<String> ROLES_OF_PEOPLE = Set.of(ADMIN_ROLE, USER_ROLE, AUDITOR_ROLE);

    private static final String RBAC = "rbac.authorization.k8s.io";

    private AccessPlanner() {}

    /** What the operator may do in each namespace: first of all, because the rest needs it. */
    public static List<RoleBinding> operatorBinding(ValidTenant tenant, OperatorAccount operator) {
        return namespaces(tenant)
                .map(namespace ->
                        binding(tenant, namespace, OPERATOR, "bulkhead-tenant-operator", List.of(account(operator))))
                .toList();
    }

    /** What the prober may do in each namespace, beside the people; nothing where there is nothing to attack. */
    public static List<RoleBinding> proberBinding(ValidTenant tenant, OperatorAccount prober) {
        String role = tenant.profile().equals(CANARY_PROFILE) ? "bulkhead-canary-prober" : "bulkhead-tenant-prober";
        return tenant.suspended()
                ? List.of()
                : namespaces(tenant)
                        .map(namespace -> binding(tenant, namespace, PROBER, role, List.of(account(prober))))
                        .toList();
    }

    /** Whom the prober acts as when it tries the guards out, in each namespace of a shipped canary. No pod gets its token. */
    public static List<ServiceAccount> canaryAccounts(ValidTenant tenant) {
        return canaryNamespaces(tenant)
                .map(namespace -> new ServiceAccountBuilder()
                        .withMetadata(MarkedMetadata.of(namespace, tenant.identity(), CANARY))
                        .withAutomountServiceAccountToken(false)
                        .build())
                .toList();
    }

    /** What that account may try, in its own namespace. */
    public static List<RoleBinding> canaryBinding(ValidTenant tenant) {
        return canaryNamespaces(tenant)
                .map(namespace -> binding(
                        tenant,
                        namespace,
                        CANARY,
                        CANARY_ROLE,
                        List.of(account(new OperatorAccount(namespace.fullName(), CANARY)))))
                .toList();
    }

    private static Stream<TenantNamespace> canaryNamespaces(ValidTenant tenant) {
        boolean shipped = tenant.profile().equals(CANARY_PROFILE) && CANARIES.contains(tenant.name());
        return shipped && !tenant.suspended() ? namespaces(tenant) : Stream.of();
    }

    /**
     * The bindings to write before anything else, because somebody has to lose a right: each with those alone who hold it
     * now and are to keep it. Who is to gain one waits for its turn.
     *
     * @param planned what is to be there in the end
     * @param found what is there
     */
    public static List<RoleBinding> narrowed(List<RoleBinding> planned, List<RoleBinding> found) {
        return found.stream()
                .flatMap(now -> planned.stream()
                        .filter(then ->
                                sameName(now, then) && !then.getSubjects().containsAll(now.getSubjects()))
                        .map(then -> new RoleBindingBuilder(then)
                                .withSubjects(then.getSubjects().stream()
                                        .filter(now.getSubjects()::contains)
                                        .toList())
                                .build()))
                .toList();
    }

    private static boolean sameName(RoleBinding a, RoleBinding b) {
        return a.getMetadata().getName().equals(b.getMetadata().getName())
                && a.getMetadata().getNamespace().equals(b.getMetadata().getNamespace());
    }

    /** What people may do in each namespace: last, when policies and quota are there. */
    public static List<RoleBinding> people(ValidTenant tenant) {
        return namespaces(tenant)
                .flatMap(namespace -> people(tenant, namespace))
                .toList();
    }

    private static Stream<RoleBinding> people(ValidTenant tenant, TenantNamespace namespace) {
        List<RoleBinding> bindings = new ArrayList<>();
        List<Subject> auditors = subjects(tenant.people().auditors());
        List<Subject> admins =
                tenant.suspended() ? List.of() : subjects(tenant.people().admins());
        List<Subject> users =
                tenant.suspended() ? List.of() : subjects(tenant.people().users());
        bindings.add(binding(tenant, namespace, AUDITORS, AUDITOR_ROLE, auditors));
        bindings.add(binding(tenant, namespace, ADMINS, ADMIN_ROLE, admins));
        bindings.add(binding(tenant, namespace, USERS, USER_ROLE, users));
        return bindings.stream().filter(binding -> !binding.getSubjects().isEmpty());
    }

    private static Stream<TenantNamespace> namespaces(ValidTenant tenant) {
        return tenant.namespaces().stream().map(Share::namespace).sorted();
    }

    private static List<Subject> subjects(List<Person> people) {
        return people.stream()
                .flatMap(AccessPlanner::subjects)
                .distinct()
                .sorted(Comparator.comparing(Subject::getKind).thenComparing(Subject::getName))
                .toList();
    }

    private static Stream<Subject> subjects(Person person) {
        return Stream.concat(
                Stream.ofNullable(person.user()).map(name -> subject("User", name)),
                Stream.ofNullable(person.group()).map(name -> subject("Group", name)));
    }

    private static Subject account(OperatorAccount account) {
        return new SubjectBuilder()
                .withKind("ServiceAccount")
                .withNamespace(account.namespace())
                .withName(account.name())
                .build();
    }

    private static Subject subject(String kind, String name) {
        return new SubjectBuilder()
                .withApiGroup(RBAC)
                .withKind(kind)
                .withName(name)
                .build();
    }

    private static RoleBinding binding(
            ValidTenant tenant, TenantNamespace namespace, String name, String role, List<Subject> subjects) {
        return new RoleBindingBuilder()
                .withMetadata(MarkedMetadata.of(namespace, tenant.identity(), name))
                .withNewRoleRef(RBAC, "ClusterRole", role)
                .withSubjects(subjects)
                .build();
    }
}
