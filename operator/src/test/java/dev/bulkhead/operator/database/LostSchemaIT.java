package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A schema that was made and is not there any more: a loss, which nobody takes for a beginning. */
@ParameterizedClass
@EnumSource(TestServer.class)
class LostSchemaIT {
    private static final Map<TestServer, Fixture> FIXTURES = new EnumMap<>(TestServer.class);

    private final Fixture db;

    /** On this server. */
    LostSchemaIT(TestServer server) {
        this.db = FIXTURES.computeIfAbsent(server, Fixture::new);
    }

    @AfterAll
    static void stop() {
        FIXTURES.values().forEach(Fixture::close);
        FIXTURES.clear();
    }

    @Test
    void that_a_schema_was_made_is_no_news_to_who_made_it() {
        TenantIdentity tenant = db.created();
        db.traffic.reset();

        assertThat(db.applier.apply(made(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.total()).isZero();
    }

    @Test
    void a_schema_that_is_gone_is_not_made_anew_by_a_pass_or_a_sweep() throws SQLException {
        TenantIdentity tenant = db.created();
        db.server.asSuperuser(db.database, "DROP SCHEMA " + tenant.schema() + " CASCADE");

        DatabaseSweep.SweepResult found = sweep(tenant);
        Outcome lost = db.applier.apply(made(tenant), db.login(tenant));

        assertThat(found.drifted()).containsExactly(tenant);
        assertThat(found.gone()).containsExactly(tenant);
        assertLost(lost, tenant);
        assertThat(schemas(tenant)).isEmpty();
        db.traffic.reset();
        assertThat(sweep(tenant).gone()).containsExactly(tenant);
        assertThat(db.applier.apply(made(tenant), db.login(tenant))).isEqualTo(lost);
        assertThat(db.traffic.of(SqlTraffic.TrafficKind.COMMIT))
                .as("nothing is written")
                .isZero();
    }

    @Test
    void on_a_server_that_knows_nothing_of_the_tenant_nothing_is_made() throws SQLException {
        TenantIdentity tenant = Fixture.newIdentity();
        SchemaPlan plan = Fixture.plan(tenant, db.database, false, "pg_trgm").asMade();

        assertLost(db.applier.apply(plan, db.login(tenant)), tenant);

        assertThat(schemas(tenant)).isEmpty();
        assertThat(db.server.query(
                        db.database, "SELECT rolname FROM pg_roles WHERE rolname LIKE '" + tenant.schema() + "%'"))
                .isEmpty();
        assertThat(db.server.query(db.database, "SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'"))
                .isEmpty();
    }

    @Test
    void what_nobody_planned_is_taken_away_although_the_schema_is_gone() throws SQLException {
        TenantIdentity tenant = db.created();
        TenantIdentity neighbour = db.created();
        String login = RoleKind.LOGIN1.of(tenant);
        db.server.asSuperuser(db.database, "DROP SCHEMA " + tenant.schema() + " CASCADE");
        db.server.asSuperuser(db.database, "ALTER ROLE " + login + " CONNECTION LIMIT 1000");
        db.asOwner(tenant, "GRANT " + RoleKind.APP.of(tenant) + " TO " + RoleKind.LOGIN1.of(neighbour));
        sweep(tenant);

        assertLost(db.applier.apply(made(tenant), db.login(tenant)), tenant);

        assertThat(db.server.query(db.database, "SELECT rolconnlimit FROM pg_roles WHERE rolname = '" + login + "'"))
                .containsExactly("10");
        assertThat(db.server.query(
                        db.database,
                        "SELECT count(*) FROM pg_auth_members WHERE roleid = '" + RoleKind.APP.of(tenant)
                                + "'::regrole AND member = '" + RoleKind.LOGIN1.of(neighbour) + "'::regrole"))
                .containsExactly("0");
    }

    @Test
    void a_tenant_whose_schema_is_gone_is_closed_as_any_other() throws SQLException {
        TenantIdentity tenant = db.created();
        db.server.asSuperuser(db.database, "DROP SCHEMA " + tenant.schema() + " CASCADE");

        Outcome closed = db.applier.close(db.closed(tenant).asMade());

        assertThat(closed.done()).isTrue();
        assertThat(db.server.query(
                        db.database,
                        "SELECT count(*) FROM pg_roles WHERE rolcanlogin AND rolname LIKE '" + tenant.schema() + "%'"))
                .containsExactly("0");
        assertThat(schemas(tenant)).isEmpty();
    }

    @Test
    void a_schema_that_comes_back_is_taken_up_and_one_that_was_given_up_is_made() throws SQLException {
        TenantIdentity tenant = db.created();
        db.server.asSuperuser(db.database, "ALTER SCHEMA " + tenant.schema() + " RENAME TO away_" + tenant.suffix());
        sweep(tenant);
        assertLost(db.applier.apply(made(tenant), db.login(tenant)), tenant);

        db.server.asSuperuser(db.database, "ALTER SCHEMA away_" + tenant.suffix() + " RENAME TO " + tenant.schema());
        assertThat(db.applier.apply(made(tenant), db.login(tenant)).done()).isTrue();
        assertThat(sweep(tenant).gone()).isEmpty();

        db.server.asSuperuser(db.database, "DROP SCHEMA " + tenant.schema() + " CASCADE");
        sweep(tenant);
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();
        assertThat(schemas(tenant)).hasSize(1);
        db.tenant(tenant).close();
    }

    private SchemaPlan made(TenantIdentity tenant) {
        return db.open(tenant).asMade();
    }

    private DatabaseSweep.SweepResult sweep(TenantIdentity tenant) {
        return db.sweep.sweep(db.database, Map.of(tenant, made(tenant)), db::login);
    }

    private List<String> schemas(TenantIdentity tenant) throws SQLException {
        return db.server.query(
                db.database, "SELECT nspname FROM pg_namespace WHERE nspname = '" + tenant.schema() + "'");
    }

    private void assertLost(Outcome outcome, TenantIdentity tenant) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
            assertThat(blocked.finding().reason()).isEqualTo(Reason.DataGone);
            assertThat(blocked.finding().text())
                    .contains(tenant.schema())
                    .contains(db.database)
                    .contains("Nothing is made anew");
        });
    }
}
