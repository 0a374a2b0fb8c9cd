package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator is killed before and after every exchange with the server; its successor arrives at the same end. */
@ParameterizedClass
@EnumSource(TestServer.class)
class SchemaCrashIT {
    private final TestServer server;

    SchemaCrashIT(TestServer server) {
        this.server = server;
    }

    @Test
    void a_create_that_was_cut_short_anywhere_ends_as_one_that_was_not() throws SQLException {
        int crashes = crashEverywhere((db, tenant) -> db.applier.apply(db.open(tenant), db.login(tenant)), true);

        assertThat(crashes).isGreaterThan(10);
    }

    @Test
    void a_closing_that_was_cut_short_anywhere_ends_as_one_that_was_not() throws SQLException {
        int crashes = crashEverywhere(
                (db, tenant) -> {
                    db.traffic.pause();
                    db.applier.apply(db.open(tenant), db.login(tenant));
                    db.traffic.resume();
                    return db.applier.close(db.closed(tenant));
                },
                false);

        assertThat(crashes).isGreaterThan(8);
    }

    /** Each time in a database nobody prepared yet, so that the preparation is cut short too. */
    private int crashEverywhere(BiFunction<Fixture, TenantIdentity, Outcome> work, boolean login) throws SQLException {
        List<String> undisturbed;
        try (Fixture db = new Fixture(server)) {
            TenantIdentity tenant = Fixture.newIdentity();
            assertThat(work.apply(db, tenant).done()).isTrue();
            undisturbed = everything(db, tenant);
            assertThat(undisturbed).hasSizeGreaterThan(20);
        }
        for (int point = 1; ; point++) {
            try (Fixture db = new Fixture(server)) {
                TenantIdentity tenant = Fixture.newIdentity();
                boolean crashed = false;
                db.traffic.crashAt(point);
                try {
                    assertThat(work.apply(db, tenant).done()).isTrue();
                } catch (Traffic.OperatorDeath _) {
                    crashed = true;
                }
                db.traffic.reset();
                if (!crashed) {
                    return point - 1;
                }
                db.restart();

                Outcome outcome = work.apply(db, tenant);

                assertThat(outcome.done())
                        .as("after a crash at point %d: %s", point, outcome)
                        .isTrue();
                assertThat(everything(db, tenant))
                        .as("after a crash at point %d", point)
                        .isEqualTo(undisturbed);
                if (login) {
                    db.tenant(tenant).close();
                }
            }
        }
    }

    /** What the catalogue says, with the tenant's names taken out. */
    private static List<String> everything(Fixture db, TenantIdentity tenant) throws SQLException {
        try (Connection operator = db.server.login(db.database, Fixture.operator())) {
            TestServer.execute(operator, "SET search_path = pg_catalog");
            CatalogueSnapshot snapshot = Catalogue.look(operator, CatalogueScope.of(List.of(tenant)), false);
            ObservedSchema found = snapshot.tenant(tenant.suffix());
            TreeSet<String> lines = new TreeSet<>();
            schema(Objects.requireNonNull(found.schema()), lines);
            found.roles().values().forEach(role -> lines.add(role.toString()));
            found.memberships().forEach(membership -> lines.add(membership.toString()));
            found.settings().forEach(setting -> lines.add(setting.toString()));
            found.defaults().forEach(acl -> lines.add(acl.toString()));
            found.databaseRights().forEach(right -> lines.add(right.toString()));
            found.foreignSchemaRights().forEach(right -> lines.add(right.toString()));
            snapshot.facts().schemas().values().forEach(schema -> schema(schema, lines));
            snapshot.facts().publicRights().stream()
                    .filter(right -> right.on().equals(db.database))
                    .forEach(right -> lines.add(right.toString()));
            lines.add("writer " + snapshot.facts().writerRow());
            return lines.stream()
                    .map(line -> line.replace(
                                    Administration.prefix(TestServer.OPERATOR)
                                            + tenant.suffix().charAt(0),
                                    "administrator")
                            .replace(tenant.suffix(), "x")
                            .replace(tenant.hash(), "hash")
                            .replace(db.database, "d"))
                    .sorted()
                    .toList();
        }
    }

    /** Rights have no order: one line for each. */
    private static void schema(ObservedSchema.Namespace schema, Set<String> lines) {
        lines.add("schema " + schema.name() + " of " + schema.owner() + ", " + schema.comment());
        schema.rights().forEach(right -> lines.add("schema " + schema.name() + ": " + right));
    }
}
