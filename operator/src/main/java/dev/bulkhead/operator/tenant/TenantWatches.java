package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.operator.evidence.ReportHome;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.InformedObjects;
import dev.bulkhead.operator.objectstore.StoreKind;
import dev.bulkhead.operator.outcome.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything whose change concerns a tenant, and what is known of it: its own objects, its profile, the servers, its
 * sealed secrets, and the sweeps.
 */
public final class TenantWatches {
    private final SimpleInboundEventSource<Tenant> sweeps = new SimpleInboundEventSource<>("sweeps");
    private @Nullable Sources sources;

    private record Sources(
            InformedObjects owned,
            InformerEventSource<TenantProfile, Tenant> profiles,
            InformerEventSource<DatabaseServer, Tenant> servers,
            InformerEventSource<ObjectStore, Tenant> stores,
            InformerEventSource<TenantSecret, Tenant> secrets,
            InformerEventSource<Report, Tenant> reports,
            InformerEventSource<Incident, Tenant> incidents,
            InformerEventSource<Tombstone, Tenant> tombstones,
            IndexedResourceCache<Tenant> tenants) {}

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
                        InformerEventSourceConfiguration.from(DatabaseServer.class, Tenant.class)
                                .withOnUpdateFilter(TenantWatches::matters)
                                .withSecondaryToPrimaryMapper(server -> tenantsWhere(tenants, t -> uses(t, server)))
                                .build(),
                        context),
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(ObjectStore.class, Tenant.class)
                                .withOnUpdateFilter(TenantWatches::matters)
                                .withSecondaryToPrimaryMapper(store -> tenantsWhere(tenants, t -> uses(t, store)))
                                .build(),
                        context),
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(TenantSecret.class, Tenant.class)
                                .withSecondaryToPrimaryMapper(TenantWatches::tenantOf)
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
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(Tombstone.class, Tenant.class)
                                .withSecondaryToPrimaryMapper(TenantWatches::formerly)
                                .build(),
                        context),
                tenants);
        sources = made;
        List<EventSource<?, Tenant>> all = new ArrayList<>(owned.eventSources());
        all.addAll(List.of(
                made.profiles(),
                made.servers(),
                made.stores(),
                made.secrets(),
                made.reports(),
                made.incidents(),
                made.tombstones(),
                sweeps));
        return all;
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

    /** The status of a DatabaseServer; empty while nobody watches, or where it has none. */
    public Optional<BackendStatus> serverStatus(String name) {
        return running() ? status(ready().servers().get(new ResourceID(name))) : Optional.empty();
    }

    /** The status of an ObjectStore; empty while nobody watches, or where it has none. */
    public Optional<BackendStatus> storeStatus(String name) {
        return running() ? status(ready().stores().get(new ResourceID(name))) : Optional.empty();
    }

    private static Optional<BackendStatus> status(Optional<? extends CustomResource<?, BackendStatus>> object) {
        return object.map(CustomResource::getStatus);
    }

    /** Whether somebody else than the operator makes the keys to a Tenant's bucket. */
    public boolean suppliedKeys(Tenant tenant) {
        TenantStatus status = tenant.getStatus();
        return status != null
                && status.objectStore() != null
                && ready().stores()
                        .get(new ResourceID(status.objectStore().store()))
                        .filter(store -> StoreKind.of(store.getSpec().driver()).keysSupplied())
                        .isPresent();
    }

    /** Names of every DatabaseServer there is. */
    public Set<String> serverNames() {
        return servers().stream().map(s -> s.getMetadata().getName()).collect(Collectors.toSet());
    }

    /** Names of every ObjectStore there is. */
    public Set<String> storeNames() {
        return stores().stream().map(s -> s.getMetadata().getName()).collect(Collectors.toSet());
    }

    List<DatabaseServer> servers() {
        return ready().servers().list(all -> true).toList();
    }

    List<ObjectStore> stores() {
        return ready().stores().list(all -> true).toList();
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

    /** How many Tenants have their bucket on an ObjectStore. */
    public int tenantsOn(String store) {
        return (int) tenants().stream()
                .map(Tenant::getStatus)
                .filter(s -> s != null
                        && s.objectStore() != null
                        && s.objectStore().store().equals(store))
                .count();
    }

    /** What is left of former Tenants of a name. */
    List<Tombstone> tombstones(String tenant) {
        return ready().tombstones()
                .list(stone -> formerly(stone).contains(new ResourceID(tenant)))
                .toList();
    }

    private static Set<ResourceID> formerly(Tombstone stone) {
        String tenant = stone.getStatus() == null ? null : stone.getStatus().tenant();
        return tenant == null ? Set.of() : Set.of(new ResourceID(tenant));
    }

    /** TenantSecrets in a namespace. */
    List<TenantSecret> secrets(String namespace) {
        return ready().secrets().list(namespace, all -> true).toList();
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

    private static boolean uses(Tenant tenant, DatabaseServer server) {
        TenantStatus status = tenant.getStatus();
        return status == null
                || status.database() == null
                || status.database().server().equals(server.getMetadata().getName());
    }

    private static boolean uses(Tenant tenant, ObjectStore store) {
        TenantStatus status = tenant.getStatus();
        return status == null
                || status.objectStore() == null
                || status.objectStore().store().equals(store.getMetadata().getName());
    }

    /** A new spec, or a server that became ready or stopped being so; not every count of its tenants. */
    private static boolean matters(CustomResource<?, BackendStatus> now, CustomResource<?, BackendStatus> before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || ready(now.getStatus()) != ready(before.getStatus());
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
