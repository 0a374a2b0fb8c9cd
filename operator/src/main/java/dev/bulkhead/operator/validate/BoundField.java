package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.NetworkRequest;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a Tenant that a profile can bound, by the names they have in {@code TenantProfile.spec.bounds}. A field
 * that occurs several times (every workflow, every port) is bound each time.
 */
public enum BoundField {
    /** How much protection the data needs. */
    PROTECTION_NEED(
            "protectionNeed",
            Scale.LEVEL,
            s -> one("spec.protectionNeed", s.protectionNeed().name())),
    /** Categories of data that make protectionNeed high. */
    PROTECTION_HIGH_FOR("protectionNeed.highFor", Scale.EXCLUDED, BoundField::categoriesUnlessHigh),
    /** Where the tenant lives. */
    ENVIRONMENT(
            "environment",
            Scale.WORD,
            s -> one("spec.environment", s.environment().name())),
    /** Categories of personal data. */
    DATA_CATEGORIES(
            "dataCategories",
            Scale.WORD,
            s -> each("spec.dataCategories", s.dataCategories().stream().map(Enum::name))),
    /** Reference of the data processing agreement. */
    CONTRACT_REFERENCE(
            "contract.reference",
            Scale.PRESENCE,
            s -> one(
                    "spec.contract.reference",
                    s.contract() == null ? null : s.contract().reference())),
    /** How many tenant-admins. */
    PEOPLE_ADMINS("people.admins", Scale.COUNT, s -> heads("admins", people(s).admins())),
    /** How many tenant-users. */
    PEOPLE_USERS("people.users", Scale.COUNT, s -> heads("users", people(s).users())),
    /** How many auditors. */
    PEOPLE_AUDITORS(
            "people.auditors", Scale.COUNT, s -> heads("auditors", people(s).auditors())),
    /** Last day of an auditor. */
    PEOPLE_AUDITORS_UNTIL("people.auditors.until", Scale.PRESENCE, BoundField::untils),
    /** How many namespaces. */
    NAMESPACES(
            "namespaces",
            Scale.COUNT,
            s -> one("spec.namespaces", String.valueOf(s.namespaces().size()))),
    /** The tenant's CPU. */
    QUOTA_CPU("quota.cpu", Scale.QUANTITY, s -> one("spec.quota.cpu", s.quota().cpu())),
    /** The tenant's memory. */
    QUOTA_MEMORY(
            "quota.memory",
            Scale.QUANTITY,
            s -> one("spec.quota.memory", s.quota().memory())),
    /** The tenant's volumes. */
    QUOTA_STORAGE(
            "quota.storage",
            Scale.QUANTITY,
            s -> one("spec.quota.storage", s.quota().storage())),
    /** The disk of the nodes that the tenant's pods write to. */
    QUOTA_EPHEMERAL_STORAGE(
            "quota.ephemeralStorage",
            Scale.QUANTITY,
            s -> one("spec.quota.ephemeralStorage", s.quota().ephemeralStorage())),
    /** The tenant's pods. */
    QUOTA_PODS(
            "quota.pods",
            Scale.COUNT,
            s -> one("spec.quota.pods", String.valueOf(s.quota().pods()))),
    /** How many there are of each of the tenant's devices. */
    QUOTA_DEVICES(
            "quota.devices",
            Scale.COUNT,
            s -> s.quota().devices().entrySet().stream()
                    .map(d -> new FieldReading("spec.quota.devices[" + d.getKey() + "]", String.valueOf(d.getValue())))
                    .toList()),
    /** Platform peers that may come in. */
    NETWORK_INGRESS(
            "network.ingressFrom",
            Scale.WORD,
            s -> each("spec.network.ingressFrom", network(s).ingressFrom().stream())),
    /** {@code cidrs} or {@code hosts}. */
    NETWORK_EGRESS_KIND(
            "network.egress.kind",
            Scale.WORD,
            s -> destinations(s, (d, subject) -> one(subject, d.cidrs() != null ? "cidrs" : "hosts"))),
    /** Ports of destinations. */
    NETWORK_EGRESS_PORTS(
            "network.egress.ports",
            Scale.PORTS,
            s -> destinations(
                    s,
                    (d, subject) -> each(subject + ".ports", d.ports().stream().map(BoundField::port)))),
    /** The sub-processor behind a destination. */
    NETWORK_EGRESS_SUBPROCESSOR(
            "network.egress.subprocessor",
            Scale.PRESENCE,
            s -> destinations(s, (d, subject) -> one(subject + ".subprocessor", d.subprocessor()))),
    /** How the tenant is kept apart in the database. */
    DATABASE_MODE(
            "database.mode",
            Scale.WORD,
            s -> one("spec.database.mode", s.database().mode().name())),
    /** Connections per login. */
    DATABASE_CONNECTION_LIMIT(
            "database.connectionLimit",
            Scale.COUNT,
            s -> one(
                    "spec.database.connectionLimit", String.valueOf(s.database().connectionLimit()))),
    /** What a statement may take. */
    DATABASE_STATEMENT_TIMEOUT(
            "database.statementTimeout",
            Scale.DURATION,
            s -> one("spec.database.statementTimeout", s.database().statementTimeout())),
    /** PostgreSQL extensions. */
    DATABASE_EXTENSIONS(
            "database.extensions",
            Scale.WORD,
            s -> each("spec.database.extensions", s.database().extensions().stream())),
    /** Size limit of the bucket; none is more than any. */
    OBJECT_STORE_QUOTA(
            "objectStore.quota",
            Scale.QUANTITY,
            s -> one("spec.objectStore.quota", s.objectStore().quota())),
    /** How long overwritten and deleted versions of objects stay. */
    OBJECT_STORE_NONCURRENT(
            "objectStore.noncurrentVersions",
            Scale.DURATION,
            s -> one("spec.objectStore.noncurrentVersions", s.objectStore().noncurrentVersions())),
    /** {@code digest}, or {@code tag} for anything else. */
    WORKFLOWS_IMAGE(
            "workflows.image",
            Scale.WORD,
            s -> workflows(
                    s, (w, subject) -> one(subject + ".image", w.image().contains("@sha256:") ? "digest" : "tag"))),
    /** Registries of images. */
    WORKFLOWS_REGISTRIES(
            "workflows.registries",
            Scale.WORD,
            s -> workflows(s, (w, subject) -> one(subject + ".image", registry(w.image())))),
    /** Pods of a workflow. */
    WORKFLOWS_REPLICAS(
            "workflows.replicas",
            Scale.COUNT,
            s -> workflows(s, (w, subject) -> one(subject + ".replicas", String.valueOf(w.replicas())))),
    /** CPU and memory of a workflow's pods. */
    WORKFLOWS_RESOURCES(
            "workflows.resources",
            Scale.PRESENCE,
            s -> workflows(s, (w, subject) -> one(subject + ".resources", w.resources() == null ? null : "given"))),
    /** Storage classes of volume claims; admission holds claims to it. */
    STORAGE_CLASSES("storage.classes", Scale.WORD, s -> List.of()),
    /** {@code Block} (a raw device) and {@code selector} (a volume by its labels); admission holds claims to it. */
    STORAGE_CLAIMS("storage.claims", Scale.WORD, s -> List.of()),
    /** Classes of a container runtime; admission holds pods to it, and to the next. */
    PODS_RUNTIME_CLASSES("pods.runtimeClasses", Scale.WORD, s -> List.of()),
    /** Priority classes. */
    PODS_PRIORITY_CLASSES("pods.priorityClasses", Scale.WORD, s -> List.of()),
    /** Which devices may be the tenant's; a profile that says nothing lists none. */
    PODS_DEVICES("pods.devices", Scale.WORD, s -> each("spec.quota.devices", DeviceRules.asked(s.quota()).stream())),
    /** {@code retention.<dataClass>}: how long that class of data is kept. A bound makes the class mandatory. */
    RETENTION("retention", Scale.DURATION, s -> List.of());

