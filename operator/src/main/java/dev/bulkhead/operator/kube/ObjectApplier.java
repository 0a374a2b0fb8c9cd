package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one object what it is planned to be, with the smallest number of writes.
 *
 * <p>Creates by POST, which cannot overwrite what somebody else made; changes by PUT with the resourceVersion that was
 * compared, so that foreign additions go and a concurrent change is never lost. An object of the same name without our
 * mark is a {@code Conflict} and stays as it is. What a write comes back as is compared once more: admission may have
 * changed it.
 */
public final class ObjectApplier {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectApplier.class);
    private static final int ATTEMPTS = 4;

    /** Looks at an object whose status alone keeps changing: quota controllers write one for each object that goes. */
    private static final int LOOKS = 30;

    private static final int INVALID = 422;

    /**
     * Kinds with fields that the API server never changes: the role of a binding, the selector of a Deployment, the scopes
     * of a quota, anything in a ConfigMap that was frozen. Where one of them differs, the object is made anew.
     */
    private static final Set<Class<? extends HasMetadata>> MADE_ANEW =
            Set.of(RoleBinding.class, Deployment.class, ResourceQuota.class, ConfigMap.class);

    /** Finalizers by which the garbage collector itself deletes an object after or before those it owns. */
    private static final Set<String> COLLECTORS = Set.of("foregroundDeletion", "orphan");

    private final KubernetesClient client;
    private final Supplier<? extends OwnedObjects> known;
    private final AnsweredWrites answers;
    private final ApiErrors errors;

    /**
     * Writes with the client and remembers in {@code known} what it wrote; objects are known once informers run.
     *
     * @param answers what came back of writes
     */
    public ObjectApplier(KubernetesClient client, Supplier<? extends OwnedObjects> known, AnsweredWrites answers) {
        this.client = client;
        this.known = known;
        this.answers = answers;
        this.errors = new ApiErrors();
    }

    /** Creates or corrects the object. */
    public Outcome apply(HasMetadata planned, TenantIdentity identity) {
        String where = ApiErrors.name(planned);
        return errors.guard(where, () -> {
            HasMetadata found = known.get()
                    .find(
                            planned.getClass(),
                            planned.getMetadata().getNamespace(),
                            planned.getMetadata().getName());
            int changed = 0;
            for (int look = 0; changed < ATTEMPTS && look < LOOKS; look++) {
                Step step = found == null ? create(planned) : correct(planned, found, identity);
                switch (step) {
                    case Step.Ended ended -> {
                        return ended.outcome();
                    }
                    case Step.LookAgain again -> {
                        changed += sameButForStatus(found, again.found()) ? 0 : 1;
                        found = again.found();
                    }
                }
            }
            return contested(where);
        });
    }

    /** Deletes an object of ours, in the version that was looked at; gone already is as good. */
    public Outcome delete(HasMetadata found, TenantIdentity identity) {
        String where = ApiErrors.name(found);
        return errors.guard(where, () -> {
            HasMetadata now = found;
            for (int look = 0; look < LOOKS; look++) {
                if (now == null || !Marks.ours(now, identity)) {
                    return Outcome.unchanged();
                }
                try {
                    client.resource(now).lockResourceVersion().delete();
                    known.get().gone(now);
                    LOG.atInfo().addKeyValue("object", where).log("deleted");
                    return new Outcome.Done(1);
                } catch (KubernetesClientException e) {
                    HasMetadata next = e.getCode() == 409 ? client.resource(now).get() : now;
                    if (next != null && version(next).equals(version(now))) {
                        throw e; // it is not about the version
                    }
                    now = next;
                }
            }
            return contested(where);
        });
    }

    private static String version(HasMetadata object) {
        return String.valueOf(object.getMetadata().getResourceVersion());
    }

    private static Outcome contested(String where) {
        return new Outcome.Waiting(new Finding(
                Reason.KubernetesRefused,
                where,
                "somebody else keeps changing it; find out who with 'kubectl get --show-managed-fields'"));
    }

    private static boolean sameButForStatus(@Nullable HasMetadata before, @Nullable HasMetadata now) {
        return before != null && now != null && ObjectForm.same(before, now);
    }

    private Step create(HasMetadata planned) {
        try {
            HasMetadata created =
                    errors.patiently(() -> client.resource(planned).create());
            known.get().written(created, null);
            LOG.atInfo().addKeyValue("object", ApiErrors.name(planned)).log("created");
            return new Step.Ended(answers.of(planned, created));
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            return new Step.LookAgain(
                    errors.patiently(() -> client.resource(planned).get()));
        }
    }

    private Step correct(HasMetadata planned, HasMetadata found, TenantIdentity identity) {
        if (found.getMetadata().getDeletionTimestamp() != null) {
            return release(found, identity);
        }
        if (!Marks.ours(found, identity) && !adoptable(found)) {
            return new Step.Ended(new Outcome.Blocked(conflict(found)));
        }
        if (planned instanceof Namespace wanted && found instanceof Namespace there) {
            return correctNamespace(wanted, there);
        }
        if (ObjectForm.same(planned, found)) {
            return new Step.Ended(Outcome.unchanged());
        }
        return answers.standing(planned, found).<Step>map(Step.Ended::new).orElseGet(() -> replace(planned, found));
    }

    private Step replace(HasMetadata planned, HasMetadata found) {
        HasMetadata target = client.getKubernetesSerialization().clone(planned);
        target.getMetadata().setResourceVersion(found.getMetadata().getResourceVersion());
        try {
            HasMetadata updated = errors.patiently(() -> client.resource(target).update());
            known.get().written(updated, found);
            LOG.atInfo()
                    .addKeyValue("object", ApiErrors.name(planned))
                    .addKeyValue("fields", ObjectForm.differences(planned, found))
                    .log("corrected");
            return new Step.Ended(answers.of(planned, updated));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                known.get().gone(found);
                return new Step.LookAgain(null);
            }
            if (e.getCode() == INVALID && MADE_ANEW.contains(planned.getClass())) {
                return makeWay(found);
            }
            if (e.getCode() != 409) {
                throw e;
            }
            return new Step.LookAgain(
                    errors.patiently(() -> client.resource(planned).get()));
        }
    }

    /** Deletes what cannot be changed into what is planned, unless it was changed meanwhile. */
    private Step makeWay(HasMetadata found) {
        try {
            client.resource(found).lockResourceVersion().delete();
            LOG.atInfo().addKeyValue("object", ApiErrors.name(found)).log("deleted, to be made anew");
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
        }
        return new Step.LookAgain(client.resource(found).get());
    }

    /** An object of ours that is being deleted is not held by anybody's finalizer, so that it can be made again. */
    private Step release(HasMetadata found, TenantIdentity identity) {
        List<String> finalizers = found.getMetadata().getFinalizers();
        boolean held = finalizers != null && finalizers.stream().anyMatch(f -> !COLLECTORS.contains(f));
        if (!held || found instanceof Namespace || !Marks.ours(found, identity)) {
            return new Step.Ended(new Outcome.Waiting(new Finding(
                    Reason.WaitingFor, ApiErrors.name(found), "is being deleted; it is made again once it is gone")));
        }
        HasMetadata released = client.getKubernetesSerialization().clone(found);
        released.getMetadata()
                .setFinalizers(finalizers.stream().filter(COLLECTORS::contains).toList());
        try {
            client.resource(released).update();
            LOG.atInfo()
                    .addKeyValue("object", ApiErrors.name(found))
                    .addKeyValue("finalizers", finalizers)
                    .log("released");
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
        }
        return new Step.LookAgain(client.resource(found).get());
    }

    /**
     * Other controllers label namespaces too: ours are put back, and ours-looking ones that are not planned go. A patch of
     * the version that was compared: one that was changed meanwhile is no longer in that version (409), or no longer has
     * what is to be replaced (422).
     */
    private Step correctNamespace(Namespace planned, Namespace found) {
        NamespaceLabels labels = NamespaceLabels.compare(planned, found);
        if (labels.same()) {
            return new Step.Ended(Outcome.unchanged());
        }
        Optional<Outcome> standing = answers.standing(planned, found);
        if (standing.isPresent()) {
            return new Step.Ended(standing.get());
        }
        try {
            Namespace updated = client.resource(found).edit(labels::corrected);
            known.get().written(updated, found);
            LOG.atInfo()
                    .addKeyValue("object", ApiErrors.name(planned))
                    .addKeyValue("fields", labels.differing())
                    .log("corrected");
            return new Step.Ended(answers.of(planned, updated));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                known.get().gone(found);
                return new Step.LookAgain(null);
            }
            if (e.getCode() != 409 && e.getCode() != INVALID) {
                throw e;
            }
            Namespace now = client.resource(found).get();
            if (now != null && version(now).equals(version(found))) {
                throw e; // it is not about the version
            }
            return new Step.LookAgain(now);
        }
    }

    /** The controller manager makes this one by itself, at about the time we do. */
    private static boolean adoptable(HasMetadata found) {
        return found instanceof ServiceAccount
                && "default".equals(found.getMetadata().getName())
                && Marks.label(found, Marks.IDENTITY) == null;
    }

    private static Finding conflict(HasMetadata found) {
        String other = Marks.label(found, Marks.IDENTITY);
        if (found instanceof Namespace && other != null) {
            return new Finding(
                    Reason.FormerIdentity,
                    ApiErrors.name(found),
                    "belongs to tenant identity " + other + "; to take its data over, re-create the Tenant with"
                            + " spec.adopt: " + other);
        }
        return new Finding(
                Reason.Conflict,
                ApiErrors.name(found),
                "exists and does not carry this tenant's mark, so it was left as it is; delete or rename it");
    }

    /** Deletes what we own of a kind and no longer plan. */
    public <T extends HasMetadata> List<Outcome> prune(
            Class<T> kind, TenantIdentity identity, List<? extends HasMetadata> planned) {
        return known.get().of(kind, identity).stream()
                .filter(o -> planned.stream().noneMatch(p -> sameName(p, o)))
                .map(o -> delete(o, identity))
                .toList();
    }

    /** The tenant's objects of that kind that are there, as far as the informers know. */
    public <T extends HasMetadata> List<T> ours(Class<T> kind, TenantIdentity identity) {
        return List.copyOf(known.get().of(kind, identity));
    }

    private static boolean sameName(HasMetadata a, HasMetadata b) {
        return a.getKind().equals(b.getKind())
                && Objects.equals(a.getMetadata().getName(), b.getMetadata().getName())
                && Objects.equals(
                        a.getMetadata().getNamespace(), b.getMetadata().getNamespace());
    }

    private sealed interface Step {
        record Ended(Outcome outcome) implements Step {}

        record LookAgain(@Nullable HasMetadata found) implements Step {}
    }
}
