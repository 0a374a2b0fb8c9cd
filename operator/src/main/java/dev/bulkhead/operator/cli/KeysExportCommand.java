package dev.bulkhead.operator.cli;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.secret.KeyRingCopies;
import dev.bulkhead.operator.secret.KeyRingCopies.Copy;
import dev.bulkhead.operator.secret.RecoveryFile;
import dev.bulkhead.operator.secret.RecoveryKey;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code bulkhead keys export}: writes copies of key rings, encrypted to a recovery key. Each copy is listed on its ring
 * before the file is there: a copy that is listed and was never written harms nobody, one the other way round does.
 */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes a copy of the key rings, encrypted to a recovery key, and lists it on each ring.")
final class KeysExportCommand implements Callable<Integer> {
    private static final int ID_BYTES = 8;

    private final Supplier<Config> config;
    private final Clock clock;
    private final SecureRandom random;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ClusterAccess cluster = new ClusterAccess();

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "A new file.")
    private Path to = Path.of("");

    @Option(
            names = "--recovery-key",
            required = true,
            paramLabel = "RPK1.…",
            description = "The public half, as 'keys recovery-key' printed it.")
    private String recoveryKey = "";

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "Only this Tenant, removed ones of that name included; may be repeated. Default: all.")
    private List<String> tenants = new ArrayList<>();

    KeysExportCommand(Supplier<Config> config, Clock clock, SecureRandom random) {
        this.config = config;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Integer call() {
        RecoveryKey.Public key;
        try {
            key = new RecoveryKey.Public(recoveryKey);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--recovery-key " + e.getMessage());
        }
        if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            return failed(to + " is there already; name a file that is not");
        }
        try (KubernetesClient client = cluster.client(config)) {
            return export(client, key);
        } catch (KubernetesClientException e) {
            return failed(ClusterAccess.words(e) + " Nothing was written; a copy that is listed on a ring and was not"
                    + " written harms nothing.");
        } catch (KeyRingCopies.UnlistedException e) {
            return failed(e.getMessage() + ". Nothing was written.");
        } catch (IOException e) {
            return failed(to + " cannot be written (" + e.getClass().getSimpleName() + ")");
        }
    }

    private int export(KubernetesClient client, RecoveryKey.Public key)
            throws KeyRingCopies.UnlistedException, IOException {
        Copy copy =
                new Copy(id(), clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), key.id());
        KeyRingCopies rings = new KeyRingCopies(new OperatorSecrets(client, cluster.namespace()));
        List<RecoveryFile.Ring> copied = new ArrayList<>();
        Map<TenantIdentity, Owner> owners = owners(client);
        if (owners.isEmpty()) {
            return failed("there is no such Tenant, and no Tombstone of one; see 'kubectl get tenants,tombstones'");
        }
        for (Map.Entry<TenantIdentity, Owner> owner : owners.entrySet()) {
            rings.list(owner.getKey(), copy)
                    .ifPresentOrElse(
                            ring -> copied.add(owner.getValue().ring(owner.getKey(), ring)),
                            () -> tell("Tenant " + owner.getValue().tenant() + " has no key ring yet; left out"));
        }
        if (copied.isEmpty()) {
            return failed("there is no key ring to copy");
        }
        RecoveryFile file = new RecoveryFile(
                new RecoveryFile.Header(
                        copy.id(),
                        copy.at(),
                        copy.recoveryKey(),
                        cluster.namespace(),
                        copied.stream().map(RecoveryFile.Ring::identity).toList()),
                copied);
        SecretFile.create(to, file.seal(key, random));
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println("copy " + copy.id() + ", key rings of " + copied.size() + " tenants, in " + to
                        + ", for recovery key " + copy.recoveryKey());
        return 0;
    }

    /** Whose ring it is, as far as the cluster tells. */
    private record Owner(
            String tenant,
            @Nullable String profile,
            @Nullable Tombstone stone) {
        private RecoveryFile.Ring ring(TenantIdentity identity, KeyRingCopies.Found found) {
            TombstoneStatus status = stone == null ? null : stone.getStatus();
            return new RecoveryFile.Ring(
                    identity.value(),
                    found.tenant().isEmpty() ? tenant : found.tenant(),
                    profile,
                    status == null ? null : status.deletedAt(),
                    stone == null ? null : stone.getSpec(),
                    found.state(),
                    found.data());
        }
    }

    /** By identity: live Tenants, and those whose data is kept. Who only claims an identity comes second. */
    private Map<TenantIdentity, Owner> owners(KubernetesClient client) {
        Map<TenantIdentity, Owner> owners = new TreeMap<>(java.util.Comparator.comparing(TenantIdentity::value));
        for (Tombstone stone : client.resources(Tombstone.class).list().getItems()) {
            TombstoneStatus status = stone.getStatus();
            String name = status == null ? null : status.tenant();
            if (name != null && wanted(name)) {
                owners.put(new TenantIdentity(stone.getMetadata().getName()), new Owner(name, status.profile(), stone));
            }
        }
        for (Tenant tenant : client.resources(Tenant.class).list().getItems()) {
            String name = tenant.getMetadata().getName();
            if (wanted(name)) {
                TenantIdentity.parse(Objects.requireNonNullElse(
                                tenant.getSpec().adopt(), tenant.getMetadata().getUid()))
                        .ifPresent(identity -> owners.putIfAbsent(
                                identity, new Owner(name, tenant.getSpec().profile(), null)));
            }
        }
        return owners;
    }

    private boolean wanted(String tenant) {
        return tenants.isEmpty() || tenants.contains(tenant);
    }

    private String id() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private void tell(String message) {
        Objects.requireNonNull(spec).commandLine().getErr().println("keys: " + message);
    }

    private int failed(String message) {
        tell(message);
        return 1;
    }
}
