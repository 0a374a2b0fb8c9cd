package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What people read of a plan is what a server understands. */
class SqlTextIT {
    @Test
    void the_text_holds_no_password_and_makes_the_tenant_when_it_is_run() throws SQLException {
        TestServer server = TestServer.NEWEST;
        String name = "reader_of_texts";
        String database = server.newDatabase();
        server.asSuperuser(
                "postgres",
                "CREATE ROLE " + name + " LOGIN CREATEROLE PASSWORD 'x'",
                "ALTER DATABASE " + database + " OWNER TO " + name);
        Credential operatorLogin = new Credential(name, "x".toCharArray());
        try (Fixture db = new Fixture(server, database, server.port(), operatorLogin)) {
            TenantIdentity tenant = Fixture.newIdentity();
            String verifier = ScramVerifier.of(db.login(tenant).password(), new SecureRandom());
            String text = SqlText.of(db.open(tenant), name);
            assertThat(text).contains("'<SCRAM verifier>'").doesNotContain("SCRAM-SHA-256$");

            try (Connection operator = db.server.login(db.database, new Credential(name, "x".toCharArray()))) {
                TestServer.execute(
                        operator, SqlText.preparation(db.database, name), text.replace("<SCRAM verifier>", verifier));
            }

            db.traffic.reset();
            assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
            assertThat(db.traffic.of(SqlTraffic.TrafficKind.WRITE)).isZero();
        }
    }
}
