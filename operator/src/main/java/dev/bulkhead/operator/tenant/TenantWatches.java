package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.operator.evidence.ReportHome;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.InformedObjects;
import dev.bulkhead.operator.outcome.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything whose change concerns a tenant, and what is known of it: its own objects, its profile, the servers, its
 * sealed secrets, and the sweeps. No kind is watched twice: of one that has a controller of its own, that one's cache is
 * used, and that one tells what happened ({@link #share}, {@link #changed}).
 */
public final class TenantWatches {
    private final SimpleInboundEventSource<Tenant> sweeps = new SimpleInboundEventSource<>("sweeps");
    private final Map<Class<? extends HasMetadata>, IndexedResourceCache<? extends HasMetadata>> shared =
            new ConcurrentHashMap<>();
    private final Map<ResourceID, BackendState> told = new ConcurrentHashMap<>();
    private @Nullable Sources sources;

    private record Sources(
            InformedObjects owned,
            InformerEventSource<TenantProfile, Tenant> profiles,
            InformerEventSource<Report, Tenant> reports,
            InformerEventSource<Incident, Tenant> incidents,
            IndexedResourceCache<Tenant> tenants) {}

    /**
     * What of a server or store concerns tenants: a new spec, or that it became ready or stopped being so; not every count
     * of its tenants.
     */
    private record BackendState(
            @Nullable String uid, @Nullable Long generation, Condition.@Nullable Status ready) {}

    /** Creates it; nothing is watched before {@link #prepare}. */
    public TenantWatches() {}

    List<EventSource<?, Tenant>> prepare(EventSourceContext<Tenant> context) {
        IndexedResourceCache<Tenant> tenants = context.getPrimaryCache();
        InformedObjects owned = new InformedObjects(context);
        Sources made = new Sources(
                owned,
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(TenantProfile.class, Tenant.class)
                                .withSecondaryToPrimaryMapper(profile -> tenantsWhere(
                                        tenants,
                                        t -> t.getSpec()
                                                .profile()
                                                .equals(profile.getMetadata().getName())))
                                .build(),
                        context),
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(Report.class, Tenant.class)
                                .withLabelSelector(Marks.OWNED + "=true")
                                .withSecondaryToPrimaryMapper(TenantWatches::tenantOf)
                                .build(),
                        context),
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(Incident.class, Tenant.class)
                                .withSecondaryToPrimaryMapper(incident -> Set.of(new ResourceID(
                                        incident.getSpec().finding().tenant())))
                                .build(),
                        context),
                tenants);
        sources = made;
        List<EventSource<?, Tenant>> all = new ArrayList<>(owned.eventSources());
        all.addAll(List.of(made.profiles(), made.reports(), made.incidents(), sweeps));
        return all;
    }

    /** Uses the cache of a kind that has a controller of its own; whoever hands it over tells of every event, too. */
    public <T extends HasMetadata> void share(Class<T> kind, IndexedResourceCache<T> cache) {
        shared.put(kind, cache);
    }

    /**
     * Something happened to an object of a shared kind, which the cache shows by now: has the tenants reconciled soon whom
     * it concerns.
     */
    public void changed(HasMetadata object) {
        switch (object) {
            case TenantSecret secret -> tell(tenantOf(secret));
            case Tombstone stone -> tell(formerly(stone));
            case BackendResource backend -> changed(backend);
            default -> throw new IllegalArgumentException(object.getKind() + " is not shared");
        }
    }

    private void changed(BackendResource backend) {
        PartId part = BackedParts.of(backend);
        String name = backend.getMetadata().getName();
        ResourceID key = new ResourceID(name, part.name());
        BackendState now = new BackendState(
                backend.getMetadata().getUid(), backend.getMetadata().getGeneration(), ready(backend.getStatus()));
        boolean there = backend(part, name).isPresent();
        BackendState before = there ? told.put(key, now) : told.remove(key);
        if (!there || !now.equals(before)) {
            tell(tenantsWhere(
                    ready().tenants(),
                    tenant -> backendOf(tenant, part).map(name::equals).orElse(true)));
        }
    }

    private void tell(Set<ResourceID> tenants) {
        tenants.forEach(sweeps::propagateEvent);
    }

    /** Has a tenant reconciled soon, because a sweep found it changed. */
    public void drifted(String tenant) {
        sweeps.propagateEvent(new ResourceID(tenant));
    }

    /** Has every tenant reconciled soon, because something that all of them rest on changed. A stand-by has none. */
    public void everyTenant() {
        if (running()) {
            tenants().forEach(tenant -> drifted(tenant.getMetadata().getName()));
        }
    }

    /** Whether this replica watches: a stand-by does not. */
    public boolean running() {
        return sweeps.isRunning();
    }

    /** Every Incident there is. */
    public List<Incident> incidents() {
        return ready().incidents().list(all -> true).toList();
    }

    /** Our own objects. */
    public InformedObjects owned() {
        return ready().owned();
    }

    /** The profile of that name. */
    public Optional<TenantProfile> profile(String name) {
        return ready().profiles().get(new ResourceID(name));
    }

    /** The status of a server or store; empty while nobody watches, or where it has none. */
    public Optional<BackendStatus> backendStatus(PartId part, String name) {
        return running() ? backend(part, name).map(BackendResource::getStatus) : Optional.empty();
    }

    /** The server or store of that name. */
    public Optional<? extends BackendResource> backend(PartId part, String name) {
        return shared(BackedParts.kind(part)).get(new ResourceID(name));
    }

    /** Names of every server or store that a part may lie on. */
    public Set<String> backendNames(PartId part) {
        return backends(part).map(b -> b.getMetadata().getName()).collect(Collectors.toSet());
    }

    List<? extends BackendResource> backends() {
        return BackedParts.all().stream().flatMap(this::backends).toList();
    }

    private Stream<? extends BackendResource> backends(PartId part) {
        return shared(BackedParts.kind(part)).list(all -> true);
    }

    /** What the prober says of a tenant. Reports that are not of this identity are not about this tenant. */
    TenantProofs proofs(Tenant tenant) {
        TenantIdentity identity = TenantIdentity.of(tenant);
        List<Report> reports = tenant.getSpec().namespaces().stream()
                .map(n ->
                        new ResourceID(ReportPlanner.NAME, tenant.getMetadata().getName() + "--" + n.name()))
                .flatMap(id -> ready().reports().get(id).stream())
                .toList();
        return TenantProofs.of(
                ReportHome.current(reports, identity).orElse(null),
                ready().incidents()
                        .list(i -> i.getSpec().finding().identity().equals(identity.value()))
                        .toList());
    }

    /** Every Tenant there is. */
    public List<Tenant> tenants() {
        return ready().tenants().list(all -> true).toList();
    }

    /**
     * Suffixes of the names of every tenant that a Tenant or a Tombstone claims, rightly or not: whose claim is refused is
     * told so there.
     */
    public Set<String> claimed() {
        return Stream.concat(
                        tenants().stream()
                                .flatMap(tenant -> Stream.of(
                                        tenant.getMetadata().getUid(),
                                        Objects.requireNonNullElse(
                                                tenant.getSpec().adopt(), ""))),
                        shared(Tombstone.class)
                                .list(all -> true)
                                .map(stone -> stone.getMetadata().getName()))
                .flatMap(identity -> TenantIdentity.parse(identity).stream())
                .map(TenantIdentity::suffix)
                .collect(Collectors.toSet());
    }

    /** How many Tenants have a part on a server or store. */
    public int tenantsOn(PartId part, String name) {
        return (int) tenants().stream()
                .filter(tenant -> backendOf(tenant, part).filter(name::equals).isPresent())
                .count();
    }

    /** What is left of former Tenants of a name. */
    List<Tombstone> tombstones(String tenant) {
        return shared(Tombstone.class)
                .list(stone -> formerly(stone).contains(new ResourceID(tenant)))
                .toList();
    }

    private static Set<ResourceID> formerly(Tombstone stone) {
        String tenant = stone.getStatus() == null ? null : stone.getStatus().tenant();
        return tenant == null ? Set.of() : Set.of(new ResourceID(tenant));
    }

    /** TenantSecrets in a namespace. */
    List<TenantSecret> secrets(String namespace) {
        return shared(TenantSecret.class).list(namespace, all -> true).toList();
    }

    @SuppressWarnings("unchecked") // share() takes no other
    private <T extends HasMetadata> IndexedResourceCache<T> shared(Class<T> kind) {
        return (IndexedResourceCache<T>) Objects.requireNonNull(
                shared.get(kind), () -> "the controller of " + kind.getSimpleName() + " has not shared its cache yet");
    }

    private Sources ready() {
        return Objects.requireNonNull(sources, "the tenant controller has not prepared its informers yet");
    }

    private static Set<ResourceID> tenantsWhere(IndexedResourceCache<Tenant> tenants, Predicate<Tenant> wanted) {
        return tenants.list(wanted).map(ResourceID::fromResource).collect(Collectors.toSet());
    }

    /** The first half of a tenant namespace's name is the tenant's; whether the namespace is ours is checked later. */
    private static Set<ResourceID> tenantOf(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        int end = namespace.indexOf("--");
        return end < 1 ? Set.of() : Set.of(new ResourceID(namespace.substring(0, end)));
    }

    /** On which server or store a part of a tenant lies, as its status says. */
    private static Optional<String> backendOf(Tenant tenant, PartId part) {
        return BackedParts.homes(tenant.getStatus())
                .of(part)
                .map(home -> home.place().backend());
    }

    private static Condition.@Nullable Status ready(@Nullable BackendStatus status) {
        return status == null
                ? null
                : status.conditions().stream()
                        .filter(c -> ConditionType.Ready.is(c))
                        .map(Condition::status)
                        .findFirst()
                        .orElse(null);
    }
}
