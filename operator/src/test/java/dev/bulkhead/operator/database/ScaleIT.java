package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.DatabaseRequest;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Many tenants in one database. */
@ParameterizedClass
@EnumSource(TestServer.class)
class ScaleIT {
    private static final int TENANTS = 160;

    private final Fixture db;

    ScaleIT(TestServer server) {
        this.db = new Fixture(server);
    }

    @Test
    void tenants_in_parallel_go_through_one_writer_and_one_look_answers_for_all() throws Exception {
        List<TenantIdentity> tenants = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            tenants.add(Fixture.newIdentity());
        }
        assertThat(inParallel(tenants)).allMatch(Outcome::done);
        for (TenantIdentity tenant : tenants.subList(0, 20)) {
            try (Connection connection = db.tenant(tenant)) {
                for (int i = 0; i < 10; i++) {
                    TestServer.execute(connection, "CREATE TABLE t" + i + " (id serial PRIMARY KEY, name text)");
                }
            }
        }

        long few = queries(() -> db.sweep(tenants.getFirst()));
        long many = queries(() -> assertThat(
                        db.sweep(tenants.toArray(TenantIdentity[]::new)).drifted())
                .isEmpty());

        assertThat(many).isEqualTo(few);
        db.traffic.reset();
        assertThat(inParallel(tenants)).allMatch(Outcome.unchanged()::equals);
        assertThat(db.traffic.total()).isZero();
        db.close();
    }

    /**
     * Each tenant has rights of its own on the database, and one row holds them all. Taken apart item by item, that row was
     * unpacked for each of them: some 9,000 blocks here.
     */
    @Test
    void the_rights_of_all_on_a_database_are_read_once() throws SQLException {
        TenantIdentity tenant = db.created();
        String many = IntStream.rangeClosed(1, 3_000).mapToObj(i -> "many_" + i).collect(Collectors.joining(", "));
        db.server.asSuperuser(
                "postgres", "DO $$ BEGIN FOR i IN 1 .. 3000 LOOP EXECUTE 'CREATE ROLE many_' || i; END LOOP; END $$");
        try {
            long few = blocks(() -> db.sweep(tenant));
            db.server.asSuperuser("postgres", "GRANT CONNECT ON DATABASE " + db.database + " TO " + many);

            assertThat(blocks(() -> assertThat(db.sweep(tenant).drifted()).isEmpty()) - few)
                    .isLessThan(1_000);
        } finally {
            db.close();
            db.server.asSuperuser(
                    "postgres",
                    "REVOKE CONNECT ON DATABASE " + db.database + " FROM " + many,
                    "DO $$ BEGIN FOR i IN 1 .. 3000 LOOP EXECUTE 'DROP ROLE many_' || i; END LOOP; END $$");
        }
    }

    /** To look for what a tenant made is most of what a look costs, and costs the more the more all tenants made. */
    @Test
    void things_are_looked_for_once_in_a_change_and_never_in_a_tenant_that_is_only_being_made() throws SQLException {
        db.created();
        TenantIdentity tenant = Fixture.newIdentity();

        assertThat(searches(() -> assertDone(db.applier.apply(db.open(tenant), db.login(tenant)))))
                .isZero();
        assertThat(searches(() -> assertDone(db.applier.apply(with(tenant, 11), db.login(tenant)))))
                .isOne();
        assertThat(searches(() -> assertDone(db.applier.close(db.closed(tenant)))))
                .isOne();
        assertThat(db.sweep
                        .sweep(db.database, Map.of(tenant, db.closed(tenant)), db::login)
                        .drifted())
                .isEmpty();
        db.close();
    }

    @Test
    void what_a_tenant_opened_is_closed_by_a_change_too() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(connection, "CREATE TABLE t (id int)", "GRANT SELECT ON t TO PUBLIC");
        }

        assertThat(searches(() -> assertDone(db.applier.apply(with(tenant, 11), db.login(tenant)))))
                .isEqualTo(2);

        assertThat(db.sweep
                        .sweep(db.database, Map.of(tenant, with(tenant, 11)), db::login)
                        .drifted())
                .isEmpty();
        db.close();
    }

    private SchemaPlan with(TenantIdentity tenant, int connectionLimit) {
        DatabaseRequest request =
                new DatabaseRequest(DatabaseRequest.Mode.Schema, null, connectionLimit, "PT30S", List.of(), List.of());
        return DatabasePlanner.plan(
                tenant,
                new ValidTenant.ValidDatabase(
                        request, "main", db.database, "127.0.0.1", 5432, false, null, null, Duration.ofSeconds(30)),
                false);
    }

    private static void assertDone(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.writes()).isPositive());
    }

    private List<Outcome> inParallel(List<TenantIdentity> tenants) throws InterruptedException, ExecutionException {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> futures = new ArrayList<>();
            for (TenantIdentity tenant : tenants) {
                futures.add(executor.submit(() -> untilItsTurn(tenant)));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> future : futures) {
                outcomes.add(future.get());
            }
            return outcomes;
        }
    }

    /** As a retry would: on a slow machine the queue is longer than one's patience, and the place is kept. */
    private Outcome untilItsTurn(TenantIdentity tenant) {
        Outcome outcome;
        do {
            outcome = db.applier.apply(db.open(tenant), db.login(tenant));
        } while (outcome.findings().stream().anyMatch(finding -> finding.reason() == Reason.DatabaseQueued));
        return outcome;
    }

    /** Statements the server ran for the operator meanwhile, as the server counts them. */
    private long queries(Runnable work) throws SQLException {
        return counted("calls", work);
    }

    /** Blocks that the server read for them. */
    private long blocks(Runnable work) throws SQLException {
        return counted("shared_blks_hit + shared_blks_read", work);
    }

    /** How often it looked for things of tenants. */
    private long searches(Runnable work) throws SQLException {
        return counted("calls * (query LIKE '%pg_largeobject_metadata%')::int", work);
    }

    private long counted(String what, Runnable work) throws SQLException {
        db.server.query(
                "postgres",
                "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = '" + db.database + "'");
        work.run();
        return Long.parseLong(db.server
                .query(
                        "postgres",
                        "SELECT coalesce(sum(" + what
                                + "), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
                                + " JOIN pg_database d ON d.oid = s.dbid WHERE r.rolname = '" + TestServer.OPERATOR
                                + "' AND d.datname = '" + db.database + "'")
                .getFirst());
    }
}
