package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
        db.server.query(
                "postgres",
                "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = '" + db.database + "'");
        work.run();
        return Long.parseLong(db.server
                .query(
                        "postgres",
                        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
                                + " JOIN pg_database d ON d.oid = s.dbid WHERE r.rolname = '" + TestServer.OPERATOR
                                + "' AND d.datname = '" + db.database + "'")
                .getFirst());
    }
}