    private static final String RETENTION_PREFIX = "retention.";

    private final String path;
    private final Scale scale;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Function<TenantSpec, List<FieldReading>> readings;

    BoundField(String path, Scale scale, Function<TenantSpec, List<FieldReading>> readings) {
        this.path = path;
        this.scale = scale;
        this.readings = readings;
    }

    /**
     * One occurrence of the field.
     *
     * @param subject where it stands in the Tenant
     * @param value as text, or null when the Tenant says nothing, or nothing that compares
     */
    record FieldReading(String subject, @Nullable String value) {}

    /** The field of that name in a profile, or null when there is none. */
    static @Nullable BoundField of(String path) {
        if (path.startsWith(RETENTION_PREFIX)) {
            return Text.label(path.substring(RETENTION_PREFIX.length()), 63) ? RETENTION : null;
        }
        return Arrays.stream(values())
                .filter(f -> f != RETENTION && f.path.equals(path))
                .findFirst()
                .orElse(null);
    }

    /** Name of the field in a profile. */
    public String path() {
        return this == RETENTION ? RETENTION_PREFIX + "<dataClass>" : path;
    }

    Scale scale() {
        return scale;
    }

    Reason reason() {
        return this == WORKFLOWS_IMAGE || this == WORKFLOWS_REGISTRIES
                ? Reason.ImageNotAllowed
                : Reason.LooserThanProfile;
    }

