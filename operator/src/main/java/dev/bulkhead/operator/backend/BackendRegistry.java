package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.backend.BackendKind.BackendOpening;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers or stores of one kind that are open, opened anew when their spec or account changes, and the newest plan of
 * every tenant on them, which sweeps compare the world with.
 *
 * @param <R> the object of one in the cluster
 * @param <P> what a tenant is to have on one
 */
public final class BackendRegistry<R extends CustomResource<?, BackendStatus>, P>
        implements Backends<P>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendRegistry.class);

    /** When the operator starts, tenants come by before their servers have been looked at for the first time. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(15);

    private final BackendKind<R, P> kind;
    private final OperatorSecrets secrets;
    private final Function<String, Optional<BackendStatus>> statuses;
    private final Clock clock;
    private volatile Instant began;
    private final LastLooks looks;
    private final Map<String, Connected<P>> open = new ConcurrentHashMap<>();
    private final Map<String, Finding> unusable = new ConcurrentHashMap<>();
    private final Map<String, List<Capability>> capabilities = new ConcurrentHashMap<>();
    private final Set<String> lookedAt = ConcurrentHashMap.newKeySet();
    private final Map<TenantIdentity, Planned<P>> plans = new ConcurrentHashMap<>();
    private final Set<Occupant> waiting = ConcurrentHashMap.newKeySet();
    private volatile Set<String> missing = Set.of();

    /** @param secretVersion resourceVersion of the Secret it was opened with */
    private record Connected<P>(Object address, String secretVersion, OpenBackend<P> backend) {}

    /** @param settled whether the world was brought to the plan since it was made */
    private record Planned<P>(Occupant who, P plan, boolean settled) {}

    /**
     * None is open yet.
     *
     * @param secrets with the operator's own accounts
     * @param statuses of the objects, by name: what is remembered of one that this process has not looked at yet
     * @param lookEvery how often each is looked at
     */
    public BackendRegistry(
            BackendKind<R, P> kind,
            OperatorSecrets secrets,
            Function<String, Optional<BackendStatus>> statuses,
            Duration lookEvery,
            Clock clock) {
        this.kind = kind;
        this.secrets = secrets;
        this.statuses = statuses;
        this.looks = new LastLooks(lookEvery);
        this.clock = clock;
        this.began = clock.instant();
    }

    BackendKind<R, P> kind() {
        return kind;
    }

    /** The Secret with the keys of the tenant whose names have that suffix. */
    Optional<Secret> keyRing(String suffix) {
        return secrets.find(TenantIdentity.keyRing(suffix));
    }

    /** The one of that name, if it is open. */
    Optional<OpenBackend<P>> connected(String name) {
        return Optional.ofNullable(open.get(name)).map(Connected::backend);
    }

    /** From now on tenants and servers come by: a replica that stood by begins when it leads. */
    public void begin() {
        began = clock.instant();
    }

    /** The server of this object, connected as it says now. */
    BackendOpening<P> open(R object) {
        String name = object.getMetadata().getName();
        Secret account = secrets.find(kind.adminSecret(object)).orElse(null);
        Map<String, byte[]> data = account == null ? Map.of() : OperatorSecrets.decoded(account);
        if (account == null || !data.keySet().containsAll(kind.secretKeys(object))) {
            close(name);
            return failed(
                    name,
                    new Finding(
                            Reason.SecretMissing,
                            subject(name),
                            "needs " + secrets.subject(kind.adminSecret(object)) + " with "
                                    + kind.secretKeys(object).stream().sorted().collect(Collectors.joining(" and "))
                                    + "; create it"));
        }
        Finding stranger = meantForOthers(object, account);
        if (stranger != null) {
            close(name);
            return failed(name, stranger);
        }
        Object address = kind.address(object);
        String version = account.getMetadata().getResourceVersion();
        Connected<P> before = open.get(name);
        if (before != null
                && before.address().equals(address)
                && before.secretVersion().equals(version)) {
            return new BackendOpening.Opened<>(before.backend());
        }
        return switch (kind.open(object, data)) {
            case BackendOpening.Failed<P>(Finding finding) -> failed(name, finding);
            case BackendOpening.Opened<P> opened -> {
                open.put(name, new Connected<>(address, version, opened.backend()));
                unusable.remove(name);
                if (before != null) {
                    before.backend().close();
                }
                yield opened;
            }
        };
    }

    /**
     * Whoever may write the object must not have an account shown to a server of theirs: who answers for the account says
     * for which it is.
     */
    private @Nullable Finding meantForOthers(R object, Secret account) {
        Map<String, String> annotations =
                Objects.requireNonNullElse(account.getMetadata().getAnnotations(), Map.of());
        Set<String> meant = Set.of(Objects.requireNonNullElse(annotations.get(Marks.HOSTS), "")
                .strip()
                .split("[\\s,]+"));
        Set<String> asked = new TreeSet<>(kind.hosts(object));
        if (meant.containsAll(asked)) {
            return null;
        }
        String secret = account.getMetadata().getName();
        return new Finding(
                Reason.SecretForAnother,
                subject(object.getMetadata().getName()),
                secrets.subject(secret) + " is not for " + String.join(" and ", asked)
                        + "; whoever answers for that account says so: kubectl -n " + secrets.namespace()
                        + " annotate --overwrite secret " + secret + " '" + Marks.HOSTS + "=" + String.join(" ", asked)
                        + "'");
    }

    private BackendOpening<P> failed(String name, Finding finding) {
        unusable.put(name, finding);
        return new BackendOpening.Failed<>(finding);
    }

    /** A look at one is over: whoever waited for it is returned, to be told. */
    Set<String> looked(String name) {
        lookedAt.add(name);
        Set<Occupant> told =
                waiting.stream().filter(w -> w.backend().equals(name)).collect(Collectors.toSet());
        waiting.removeAll(told);
        return told.stream().map(Occupant::tenant).collect(Collectors.toSet());
    }

    void can(String name, List<Capability> found) {
        capabilities.put(name, List.copyOf(found));
    }

    /** Notes how a look at one and its tenants ended; see {@link LastLooks#ended}. */
    boolean ended(String name, boolean done) {
        return looks.ended(name, done, began, clock.instant());
    }

    /** The newest plan of every tenant on it. */
    Map<TenantIdentity, P> plans(String name) {
        Map<TenantIdentity, P> there = new HashMap<>();
        plans.forEach((identity, planned) -> {
            if (planned.who().backend().equals(name)) {
                there.put(identity, planned.plan());
            }
        });
        return there;
    }

    /** Name of the Tenant that holds an identity, or the empty string. */
    String tenant(TenantIdentity identity) {
        Planned<P> planned = plans.get(identity);
        return planned == null ? "" : planned.who().tenant();
    }

    /** Whether the world was brought to the tenant's newest plan: else that it differs is no news. */
    boolean settled(TenantIdentity identity) {
        Planned<P> planned = plans.get(identity);
        return planned != null && planned.settled();
    }

    /** How much the tenants there have stored, as far as it is remembered; asks nobody. */
    public List<StoredBytes> stored() {
        List<StoredBytes> all = new ArrayList<>();
        open.forEach((name, connected) -> connected
                .backend()
                .stored(plans(name))
                .forEach((identity, bytes) -> {
                    String tenant = tenant(identity);
                    if (!tenant.isEmpty()) { // it may have gone just now
                        all.add(new StoredBytes(tenant, name, bytes));
                    }
                }));
        return all;
    }

    @Override
    public BackendView view(String backend) {
        return new BackendView(
                Optional.ofNullable(capabilities.get(backend))
                        .or(() -> statuses.apply(backend)
                                .map(BackendStatus::capabilities)
                                .filter(remembered -> !remembered.isEmpty())),
                Optional.of(looks.of(backend).orElseGet(() -> looks.first(began))));
    }

    @Override
    public Outcome apply(Occupant who, P plan, KeyRing keys) {
        return with(who, plan, backend -> backend.apply(plan, keys));
    }

    @Override
    public Outcome shut(Occupant who, P plan) {
        return with(who, plan, backend -> backend.shut(plan));
    }

    private Outcome with(Occupant who, P plan, Function<OpenBackend<P>, Outcome> step) {
        plans.compute(
                who.identity(),
                (_, before) -> new Planned<>(
                        who,
                        plan,
                        before != null && before.settled() && before.plan().equals(plan)));
        Connected<P> connected = open.get(who.backend());
        if (connected == null) {
            return await(who);
        }
        Outcome outcome = step.apply(connected.backend());
        if (outcome.done()) {
            plans.computeIfPresent(
                    who.identity(),
                    (_, now) -> now.plan().equals(plan) ? new Planned<>(now.who(), now.plan(), true) : now);
        }
        return outcome;
    }

    @Override
    public Outcome await(Occupant who) {
        waiting.add(who);
        return unconnected(who.backend());
    }

    @Override
    public Outcome close(TenantIdentity identity, Place place) {
        Connected<P> connected = open.get(place.backend());
        return connected == null
                ? unconnected(place.backend())
                : connected.backend().close(identity, place);
    }

    private Outcome unconnected(String name) {
        boolean early = !lookedAt.contains(name) && clock.instant().isBefore(began.plus(FIRST_LOOK));
        Finding known = unusable.get(name);
        return new Outcome.Waiting(
                known != null
                        ? known
                        : new Finding(kind.unavailable(), subject(name), "is not connected yet; tried again by itself"),
                early && known == null);
    }

    @Override
    public void forget(TenantIdentity identity) {
        plans.remove(identity);
        waiting.removeIf(w -> w.identity().equals(identity));
        open.values().forEach(connected -> connected.backend().forget(identity));
    }

    @Override
    public void forget(TenantIdentity identity, String tenant) {
        plans.computeIfPresent(identity, (_, planned) -> planned.who().tenant().equals(tenant) ? null : planned);
        waiting.removeIf(w -> w.tenant().equals(tenant));
    }

    /**
     * Closes those whose objects are gone, and forgets what was known of them. One that is missing for the first time is
     * left: a cache may be behind the one that opened it.
     */
    public void retain(Set<String> names) {
        Set<String> gone = Stream.of(open.keySet(), unusable.keySet(), capabilities.keySet(), lookedAt)
                .flatMap(Set::stream)
                .filter(name -> !names.contains(name))
                .collect(Collectors.toSet());
        for (String name : gone) {
            if (missing.contains(name)) {
                boolean closed = close(name);
                capabilities.remove(name);
                unusable.remove(name);
                lookedAt.remove(name);
                looks.forget(name);
                if (closed) {
                    LOG.atInfo().addKeyValue("backend", subject(name)).log("closed: its object is gone");
                }
            }
        }
        missing = Set.copyOf(gone);
    }

    private boolean close(String name) {
        Connected<P> gone = open.remove(name);
        if (gone != null) {
            gone.backend().close();
        }
        return gone != null;
    }

    private String subject(String name) {
        return kind.kind() + " " + name;
    }

    @Override
    public void close() {
        open.keySet().forEach(this::close);
    }
}
