package dev.bulkhead.operator.cli;

import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.KeyRingCopies;
import dev.bulkhead.operator.secret.KeyRingCopies.Copy;
import dev.bulkhead.operator.secret.RecoveryFile;
import dev.bulkhead.operator.secret.RecoveryKey;
import dev.bulkhead.operator.settings.OperatorSettings;
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
        description = "Writes a copy of the key rings, encrypted to a recovery key, and lists it on each ring.",
        footer = {"", "Exit codes: 0 written, 1 it could not be done, 2 wrong usage."})
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
            return failed(ClusterAccess.words(e) + ". Nothing was written; a copy that is listed on a ring and was not"
                    + " written harms nothing.");
        } catch (KeyRingCopies.UnlistedException | OperatorSettings.UnusableSettingsException e) {
            return failed(e.getMessage() + ". Nothing was written.");
        } catch (IOException e) {
            return failed(to + " cannot be written (" + e.getClass().getSimpleName() + ")");
        }
    }

    private int export(KubernetesClient client, RecoveryKey.Public key)
            throws KeyRingCopies.UnlistedException, OperatorSettings.UnusableSettingsException, IOException {
        Copy copy =
                new Copy(id(), clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), key.id());
        KeyRingCopies rings = cluster.keyRings(client);
        List<RecoveryFile.Ring> copied = new ArrayList<>();
        Map<TenantIdentity, RingOwners.RingOwner> owners = RingOwners.of(
                client,
                rings,
                stone -> tell("Tombstone " + stone + " is none of a tenant's: its name is no identity; left out"));
        List<String> unknown = tenants.stream()
                .filter(asked -> owners.values().stream()
                        .noneMatch(owner -> owner.tenant().equals(asked)))
                .toList();
        if (!unknown.isEmpty()) {
            return failed("there is no Tenant " + String.join(", ", unknown) + ", and no Tombstone of one; see 'kubectl"
                    + " get tenants,tombstones'. Nothing was written.");
        }
        for (Map.Entry<TenantIdentity, RingOwners.RingOwner> entry : owners.entrySet()) {
            RingOwners.RingOwner owner = entry.getValue();
            if (tenants.isEmpty() || tenants.contains(owner.tenant())) {
                rings.list(entry.getKey(), copy)
                        .map(ring -> ring(entry.getKey(), owner, ring))
                        .ifPresentOrElse(
                                copied::add,
                                () -> tell("Tenant " + owner.tenant() + " (" + entry.getKey()
                                        + ") has no key ring; left out"));
            }
        }
        if (copied.isEmpty()) {
            return failed("there is no key ring to copy; see 'kubectl get tenants,tombstones'");
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

    private static RecoveryFile.Ring ring(
            TenantIdentity identity, RingOwners.RingOwner owner, KeyRingCopies.StoredRing found) {
        TombstoneStatus status = owner.stone() == null ? null : owner.stone().getStatus();
        return new RecoveryFile.Ring(
                identity.value(),
                found.tenant().isEmpty() ? owner.tenant() : found.tenant(),
                owner.profile(),
                status == null ? null : status.deletedAt(),
                owner.stone() == null ? null : owner.stone().getSpec(),
                found.state(),
                found.data());
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
