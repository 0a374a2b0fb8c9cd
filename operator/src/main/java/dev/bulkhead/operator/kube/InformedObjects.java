package dev.bulkhead.operator.kube;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Our own objects as the informers know them: one informer per kind, filtered by our label on the server. */
public final class InformedObjects implements OwnedObjects {
    /** The kinds that are watched, in the order in which the plan writes them. */
    public static final List<Class<? extends HasMetadata>> KINDS = List.of(
            Namespace.class,
            RoleBinding.class,
            ResourceQuota.class,
            LimitRange.class,
            NetworkPolicy.class,
            ServiceAccount.class,
            ConfigMap.class,
            Deployment.class,
            PodDisruptionBudget.class);

    private static final String BY_IDENTITY = "identity";
    private static final String BY_TENANT = "tenant";

    /**
     * How long an object that was made here counts as there before the informer shows it, which takes milliseconds. One
     * that was taken away while the watch was gone is never shown: the list that the informer then begins anew with does
     * not hold it, and no event tells that it went. Without an end it would count as there for good.
     */
    private static final Duration UNSEEN = Duration.ofSeconds(30);

    private final Map<Class<? extends HasMetadata>, InformerEventSource<? extends HasMetadata, Tenant>> sources =
            new LinkedHashMap<>();

    /** When each object was made that the informers have not shown yet, by the clock that only counts. */
    private final Map<NotShown, Long> unseen = new ConcurrentHashMap<>();

    private final LongSupplier nanos;

    /** Prepares the informers; the controller starts them. */
    public InformedObjects(EventSourceContext<Tenant> context) {
        this(context, System::nanoTime);
    }

    /** Prepares the informers, with a clock. */
    InformedObjects(EventSourceContext<Tenant> context, LongSupplier nanos) {
        this.nanos = nanos;
        KINDS.forEach(kind -> sources.put(kind, source(kind, context)));
    }

    /** The informers, for the controller that runs them. */
    public List<EventSource<?, Tenant>> eventSources() {
        return new ArrayList<>(sources.values());
    }

