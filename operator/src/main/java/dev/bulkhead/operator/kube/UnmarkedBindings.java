package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingList;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RoleBindings in a tenant's namespaces that do not carry the operator's mark. They are read page by page, never kept, and
 * nothing but subjects is ever taken away from them.
 */
public final class UnmarkedBindings {
    private static final Logger LOG = LoggerFactory.getLogger(UnmarkedBindings.class);

    /** Bindings of one page of a list: few enough to be held when each is as large as etcd takes one, 1.5 MB. */
    private static final long PAGE = 20;

    /** Pages that are read of one namespace: its quota allows 100 bindings. */
    private static final int PAGES = 100;

    private static final int ATTEMPTS = 4;

    private final KubernetesClient client;
    private final ApiErrors errors = new ApiErrors();

    /** Reads and writes with the client. */
    public UnmarkedBindings(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Takes subjects out of every such binding of a namespace, in the version that was looked at. One without any subject left is
     * deleted, or emptied where a finalizer would keep it. One that cannot be changed keeps no other waiting.
     *
     * @param leaving who has to go from a binding; may be asked several times about one
     * @return one for each that was changed or could not be; none where nobody had to go
     */
    public List<Outcome> narrow(String namespace, Function<RoleBinding, List<Subject>> leaving) {
        List<Outcome> outcomes = new ArrayList<>();
        Outcome read = errors.guard("RoleBindings of namespace " + namespace, () -> {
            String next = null;
            for (int page = 0; page < PAGES; page++) {
                RoleBindingList list = page(namespace, next);
                list.getItems().stream()
                        .map(binding -> narrow(binding, leaving))
                        .filter(o -> !o.equals(Outcome.unchanged()))
                        .forEach(outcomes::add);
                next = list.getMetadata().getContinue();
                if (next == null || next.isEmpty()) {
                    return Outcome.unchanged();
                }
            }
            return new Outcome.Waiting(new Finding(
                    Reason.WaitingFor,
                    "RoleBindings of namespace " + namespace,
                    "are more than " + PAGE * PAGES
                            + ", and nobody has looked whether those after them let somebody in who is"
                            + " no longer listed; delete those that nobody needs"));
        });
        if (!read.done()) {
            outcomes.add(read);
        }
        return outcomes;
    }

    private RoleBindingList page(String namespace, @Nullable String next) {
        return client.rbac()
                .roleBindings()
                .inNamespace(namespace)
                .withoutLabel(Marks.OWNED, "true")
                .list(new ListOptionsBuilder()
                        .withLimit(PAGE)
                        .withContinue(next)
                        .build());
    }

    private Outcome narrow(RoleBinding found, Function<RoleBinding, List<Subject>> leaving) {
        String what = ApiErrors.name(found);
        return errors.guard(what, () -> {
            RoleBinding now = found;
            for (int look = 0; now != null && look < ATTEMPTS; look++) {
                List<Subject> out = "true".equals(Marks.label(now, Marks.OWNED)) ? List.of() : leaving.apply(now);
                if (out.isEmpty()) {
                    return Outcome.unchanged();
                }
                try {
                    take(now, out);
                    LOG.atInfo()
                            .addKeyValue("object", what)
                            .addKeyValue("subjects", names(out))
                            .log("former people taken out");
                    return new Outcome.Done(1);
                } catch (KubernetesClientException e) {
                    if (e.getCode() != 409 && e.getCode() != 404) {
                        throw e;
                    }
                    now = client.resource(now).get();
                }
            }
            return now == null
                    ? Outcome.unchanged()
                    : new Outcome.Waiting(new Finding(
                            Reason.KubernetesRefused,
                            what,
                            "lets somebody in who is no longer listed, and somebody keeps changing it; find out who with"
                                    + " 'kubectl get --show-managed-fields'"));
        });
    }

    private void take(RoleBinding now, List<Subject> out) {
        List<Subject> left =
                now.getSubjects().stream().filter(s -> !out.contains(s)).toList();
        boolean held = !Objects.requireNonNullElse(now.getMetadata().getFinalizers(), List.of())
                .isEmpty();
        if (left.isEmpty() && !held) {
            client.resource(now).lockResourceVersion().delete();
        } else {
            client.resource(new RoleBindingBuilder(now).withSubjects(left).build())
                    .update();
        }
    }

    private static List<String> names(List<Subject> subjects) {
        return subjects.stream().map(s -> s.getKind() + " " + s.getName()).toList();
    }
}
