package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.database.DatabaseClaims.DatabaseClaim;
import dev.bulkhead.operator.database.DatabaseFacts.RunningServer;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseClaimsTest {
    private static final Instant STARTED = Instant.parse("2026-11-30T08:00:00Z");
    private static final RunningServer ONE = new RunningServer("7312", STARTED);

    private Instant now = STARTED.plus(Duration.ofHours(1));
    private final DatabaseClaims claims = new DatabaseClaims(() -> now);

    @Test
    void the_younger_of_two_that_name_one_database_is_refused() {
        DatabaseClaim young = claims.of(server("young", "2026-02-01T00:00:00Z", "db.example", "other", "tenants"));
        DatabaseClaim old = claims.of(server("old", "2026-01-01T00:00:00Z", "DB.example.", "tenants"));

        assertThat(old.rival(null)).isEmpty();
        assertThat(young.rival(null))
                .contains(new Finding(
                        Reason.Conflict,
                        "DatabaseServer young",
                        "leads to database tenants of DatabaseServer old, which is older: name another database in"
                                + " spec.databases, or delete one of the two"));
    }

    @Test
    void of_two_made_in_one_second_the_first_by_name_stays() {
        DatabaseClaim b = claims.of(server("b", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseClaim a = claims.of(server("a", "2026-01-01T00:00:00Z", "db.example", "tenants"));

        assertThat(a.rival(null)).isEmpty();
        assertThat(b.rival(null)).isPresent();
    }

    @Test
    void two_databases_of_one_server_are_two_places() {
        DatabaseClaim old = claims.of(server("old", "2026-01-01T00:00:00Z", "db.example", "production"));
        DatabaseClaim young = claims.of(server("young", "2026-02-01T00:00:00Z", "db.example", "development"));

        assertThat(old.rival(ONE)).isEmpty();
        assertThat(young.rival(ONE)).isEmpty();
    }

    @Test
    void a_server_is_the_same_by_another_name() {
        DatabaseClaim old = claims.of(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseClaim young = claims.of(server("young", "2026-02-01T00:00:00Z", "10.0.0.7", "tenants"));

        assertThat(old.rival(ONE)).isEmpty();
        assertThat(young.rival(ONE)).isPresent();
        assertThat(young.rival(null)).as("not to be asked just now").isPresent();
    }

    @Test
    void a_copy_of_the_files_is_another_server() {
        DatabaseClaim old = claims.of(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseClaim young = claims.of(server("young", "2026-02-01T00:00:00Z", "copy.example", "tenants"));
        assertThat(old.rival(ONE)).isEmpty();

        assertThat(young.rival(new RunningServer("7312", STARTED.plusSeconds(5))))
                .isEmpty();
        assertThat(young.rival(new RunningServer("9999", STARTED))).isEmpty();
        assertThat(young.rival(new RunningServer(null, STARTED))).isEmpty();
    }

    /** The one is seen after the restart, the other was seen before it. */
    @Test
    void a_restart_does_not_make_two_of_one() {
        DatabaseClaim old = claims.of(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseClaim young = claims.of(server("young", "2026-02-01T00:00:00Z", "10.0.0.7", "tenants"));
        assertThat(old.rival(ONE)).isEmpty();
        assertThat(young.rival(ONE)).isPresent();

        RunningServer restarted = new RunningServer("7312", now.plusSeconds(10));
        now = now.plusSeconds(30);

        assertThat(young.rival(restarted)).as("before the old one is looked at").isPresent();
        assertThat(old.rival(restarted)).isEmpty();
        assertThat(young.rival(restarted)).isPresent();
    }

    @Test
    void what_is_released_is_in_nobodys_way() {
        DatabaseClaim old = claims.of(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseClaim young = claims.of(server("young", "2026-02-01T00:00:00Z", "db.example", "tenants"));

        old.release();

        assertThat(young.rival(ONE)).isEmpty();
    }

    /** It is opened with the new spec before the old connections end. */
    @Test
    void one_that_is_opened_again_is_not_its_own_rival() {
        DatabaseClaim before = claims.of(server("only", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseClaim after = claims.of(server("only", "2026-01-01T00:00:00Z", "db.example", "tenants"));

        assertThat(after.rival(ONE)).isEmpty();
        before.release();
        assertThat(after.rival(ONE)).isEmpty();
    }

    private static DatabaseServer server(String name, String created, String host, String... databases) {
        return new KubernetesSerialization()
                .unmarshal("""
                apiVersion: bulkhead.dev/v1beta1
                kind: DatabaseServer
                metadata: { name: %s, creationTimestamp: "%s" }
                spec: { host: %s, databases: %s, adminSecret: { name: admin } }
                """.formatted(name, created, host, List.of(databases)), DatabaseServer.class);
    }
}