    private static <T extends HasMetadata> InformerEventSource<T, Tenant> source(
            Class<T> kind, EventSourceContext<Tenant> context) {
        InformerEventSource<T, Tenant> source = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, Tenant.class)
                        .withName("owned-" + kind.getSimpleName())
                        .withLabelSelector(Marks.OWNED + "=true")
                        .withSecondaryToPrimaryMapper(InformedObjects::tenantOf)
                        .withOnUpdateFilter(InformedObjects::matters)
                        .withItemStore(
                                new PackedItems<>(kind, context.getClient().getKubernetesSerialization()))
                        .build(),
                context);
        source.addIndexers(Map.of(
                BY_IDENTITY,
                object -> value(object, Marks.IDENTITY),
                BY_TENANT,
                object -> value(object, Marks.TENANT)));
        return source;
    }

    /**
     * Whether a change is one to look at. What other controllers write into a status is none, but for how far the pods
     * of a workflow are: quota and disruption controllers write a dozen times while a tenant is being made.
     */
    static boolean matters(HasMetadata now, HasMetadata before) {
        return !Objects.equals(identifying(now), identifying(before))
                || switch (now) {
                    case ResourceQuota quota ->
                        !(before instanceof ResourceQuota was) || !Objects.equals(quota.getSpec(), was.getSpec());
                    case PodDisruptionBudget _ -> generation(now) != generation(before);
                    case Deployment deployment ->
                        generation(now) != generation(before)
                                || !(before instanceof Deployment was)
                                || !RolloutState.of(deployment).equals(RolloutState.of(was));
                    default -> true;
                };
    }

    /** What of the metadata is compared with the plan, or tells that the object is about to go. */
    private static List<@Nullable Object> identifying(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        return Arrays.asList(
                metadata.getUid(),
                metadata.getLabels(),
                ObjectForm.withoutForeign(metadata.getAnnotations()),
                metadata.getFinalizers(),
                metadata.getOwnerReferences(),
                metadata.getDeletionTimestamp());
    }

    private static long generation(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L);
    }

    /**
     * The tenant that the label names, and the one whose namespace it is: somebody may have changed the label, and then
     * only the place tells whose drift it is.
     */
    static Set<ResourceID> tenantOf(HasMetadata object) {
        Set<ResourceID> tenants = new HashSet<>();
        String labelled = Marks.label(object, Marks.TENANT);
        if (labelled != null) {
            tenants.add(new ResourceID(labelled));
        }
        String namespace = object instanceof Namespace
                ? object.getMetadata().getName()
                : object.getMetadata().getNamespace();
        int end = namespace == null ? -1 : namespace.indexOf("--");
        if (end > 0) {
            tenants.add(new ResourceID(namespace.substring(0, end)));
        }
        return tenants;
    }

    private static List<String> value(HasMetadata object, String label) {
        String value = Marks.label(object, label);
        return value == null ? List.of() : List.of(value);
    }

    @Override
    public <T extends HasMetadata> @Nullable T find(Class<T> kind, @Nullable String namespace, String name) {
        ResourceID id = new ResourceID(name, namespace);
        return sourceOf(kind)
                .get(id)
                .filter(o -> "true".equals(Marks.label(o, Marks.OWNED)))
                .filter(o -> isThere(kind, o))
                .orElse(null);
    }

    /**
     * Not of what was made here and is not shown for long: making it once more overwrites nothing, should it be there. An
     * index knows only what the informer was shown.
     */
    private <T extends HasMetadata> boolean isThere(Class<T> kind, T object) {
        ResourceID id = ResourceID.fromResource(object);
        NotShown made = new NotShown(kind, id);
        Long since = unseen.get(made);
        if (since == null) {
            return true;
        }
        boolean shown = value(object, Marks.IDENTITY).stream()
                .flatMap(identity -> sourceOf(kind).byIndex(BY_IDENTITY, identity).stream())
                .anyMatch(other -> ResourceID.fromResource(other).equals(id));
        if (shown) {
            unseen.remove(made);
        }
        return shown || nanos.getAsLong() - since < UNSEEN.toNanos();
    }

    @Override
    public <T extends HasMetadata> List<T> of(Class<T> kind, TenantIdentity identity) {
        return sourceOf(kind).byIndex(BY_IDENTITY, identity.value());
    }

    @Override
    public List<Namespace> namespacesOf(String tenant) {
        return sourceOf(Namespace.class).byIndex(BY_TENANT, tenant);
    }

    @Override
    public void written(HasMetadata now, @Nullable HasMetadata before) {
        remember(now, before);
    }

    @Override
    public void gone(HasMetadata object) {
        // The informer's DELETE event takes it out; until then a write to it answers 404 and looks again.
        unseen.remove(new NotShown(object.getClass(), ResourceID.fromResource(object)));
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> void remember(T now, @Nullable HasMetadata before) {
        InformerEventSource<T, Tenant> source = sourceOf((Class<T>) now.getClass());
        ResourceID id = ResourceID.fromResource(now);
        // What was read may have been deleted since, and an apply then made it anew: that is no update to the cache.
        if (before == null || source.get(id).isEmpty()) {
            unseen.put(new NotShown(now.getClass(), id), nanos.getAsLong());
            source.handleRecentResourceCreate(id, now);
        } else {
            source.handleRecentResourceUpdate(id, now, (T) before);
        }
    }

    /** An object that was made here. */
    private record NotShown(Class<? extends HasMetadata> kind, ResourceID id) {}

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> InformerEventSource<T, Tenant> sourceOf(Class<T> kind) {
        return (InformerEventSource<T, Tenant>)
                Objects.requireNonNull(sources.get(kind), () -> kind.getSimpleName() + " is not watched");
    }
}
