package dev.bulkhead.e2e.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operator that works on a rotation dies after its first write that matters, and the next one goes on. The tenant's
 * client notices nothing of it.
 */
@ExtendWith(StackExtension.class)
class RotationCrashIT {
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path directory;

    @Test
    void whoever_dies_after_each_write_is_followed_by_one_that_goes_on_and_nobody_is_ever_locked_out(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        RotatedTenant tenant;
        try (Platform.RunningOperator _ = platform.operator(new Faults(), NEVER)) {
            tenant = RotatedTenant.make(platform, "mortal", 10);
        }
        Delivered old = Delivered.database(platform, tenant.namespace());
        String rotation = tenant.rotate(Rotatable.Database, Rotatable.ObjectStore);
        List<String> deaths = new ArrayList<>();
        RestlessClient client = new RestlessClient(platform, tenant.namespace());
        try (client) {
            for (int life = 0; life < 60 && !tenant.over(rotation); life++) {
                Mortal mortal = new Mortal();
                try (Platform.RunningOperator _ = platform.operator(mortal, NEVER)) {
                    Awaitility.await("death " + deaths)
                            .atMost(Platform.PATIENCE)
                            .pollInterval(Duration.ofMillis(50))
                            .until(() -> mortal.died() != null || tenant.over(rotation));
                }
                if (mortal.died() != null) {
                    deaths.add(mortal.died());
                }
            }
        }
        assertThat(client.failures()).isEmpty();

        JobStatus status = Objects.requireNonNull(tenant.status(rotation));
        assertThat(status.phase()).as("%s after %s", status.message(), deaths).isEqualTo(JobPhase.Succeeded);
        assertThat(deaths)
                .as("the ring, the Secrets, the database and the bucket were each the last write of one")
                .anyMatch(d -> d.contains("secrets"))
                .anyMatch(d -> d.contains("COMMIT"))
                .anyMatch(d -> d.contains("s3"))
                .hasSizeGreaterThan(12);
        assertThatThrownBy(old::connect).isInstanceOf(SQLException.class);
        try (Platform.RunningOperator _ = platform.operator(new Faults(), NEVER)) {
            platform.awaitReady("mortal");
            tenant.close();
        }
    }

    /** Dies once its first write that changes what a tenant has got through; what it tries out at its start does not count. */
    private static final class Mortal implements ExternalCalls {
        private static final Set<String> OF_KEYS = Set.of("CreateUser", "UpdateUser", "DeleteUser", "PutBucketPolicy");

        private boolean tried;
        private @Nullable String died;

        @Override
        public synchronized void before(Backend backend, Verb verb, String what) {
            if (died != null) {
                throw new Faults.Killed();
            }
        }

        @Override
        public synchronized void after(Backend backend, Verb verb, String what, String result) {
            if (died != null) {
                throw new Faults.Killed();
            }
            tried |= what.equals("DeleteBucket");
            boolean matters = switch (backend) {
                case kubernetes -> what.contains(" secrets") && verb == Verb.write;
                case postgresql -> what.equals("COMMIT") || what.equals("TERMINATE");
                case s3 -> tried && OF_KEYS.contains(what);
            };
            if (matters) {
                died = backend + " " + what;
                throw new Faults.Killed();
            }
        }

        synchronized @Nullable String died() {
            return died;
        }
    }
}
