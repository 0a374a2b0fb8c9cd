package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.database.DatabaseFacts.RunningServer;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseClaimsTest {
    private static final Instant STARTED = Instant.parse("2026-11-30T08:00:00Z");
    private static final RunningServer ONE = new RunningServer("7312", STARTED);

    private Instant now = STARTED.plus(Duration.ofHours(1));
    private final List<DatabaseServer> there = new ArrayList<>();
    private final DatabaseClaims claims = new DatabaseClaims(there::stream, () -> now);

    @Test
    void the_younger_of_two_that_name_one_database_is_refused() {
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "db.example", "other", "tenants"));
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "DB.example.", "tenants"));

        assertThat(claims.rival(old, null)).isEmpty();
        assertThat(claims.rival(young, null))
                .contains(new Finding(
                        Reason.Conflict,
                        "DatabaseServer young",
                        "leads to database tenants of DatabaseServer old, which is older: name another database in"
                                + " spec.databases, or delete one of the two"));
    }

    @Test
    void of_two_made_in_one_second_the_first_by_name_stays() {
        DatabaseServer b = made(server("b", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer a = made(server("a", "2026-01-01T00:00:00Z", "db.example", "tenants"));

        assertThat(claims.rival(a, null)).isEmpty();
        assertThat(claims.rival(b, null)).isPresent();
    }

    @Test
    void two_databases_of_one_server_are_two_places() {
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "db.example", "production"));
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "db.example", "development"));

        assertThat(claims.rival(old, ONE)).isEmpty();
        assertThat(claims.rival(young, ONE)).isEmpty();
    }

    @Test
    void a_server_is_the_same_by_another_name() {
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "10.0.0.7", "tenants"));

        assertThat(claims.rival(old, ONE)).isEmpty();
        assertThat(claims.rival(young, ONE)).isPresent();
        assertThat(claims.rival(young, null)).as("not to be asked just now").isPresent();
    }

    @Test
    void a_copy_of_the_files_is_another_server() {
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "copy.example", "tenants"));
        assertThat(claims.rival(old, ONE)).isEmpty();

        assertThat(claims.rival(young, new RunningServer("7312", STARTED.plusSeconds(5))))
                .isEmpty();
        assertThat(claims.rival(young, new RunningServer("9999", STARTED))).isEmpty();
        assertThat(claims.rival(young, new RunningServer(null, STARTED))).isEmpty();
    }

    /** The one is seen after the restart, the other was seen before it. */
    @Test
    void a_restart_does_not_make_two_of_one() {
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "10.0.0.7", "tenants"));
        assertThat(claims.rival(old, ONE)).isEmpty();
        assertThat(claims.rival(young, ONE)).isPresent();

        RunningServer restarted = new RunningServer("7312", now.plusSeconds(10));
        now = now.plusSeconds(30);

        assertThat(claims.rival(young, restarted))
                .as("before the old one is looked at")
                .isPresent();
        assertThat(claims.rival(old, restarted)).isEmpty();
        assertThat(claims.rival(young, restarted)).isPresent();
    }

    @Test
    void what_is_deleted_is_in_nobodys_way() {
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "db.example", "tenants"));

        there.remove(old);

        assertThat(claims.rival(young, ONE)).isEmpty();
    }

    /** It is opened with the new spec before everybody knows of it. */
    @Test
    void one_that_is_opened_again_is_not_its_own_rival() {
        DatabaseServer before = made(server("only", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer after = server("only", "2026-01-01T00:00:00Z", "db.example", "tenants");

        assertThat(claims.rival(after, ONE)).isEmpty();
        there.remove(before);
        assertThat(claims.rival(after, ONE)).isEmpty();
    }

    /** What was found at its former address is not known of the new one. */
    @Test
    void one_that_moved_away_is_in_nobodys_way() {
        DatabaseServer old = made(server("old", "2026-01-01T00:00:00Z", "db.example", "tenants"));
        DatabaseServer young = made(server("young", "2026-02-01T00:00:00Z", "10.0.0.7", "tenants"));
        assertThat(claims.rival(old, ONE)).isEmpty();
        assertThat(claims.rival(young, ONE)).isPresent();

        there.set(0, server("old", "2026-01-01T00:00:00Z", "new.example", "tenants"));

        assertThat(claims.rival(young, ONE)).isEmpty();
    }

    private DatabaseServer made(DatabaseServer server) {
        there.add(server);
        return server;
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
