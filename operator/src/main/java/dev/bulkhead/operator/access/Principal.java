package dev.bulkhead.operator.access;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom a binding means.
 *
 * @param namespace of a ServiceAccount, else empty
 * @param name as the API server's authentication gives it; of a ServiceAccount its own name
 */
@Pure
public record Principal(PrincipalKind kind, String namespace, String name) {
    private static final String ACCOUNT = "system:serviceaccount:";
    private static final String ACCOUNTS_OF = "system:serviceaccounts:";
    /** Where the control plane's accounts are. */
    public static final String CONTROL_PLANE = "kube-system";

    /**
     * The control plane itself. Whoever holds one of these owns the cluster anyway, so no binding gives them more.
     */
    private static final Set<String> CONTROL_PLANE_NAMES = Set.of(
            "system:masters",
            "system:nodes",
            "system:apiserver",
            "system:kube-controller-manager",
            "system:kube-scheduler",
            "system:kube-proxy");

    /** Kinds of subject. */
    public enum PrincipalKind {
        User,
        Group,
        ServiceAccount
    }

    /** A ServiceAccount. */
    public static Principal account(String namespace, String name) {
        return new Principal(PrincipalKind.ServiceAccount, namespace, name);
    }

    /** All ServiceAccounts of a namespace. */
    public static Principal accountsOf(String namespace) {
        return new Principal(PrincipalKind.Group, "", ACCOUNTS_OF + namespace);
    }

    /** Reads a subject; a user that is named like a ServiceAccount is that ServiceAccount, as it is to the API server. */
    public static Principal of(Subject subject, String bindingNamespace) {
        String name = Objects.requireNonNullElse(subject.getName(), "");
        if ("ServiceAccount".equals(subject.getKind())) {
            return account(Objects.requireNonNullElse(subject.getNamespace(), bindingNamespace), name);
        }
        if ("Group".equals(subject.getKind())) {
            return new Principal(PrincipalKind.Group, "", name);
        }
        String[] parts =
                name.startsWith(ACCOUNT) ? name.substring(ACCOUNT.length()).split(":", -1) : new String[0];
        return parts.length == 2 ? account(parts[0], parts[1]) : new Principal(PrincipalKind.User, "", name);
    }

    /** Whom a Tenant names: a user or a group; nobody where it names neither. */
    public static Stream<Principal> of(TenantSpec.Person person) {
        return Stream.of(
                        Optional.ofNullable(person.user()).map(name -> new Principal(PrincipalKind.User, "", name)),
                        Optional.ofNullable(person.group()).map(name -> new Principal(PrincipalKind.Group, "", name)))
                .flatMap(Optional::stream);
    }

    /** Whether it is a group of the cluster's own, such as everybody who is authenticated. */
    public boolean systemGroup() {
        return kind == PrincipalKind.Group && name.startsWith("system:");
    }

    /** Whether it is whoever does not say who it is. */
    public boolean nobodyKnown() {
        return kind == PrincipalKind.User && name.equals("system:anonymous");
    }

    /** Whether it is the control plane: these few names, the nodes, and what runs in {@code kube-system}. */
    public boolean controlPlane() {
        return switch (kind) {
            case ServiceAccount -> namespace.equals(CONTROL_PLANE);
            case User -> CONTROL_PLANE_NAMES.contains(name) || name.startsWith("system:node:");
            case Group -> CONTROL_PLANE_NAMES.contains(name) || equals(accountsOf(CONTROL_PLANE));
        };
    }

    /** The namespace whose ServiceAccount it is, or all of whose; empty for people. */
    public Optional<String> home() {
        return switch (kind) {
            case ServiceAccount -> Optional.of(namespace);
            case Group ->
                name.startsWith(ACCOUNTS_OF) ? Optional.of(name.substring(ACCOUNTS_OF.length())) : Optional.empty();
            case User -> Optional.empty();
        };
    }

    /** Whether it is a ServiceAccount of the namespace, or all of them. */
    public boolean runsIn(String other) {
        return switch (kind) {
            case ServiceAccount -> namespace.equals(other);
            case Group -> equals(accountsOf(other));
            case User -> false;
        };
    }

    /** Such as {@code User mia@klinik.example} or {@code ServiceAccount argocd/server}. */
    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
