package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretSpec;
import dev.bulkhead.api.v1beta1.TenantSecretSpec.SecretType;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.SealedValue;
import dev.bulkhead.operator.secret.SealingPublicKey;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Seals a value for one canary tenant, gives it to both, and looks for its plaintext afterwards. What it makes carries
 * {@link Canary#MARK} and is deleted at the end, or at the beginning of the next exchange if this one is killed.
 */
public final class CanaryExchange {
    private static final String KEY = "value";
    private static final String OPENS = "a value sealed for one tenant opens in another";
    private static final String SEEN = "plaintext of a sealed value is seen in objects";
    private static final String LOGGED = "plaintext of a sealed value is seen in the operator's log";

    /** The second: a tenant whose sealing key was exchanged less often has none of that version. */
    private static final Set<Reason> FOR_OTHERS = Set.of(Reason.SealedForAnother, Reason.UnknownSealKey);

    private final KubernetesClient client;
    private final Supplier<List<Subject>> canaries;
    private final OperatorLog log;
    private final SecureRandom random;
    private final Clock clock;
    private final Duration patience;

    /**
     * Wired by hand.
     *
     * @param canaries tenants of profile {@link Canary#PROFILE}, in order of their names
     * @param patience how long the operator may take to say what became of a value
     */
    public CanaryExchange(
            KubernetesClient client,
            Supplier<List<Subject>> canaries,
            OperatorLog log,
            SecureRandom random,
            Clock clock,
            Duration patience) {
        this.client = client;
        this.canaries = canaries;
        this.log = log;
        this.random = random;
        this.clock = clock;
        this.patience = patience;
    }

    /** Tenants of the canary profile that have a compartment, in order of their names. */
    public static List<Subject> canaries(KubernetesClient client) {
        return client.resources(Tenant.class).list().getItems().stream()
                .filter(tenant -> Canary.PROFILE.equals(tenant.getSpec().profile()))
                .flatMap(tenant -> Subject.of(tenant).stream())
                .sorted(java.util.Comparator.comparing(Subject::tenant))
                .toList();
    }

    private record Pair(Subject owner, Subject stranger) {
        String ownerNamespace() {
            return owner.namespaces().getFirst().fullName();
        }

        String strangerNamespace() {
            return stranger.namespaces().getFirst().fullName();
        }

        List<String> namespaces() {
            return List.of(ownerNamespace(), strangerNamespace());
        }
    }

    /** All trials of one exchange; unclear ones where it could not be held. */
    public List<Trial> trials() throws InterruptedException {
        try {
            List<Subject> two = canaries.get();
            return two.size() < 2
                    ? unclear("there are no two canary tenants: Tenants of profile " + Canary.PROFILE)
                    : trials(new Pair(two.get(0), two.get(1)));
        } catch (KubernetesClientException e) {
            return unclear(ApiAnswers.reason(e));
        }
    }

    private List<Trial> unclear(String reason) {
        Attempt nothing = Attempt.broken("the prober", "canary tenants", reason);
        return List.of(
                new Trial(Control.TI_SEC, OPENS, TrialKind.BreakOut, nothing, nothing),
                new Trial(Control.TI_SEC, SEEN, TrialKind.BreakOut, nothing, nothing));
    }

    private List<Trial> trials(Pair pair) throws InterruptedException {
        pair.namespaces().forEach(this::sweep);
        ConfigMap card = client.configMaps()
                .inNamespace(pair.ownerNamespace())
                .withName(SealingPublicKey.CONFIG_MAP)
                .get();
        Map<String, String> data = card == null ? Map.of() : Objects.requireNonNullElse(card.getData(), Map.of());
        return switch (SealingPublicKey.fromConfigMapData(data)) {
            case SealingPublicKey.PublicKeyReading.Unusable(String message) ->
                unclear("ConfigMap " + pair.ownerNamespace() + "/" + SealingPublicKey.CONFIG_MAP + ": " + message);
            case SealingPublicKey.PublicKeyReading.Read(SealingPublicKey key) -> {
                try {
                    yield exchange(pair, key);
                } finally {
                    pair.namespaces().forEach(this::sweep);
                }
            }
        };
    }

    private List<Trial> exchange(Pair pair, SealingPublicKey key) throws InterruptedException {
        Instant start = clock.instant();
        String plaintext = "canary-plaintext-" + hex(16);
        String name = "canary-" + hex(8);
        String sealed = SealedValue.seal(
                key,
                new SealedValue.SealTarget(pair.ownerNamespace(), name, KEY),
                start.toEpochMilli(),
                plaintext.getBytes(StandardCharsets.UTF_8),
                random);
        for (String namespace : pair.namespaces()) {
            client.resource(object(namespace, name, sealed)).create();
        }
        Optional<Condition> own = answer(pair.ownerNamespace(), name);
        Optional<Condition> strange = answer(pair.strangerNamespace(), name);
        Attempt opened = opening(pair.ownerNamespace() + "/" + name, own, Set.of());
        List<Trial> trials = new ArrayList<>();
        trials.add(new Trial(
                Control.TI_SEC,
                OPENS,
                TrialKind.BreakOut,
                opening(pair.strangerNamespace() + "/" + name, strange, FOR_OTHERS),
                opened));
        trials.add(objects(pair, plaintext, sealed, opened));
        logged(start, plaintext, name, opened).ifPresent(trials::add);
        return trials;
    }

    private static TenantSecret object(String namespace, String name, String sealed) {
        TenantSecret object = new TenantSecret();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(Map.of(Canary.MARK, "true"))
                .build());
        object.setSpec(new TenantSecretSpec(SecretType.Opaque, Map.of(KEY, sealed), null));
        return object;
    }

    /** What the operator says became of the value; empty when it says nothing in time. */
    private Optional<Condition> answer(String namespace, String name) throws InterruptedException {
        Instant end = clock.instant().plus(patience);
        while (true) {
            TenantSecret now = client.resources(TenantSecret.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get();
            Optional<Condition> ready = now == null || now.getStatus() == null
                    ? Optional.empty()
                    : now.getStatus().conditions().stream()
                            .filter(c -> c.type().equals("Ready"))
                            .filter(c -> !Reason.WaitingFor.name().equals(c.reason()))
                            .findFirst();
            if (ready.isPresent() || !clock.instant().isBefore(end)) {
                return ready;
            }
            Thread.sleep(Duration.ofMillis(200));
        }
    }

    /** An attempt to open it; these reasons refuse it, others say nothing about whose it is. */
    private static Attempt opening(String object, Optional<Condition> ready, Set<Reason> refusals) {
        String actor = "TenantSecret " + object;
        String target = "the canary's sealed value";
        if (ready.isEmpty()) {
            return new Attempt(actor, target, Ending.TimedOut, "the operator said nothing about it in time");
        }
        Condition condition = ready.get();
        if (condition.status() == Condition.Status.True) {
            return Attempt.succeeded(actor, target, condition.reason());
        }
        return refusals.stream().map(Reason::name).anyMatch(condition.reason()::equals)
                ? Attempt.refused(actor, target, condition.reason())
                : Attempt.broken(actor, target, condition.reason());
    }

    /** That the sealed text is found shows that the search reads what it says it reads. */
    private Trial objects(Pair pair, String plaintext, String sealed, Attempt opened) {
        String actor = "whoever may read objects of " + pair.owner().tenant() + " and "
                + pair.stranger().tenant();
        String target = "TenantSecrets, ConfigMaps, pods, events and the two Tenants";
        Attempt attack;
        Attempt check;
        try {
            List<HasMetadata> all = readable(pair);
            PlaintextSearch plain = new PlaintextSearch(plaintext);
            attack = all.stream()
                    .filter(object -> plain.found(text(object)))
                    .findFirst()
                    .map(object -> Attempt.succeeded(
                            actor,
                            target,
                            object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                                    + object.getMetadata().getName() + " shows it"))
                    .orElseGet(() -> Attempt.refused(actor, target, "not in " + all.size() + " objects"));
            boolean searched = all.stream().anyMatch(object -> text(object).contains(sealed));
            check = opened.ending() != Ending.Succeeded || searched
                    ? opened
                    : Attempt.broken(actor, target, "the sealed value itself was not found");
        } catch (KubernetesClientException e) {
            attack = Attempt.broken(actor, target, ApiAnswers.reason(e));
            check = opened;
        }
        return new Trial(Control.TI_SEC, SEEN, TrialKind.BreakOut, attack, check);
    }

    private List<HasMetadata> readable(Pair pair) {
        List<HasMetadata> all = new ArrayList<>();
        for (String namespace : pair.namespaces()) {
            all.addAll(client.resources(TenantSecret.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems());
            all.addAll(client.configMaps().inNamespace(namespace).list().getItems());
            all.addAll(client.pods().inNamespace(namespace).list().getItems());
            all.addAll(client.v1().events().inNamespace(namespace).list().getItems());
        }
        for (Subject subject : List.of(pair.owner(), pair.stranger())) {
            Optional.ofNullable(client.resources(Tenant.class)
                            .withName(subject.tenant())
                            .get())
                    .ifPresent(all::add);
        }
        return all;
    }

    private String text(HasMetadata object) {
        return client.getKubernetesSerialization().asJson(object);
    }

    /** Left out where nobody could read the log; that its own lines are found shows that it is the right one. */
    private Optional<Trial> logged(Instant start, String plaintext, String name, Attempt opened) {
        String actor = "whoever reads the operator's log";
        String target = "the operator's log";
        Attempt attack = switch (log.since(start)) {
            case OperatorLog.LogReading.NotHere _ -> null;
            case OperatorLog.LogReading.Unreadable(String reason) -> Attempt.broken(actor, target, reason);
            case OperatorLog.LogReading.Text(String text) -> {
                if (new PlaintextSearch(plaintext).found(text)) {
                    yield Attempt.succeeded(actor, target, "a line shows it");
                }
                yield text.contains(name)
                        ? Attempt.refused(actor, target, "not in " + text.length() + " characters")
                        : Attempt.broken(actor, target, "it does not mention TenantSecret " + name);
            }
        };
        return Optional.ofNullable(attack).map(a -> new Trial(Control.TI_SEC, LOGGED, TrialKind.BreakOut, a, opened));
    }

    private void sweep(String namespace) {
        client.resources(TenantSecret.class)
                .inNamespace(namespace)
                .withLabel(Canary.MARK)
                .list()
                .getItems()
                .forEach(old -> client.resource(old).delete());
    }

    private String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }
}
