package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plan as text, against reviewed files; {@code -Dgolden.write=true} writes them anew. */
class SqlTextIT {
    private static final Path FOLDER = Path.of("src/test/resources/database");
    private static final TenantIdentity TENANT = new TenantIdentity("6f1d1c1e-0000-4000-8000-00000000002a");

    enum Golden {
        PREPARATION("preparation.sql") {
            @Override
            String text() {
                return SqlText.preparation("tenants");
            }
        },
        OPEN("open.sql") {
            @Override
            String text() {
                return SqlText.of(Fixture.plan(TENANT, "tenants", false));
            }
        },
        EXTENSIONS("extensions.sql") {
            @Override
            String text() {
                return SqlText.of(Fixture.plan(TENANT, "tenants", false, "pgcrypto", "citext", "citext"));
            }
        },
        CLOSED("closed.sql") {
            @Override
            String text() {
                return SqlText.of(Fixture.plan(TENANT, "tenants", true));
            }
        };

        final String file;

        Golden(String file) {
            this.file = file;
        }

        abstract String text();
    }

    @ParameterizedTest
    @EnumSource(Golden.class)
    void the_text_of_a_plan_is_the_reviewed_one(Golden golden) throws IOException {
        Path file = FOLDER.resolve(golden.file);
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(file, golden.text());
        }

        assertThat(golden.text()).isEqualTo(Files.readString(file));
    }

    @Test
    void every_golden_file_is_compared_with_something() throws IOException {
        List<String> used =
                Stream.of(Golden.values()).map(golden -> golden.file).sorted().toList();
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> there =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(there).isEqualTo(used);
        }
    }

    @Test
    void the_text_holds_no_password_and_makes_the_tenant_when_it_is_run() throws SQLException {
        try (Fixture db = new Fixture(TestServer.NEWEST)) {
            TenantIdentity tenant = Fixture.newIdentity();
            String verifier = ScramVerifier.of(db.login(tenant).password(), new SecureRandom());
            String text = SqlText.of(db.open(tenant));
            assertThat(text).contains("'<SCRAM verifier>'").doesNotContain("SCRAM-SHA-256$");

            try (Connection operator = db.server.login(db.database, Fixture.operator())) {
                TestServer.execute(
                        operator, SqlText.preparation(db.database), text.replace("<SCRAM verifier>", verifier));
            }

            db.traffic.reset();
            assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
            assertThat(db.traffic.of(SqlTraffic.Kind.WRITE)).isZero();
        }
    }
}
