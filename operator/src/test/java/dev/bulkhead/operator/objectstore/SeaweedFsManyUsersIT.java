package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one more user costs on a SeaweedFS that has many: by hand, with {@code -Dbulkhead.users=1000}. */
@EnabledIfSystemProperty(named = "bulkhead.users", matches = "[1-9][0-9]+")
class SeaweedFsManyUsersIT {
    private static final Logger LOG = LoggerFactory.getLogger(SeaweedFsManyUsersIT.class);
    private static final int TIMED = 30;

    @Test
    void one_more_user_among_many() {
        int most = Integer.getInteger("bulkhead.users", 1000);
        try (SeaweedServer server = SeaweedServer.start();
                StoreGate gate = new StoreGate(4, server.connection().limits().call(), ExternalCalls.unobserved());
                KeyAccounts accounts = server.accounts(gate)) {
            int made = 0;
            for (int users : new int[] {TIMED, most / 10, most}) {
                while (made < users - TIMED) {
                    accounts.put("many-" + made++, "secret-of-one-of-many-0123456789");
                }
                long[] took = new long[TIMED];
                for (int i = 0; i < TIMED; i++) {
                    long begun = System.nanoTime();
                    accounts.put("many-" + made++, "secret-of-one-of-many-0123456789");
                    took[i] = System.nanoTime() - begun;
                }
                Arrays.sort(took);
                long begun = System.nanoTime();
                assertThat(accounts.list()).hasSize(made);
                LOG.atInfo()
                        .addKeyValue("users", made)
                        .addKeyValue("oneMoreMillis", millis(took[TIMED / 2]))
                        .addKeyValue("allListedMillis", millis(System.nanoTime() - begun))
                        .log("users of a SeaweedFS");
            }
        }
    }

    private static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }
}