    /** Every occurrence in a Tenant, for the name a profile gave the field. */
    List<FieldReading> read(TenantSpec spec, String name) {
        return this == RETENTION ? retention(spec, name.substring(RETENTION_PREFIX.length())) : readings.apply(spec);
    }

    private static List<FieldReading> retention(TenantSpec spec, String dataClass) {
        List<FieldReading> found = spec.retention().stream()
                .filter(r -> dataClass.equals(r.dataClass()))
                .map(r -> new FieldReading("spec.retention[" + dataClass + "]", r.keep()))
                .toList();
        return found.isEmpty() ? List.of(new FieldReading("spec.retention[" + dataClass + "]", null)) : found;
    }

    private static TenantSpec.People people(TenantSpec spec) {
        return Objects.requireNonNullElseGet(spec.people(), TenantSpec.People::none);
    }

    private static NetworkRequest network(TenantSpec spec) {
        return Objects.requireNonNullElseGet(spec.network(), NetworkRequest::none);
    }

    private static List<FieldReading> one(String subject, @Nullable String value) {
        return List.of(new FieldReading(subject, value));
    }

    private static List<FieldReading> each(String subject, Stream<String> values) {
        return values.map(v -> new FieldReading(subject, v)).toList();
    }

    private static List<FieldReading> categoriesUnlessHigh(TenantSpec spec) {
        return spec.protectionNeed() == TenantSpec.ProtectionNeed.high
                ? List.of()
                : each("spec.protectionNeed", spec.dataCategories().stream().map(Enum::name));
    }

    /** Nobody knows how many people a group has: not below any bound, not above any. */
    private static List<FieldReading> heads(String role, List<TenantSpec.Person> people) {
        boolean countable = people.stream().allMatch(p -> p.group() == null);
        return one("spec.people." + role, countable ? String.valueOf(people.size()) : null);
    }

    private static List<FieldReading> untils(TenantSpec spec) {
        List<FieldReading> untils = new ArrayList<>();
        List<TenantSpec.Person> auditors = people(spec).auditors();
        for (int i = 0; i < auditors.size(); i++) {
            untils.add(new FieldReading(
                    "spec.people.auditors[" + i + "].until", auditors.get(i).until()));
        }
        return untils;
    }

    private static List<FieldReading> destinations(
            TenantSpec spec, BiFunction<NetworkRequest.Destination, String, List<FieldReading>> reading) {
        return network(spec).egress().stream()
                .flatMap(d -> reading.apply(d, "spec.network.egress[" + d.name() + "]").stream())
                .toList();
    }

    private static List<FieldReading> workflows(
            TenantSpec spec, BiFunction<Workflow, String, List<FieldReading>> reading) {
        return spec.workflows().stream()
                .filter(w -> w.image() != null)
                .flatMap(w -> reading.apply(w, "spec.workflows[" + w.name() + "]").stream())
                .toList();
    }

    private static String port(NetworkRequest.Port port) {
        return port.port() + (port.endPort() == null ? "" : "-" + port.endPort()) + "/" + port.protocol();
    }

    /** The host of an image, or {@code docker.io} when it names none, as container runtimes read it. */
    private static String registry(String image) {
        int slash = image.indexOf('/');
        String host = slash < 0 ? "" : image.substring(0, slash);
        boolean named = host.contains(".") || host.contains(":") || host.equals("localhost");
        return named ? host : "docker.io";
    }
}
