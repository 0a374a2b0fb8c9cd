package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Both logins of a tenant at once, as while one takes over from the other. */
@ParameterizedClass
@EnumSource(TestServer.class)
class TwoLoginsIT {
    private final Fixture db;

    TwoLoginsIT(TestServer server) {
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void a_second_login_opens_beside_the_first_and_a_second_apply_says_nothing_to_the_server() throws SQLException {
        TenantIdentity tenant = db.created();

        assertThat(db.applier
                        .apply(plan(tenant, Slot.One, Slot.Two), login(tenant, Slot.One), login(tenant, Slot.Two))
                        .done())
                .isTrue();
        db.traffic.reset();
        assertThat(db.applier.apply(plan(tenant, Slot.One, Slot.Two), login(tenant, Slot.Two), login(tenant, Slot.One)))
                .isEqualTo(Outcome.unchanged());

        assertThat(db.traffic.total()).isZero();
        db.server.login(db.database, login(tenant, Slot.One)).close();
        try (Connection second = db.server.login(db.database, login(tenant, Slot.Two))) {
            second.createStatement().execute("CREATE TABLE made_by_the_second (id int)");
        }
        try (Connection first = db.server.login(db.database, login(tenant, Slot.One))) {
            first.createStatement().execute("INSERT INTO made_by_the_second VALUES (1)");
        }
    }

    @Test
    void the_first_one_goes_with_its_sessions_and_may_come_back_with_another_password_only() throws SQLException {
        TenantIdentity tenant = both();
        Credential old = login(tenant, Slot.One);
        try (Connection session = db.server.login(db.database, old)) {
            session.setAutoCommit(false);
            session.createStatement()
                    .execute("ALTER ROLE CURRENT_USER SET work_mem = '4MB'"); // holds its own role's row

            assertThat(untilDone(plan(tenant, Slot.Two), login(tenant, Slot.Two))
                            .done())
                    .isTrue();

            assertThat(session.isValid(2)).isFalse();
        }
        refused(old);
        db.server.login(db.database, login(tenant, Slot.Two)).close();

        Credential anew = new Credential(old.username(), "another-password".toCharArray());
        assertThat(db.applier
                        .apply(plan(tenant, Slot.One, Slot.Two), anew, login(tenant, Slot.Two))
                        .done())
                .isTrue();
        refused(old);
        db.server.login(db.database, anew).close();
    }

    @Test
    void whoever_changes_either_password_is_noticed_and_both_are_set_right() throws SQLException {
        TenantIdentity tenant = both();
        for (Slot slot : Slot.values()) {
            try (Connection session = db.server.login(db.database, login(tenant, slot))) {
                session.createStatement().execute("SET ROLE NONE");
                session.createStatement().execute("ALTER ROLE CURRENT_USER PASSWORD 'stolen'");
            }
            SchemaPlan plan = plan(tenant, Slot.One, Slot.Two);
            db.sweep.sweep(db.database, Map.of(tenant, plan), _ -> login(tenant, slot));
            assertThat(db.applier
                            .apply(plan, login(tenant, Slot.One), login(tenant, Slot.Two))
                            .done())
                    .isTrue();
            refused(new Credential(login(tenant, slot).username(), "stolen".toCharArray()));
            db.server.login(db.database, login(tenant, slot)).close();
        }
    }

    @Test
    void a_session_of_a_login_that_is_shut_is_drift() throws SQLException {
        TenantIdentity tenant = both();
        try (Connection session = db.server.login(db.database, login(tenant, Slot.One))) {
            db.server.asSuperuser(
                    "postgres", "ALTER ROLE " + login(tenant, Slot.One).username() + " NOLOGIN");
            db.restart();
            DatabaseSweep.SweepResult swept =
                    db.sweep.sweep(db.database, Map.of(tenant, plan(tenant, Slot.Two)), _ -> null);

            assertThat(swept.drifted()).containsExactly(tenant);
            assertThat(untilDone(plan(tenant, Slot.Two), login(tenant, Slot.Two))
                            .done())
                    .isTrue();
            assertThat(session.isValid(2)).isFalse();
        }
    }

    @Test
    void trying_tells_who_is_let_in_and_counting_who_is_there() throws SQLException {
        TenantIdentity tenant = both();
        LoginTrials trials = new LoginTrials(db.connection);
        Credential one = login(tenant, Slot.One);
        assertThat(trials.of(db.database, one)).isEqualTo(Admission.Admitted);
        assertThat(trials.of(db.database, new Credential(one.username(), "wrong".toCharArray())))
                .isEqualTo(Admission.Refused);
        assertThat(trials.sessions(db.database, one.username())).hasValue(0);
        try (Connection _ = db.server.login(db.database, one)) {
            assertThat(trials.sessions(db.database, one.username())).hasValue(1);
        }

        assertThat(untilDone(plan(tenant, Slot.Two), login(tenant, Slot.Two)).done())
                .isTrue();
        assertThat(trials.of(db.database, one)).isEqualTo(Admission.Refused);
    }

    @Test
    void a_plan_is_applied_with_the_password_of_each_open_login_or_not_at_all() {
        TenantIdentity tenant = Fixture.newIdentity();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> db.applier.apply(plan(tenant, Slot.One, Slot.Two), login(tenant, Slot.One)));
    }

    private TenantIdentity both() {
        TenantIdentity tenant = db.created();
        assertThat(db.applier
                        .apply(plan(tenant, Slot.One, Slot.Two), login(tenant, Slot.One), login(tenant, Slot.Two))
                        .done())
                .isTrue();
        return tenant;
    }

    /** As the tenant's pass would: again until it is through. */
    private Outcome untilDone(SchemaPlan plan, Credential login) {
        Outcome outcome = db.applier.apply(plan, login);
        for (int i = 0; i < 5 && !outcome.done(); i++) {
            outcome = db.applier.apply(plan, login);
        }
        return outcome;
    }

    private void refused(Credential login) {
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> db.server.login(db.database, login));
    }

    private SchemaPlan plan(TenantIdentity tenant, Slot... live) {
        return DatabasePlanner.plan(tenant, Fixture.requested(db.database), Set.of(live), false);
    }

    private Credential login(TenantIdentity tenant, Slot slot) {
        return slot == Slot.One
                ? db.login(tenant)
                : new Credential(SchemaPlan.RoleKind.login(slot).of(tenant), ("second-" + tenant).toCharArray());
    }
}
