package dev.bulkhead.operator.cli;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.lifecycle.Tombstones;
import dev.bulkhead.operator.secret.KeyRingCopies;
import dev.bulkhead.operator.secret.KeyRingCopies.Restored;
import dev.bulkhead.operator.secret.RecoveryFile;
import dev.bulkhead.operator.secret.RecoveryKey;
import dev.bulkhead.operator.secret.TenantState;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bulkhead keys import}: brings key rings into a cluster, and sets a Tombstone for each, so that a Tenant of the
 * same name can adopt what it had. Overwrites nothing; may be repeated.
 */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Brings key rings into a new cluster, so that Tenants of the same names can adopt what they had.",
        footer = {
            "",
            "Exit codes: 0 all are there, 1 some are left as they were, or it could not be done, 2 wrong usage."
        })
final class KeysImportCommand implements Callable<Integer> {
    /** Rings are a few KiB; what is larger is no copy of ours. */
    private static final long LONGEST = 256L << 20;

    private final Supplier<Config> config;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ClusterAccess cluster = new ClusterAccess();

    @Parameters(paramLabel = "FILE", description = "What 'keys export' wrote.")
    private Path from = Path.of("");

    @Option(
            names = "--recovery-key",
            required = true,
            paramLabel = "FILE",
            description = "The private half, as 'keys recovery-key' wrote it.")
    private Path recoveryKey = Path.of("");

    KeysImportCommand(Supplier<Config> config) {
        this.config = config;
    }

    @Override
    public Integer call() {
        RecoveryFile file;
        try (RecoveryKey.Private key = RecoveryKey.Private.parse(
                        Files.readString(recoveryKey, StandardCharsets.ISO_8859_1)
                                .strip())
                .orElse(null)) {
            if (key == null) {
                return failed(recoveryKey + " holds no private recovery key: one line that begins with "
                        + RecoveryKey.PRIVATE_PREFIX + " is expected");
            }
            if (Files.size(from) > LONGEST) {
                return failed(from + " is too large for a copy of key rings");
            }
            switch (RecoveryFile.open(Files.readAllBytes(from), key)) {
                case RecoveryFile.RecoveryReading.Refused(String message) -> {
                    return failed(from + " " + message);
                }
                case RecoveryFile.RecoveryReading.Opened(RecoveryFile opened) -> file = opened;
            }
        } catch (IOException e) {
            return failed(e.getMessage() + " cannot be read: no such file, or no right to read it");
        }
        if (!file.header().namespace().equals(cluster.namespace())) {
            return failed("these rings open with an operator in namespace "
                    + file.header().namespace() + " only; install it" + " there, and name it by --namespace "
                    + file.header().namespace());
        }
        try (KubernetesClient client = cluster.client(config)) {
            return bringIn(client, file);
        } catch (KubernetesClientException e) {
            return failed(ClusterAccess.words(e) + ". What was brought in before stays; import again to go on.");
        } catch (OperatorSettings.UnusableSettingsException e) {
            return failed(e.getMessage());
        }
    }

    private int bringIn(KubernetesClient client, RecoveryFile file) throws OperatorSettings.UnusableSettingsException {
        Set<String> born = client.resources(Tenant.class).list().getItems().stream()
                .filter(tenant -> tenant.getSpec().adopt() == null)
                .map(tenant -> tenant.getMetadata().getUid())
                .collect(Collectors.toSet());
        KeyRingCopies rings = cluster.keyRings(client);
        Tombstones tombstones = new Tombstones(client);
        int left = 0;
        for (RecoveryFile.Ring ring : file.rings()) {
            TenantIdentity identity = TenantIdentity.parse(ring.identity()).orElse(null);
            TenantState state = TenantState.read(ring.state()).orElse(null);
            if (identity == null || state == null) {
                tell(ring, "left out: its record does not say whose it is or where its data lies");
                left++;
                continue;
            }
            Restored restored = rings.restore(identity, ring);
            if (restored == Restored.Differs) {
                tell(ring, "left as it is: another key ring of that identity is here");
                left++;
                continue;
            }
            String made = restored == Restored.Made ? "key ring brought in" : "key ring was here";
            if (born.contains(ring.identity())) {
                tell(ring, made + "; its Tenant lives here");
                continue;
            }
            boolean set = tombstones.bring(identity, ring.decided(), stone(file, ring, identity, state.placement()));
            tell(ring, made + ", " + (set ? "Tombstone set" : "Tombstone was here") + "; spec.adopt: " + identity);
        }
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println("Each Tenant gets its data back by its former name and spec.adopt as above. The operator needs"
                        + " the master key that wrapped the rings.");
        return left == 0 ? 0 : 1;
    }

    private static TombstoneStatus stone(
            RecoveryFile file, RecoveryFile.Ring ring, TenantIdentity identity, Placement placement) {
        return BackedParts.saying(
                Homes.closed(identity, placement),
                new TombstoneStatus(
                        ring.tenant(),
                        TombstoneStatus.TombstonePhase.Retained,
                        ring.profile(),
                        Objects.requireNonNullElse(
                                ring.deletedAt(), file.header().created()),
                        null,
                        List.of(),
                        null,
                        null,
                        "0",
                        List.of()));
    }

    private void tell(RecoveryFile.Ring ring, String what) {
        Objects.requireNonNull(spec).commandLine().getOut().println(ring.tenant() + ": " + what);
    }

    private int failed(@Nullable String message) {
        Objects.requireNonNull(spec).commandLine().getErr().println("keys: " + message);
        return 1;
    }
}
