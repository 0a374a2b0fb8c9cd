package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.database.ObservedSchema.DefaultAcl;
import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import dev.bulkhead.operator.database.ObservedSchema.ObservedMembership;
import dev.bulkhead.operator.database.ObservedSchema.ObservedRight;
import dev.bulkhead.operator.database.ObservedSchema.ObservedRole;
import dev.bulkhead.operator.database.ObservedSchema.ObservedSetting;
import dev.bulkhead.operator.database.ObservedSchema.OpenedRight;
import dev.bulkhead.operator.database.ObservedSchema.Stray;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every way in which a catalogue can differ from the plan, and the statements that lead back, as reviewed text. What these
 * statements do is shown on real servers ({@code DriftIT}); here it is that nothing else is said.
 */
class SchemaDiffTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/database/drift.sql");
    private static final TenantIdentity TENANT = new TenantIdentity("6f1d1c1e-0000-4000-8000-00000000002a");
    private static final SchemaPlan PLAN = Fixture.plan(TENANT, "tenants", false);
    private static final SchemaPlan WITH_EXTENSION = Fixture.plan(TENANT, "tenants", false, "citext");
    private static final SchemaPlan CLOSED = Fixture.plan(TENANT, "tenants", true);
    private static final String SCHEMA = PLAN.schema();
    private static final String OWNER = PLAN.name(RoleKind.OWNER);
    private static final String APP = PLAN.name(RoleKind.APP);
    private static final String LOGIN = PLAN.name(RoleKind.LOGIN1);
    private static final String SPARE = PLAN.name(RoleKind.LOGIN2);
    private static final String BACKUP = PLAN.name(RoleKind.BACKUP);
    private static final String OPERATOR = "bulkhead";
    private static final String ADMINISTRATOR = OPERATOR + "_admin_" + SCHEMA.charAt(2);
    private static final String OTHERS_MARK = "bulkhead:v1:0123";

    private static final DatabaseFacts V18 = facts(180_000, false);
    private static final DatabaseFacts V16 = facts(160_000, false);
    private static final DatabaseFacts V15 = facts(159_999, false);
    private static final DatabaseFacts SUPERUSER = facts(180_000, true);

    private final Map<String, String> said = new LinkedHashMap<>();

    @Test
    void each_drift_leads_back_by_exactly_the_reviewed_statements() throws IOException {
        drift("a role is gone", world -> {
            world.roles.remove(SPARE);
            world.memberships.removeIf(m -> m.role().equals(SPARE) || m.member().equals(SPARE));
        });
        drift("the role of all things is gone, and all that hung on it", world -> {
            world.roles.remove(APP);
            world.memberships.removeIf(m -> m.role().equals(APP) || m.member().equals(APP));
        });
        drift("a login lost its password and its log-in", world -> world.role(LOGIN, r -> with(r, false)));
        drift("the spare login may log in", world -> world.role(SPARE, r -> with(r, true)));
        drift(
                "a role became a superuser that inherits",
                world -> world.role(
                        APP,
                        r -> new ObservedRole(
                                r.name(),
                                false,
                                List.of("NOSUPERUSER", "NOINHERIT"),
                                -1,
                                false,
                                r.comment(),
                                0,
                                null)));
        drift(
                "a login has no limit of sessions and expires",
                world -> world.role(
                        LOGIN,
                        r -> new ObservedRole(r.name(), true, List.of(), -1, true, r.comment(), 3, "SCRAM-SHA-256$x")));
        drift(
                "a role lost its mark and the operator may still become it",
                world -> world.role(APP, r -> marked(r, null)));
        drift("a role has somebody's remark in place of its mark", world -> world.role(APP, r -> marked(r, "ours")));

        drift("roles made by an earlier version", World::madeByTheOperator);
        drift("roles made by an earlier version, before 16", PLAN, V15, world -> {
            world.withoutOptions();
            world.memberships.add(new ObservedMembership(OWNER, OPERATOR, OPERATOR, false, null, null));
            world.memberships.add(new ObservedMembership(APP, OPERATOR, OPERATOR, false, null, null));
        });
        drift("half of the roles were handed over", world -> {
            world.memberships.removeAll(List.of(madeBy(LOGIN), toOwner(LOGIN)));
            world.memberships.add(toOperator(LOGIN));
        });
        drift(
                "the operator was let in and died",
                world -> world.memberships.add(
                        new ObservedMembership(OWNER, OPERATOR, ADMINISTRATOR, false, false, true)));
        drift("the owner cannot become a role", world -> world.memberships.remove(toOwner(APP)));
        drift("the owner may not create roles", world -> world.role(OWNER, r -> with(r, false)));
        drift(
                "the owner inherits a role",
                world -> world.swap(toOwner(APP), new ObservedMembership(APP, OWNER, OWNER, false, true, true)));
        drift(
                "the operator inherits a role by somebody else's grant",
                world -> world.memberships.add(new ObservedMembership(APP, OPERATOR, "postgres", true, true, true)));
        drift(
                "the operator inherits a role that is no longer there",
                world -> world.memberships.add(
                        new ObservedMembership("t_aaaaaaaaaaaaaaaa_app", OPERATOR, OPERATOR, false, true, true)));
        drift(
                "a login cannot become the role of all things",
                world -> world.swap(toLogin(LOGIN), new ObservedMembership(APP, LOGIN, OWNER, false, false, false)));
        drift(
                "a login may pass its membership on",
                world -> world.swap(toLogin(LOGIN), new ObservedMembership(APP, LOGIN, OWNER, true, true, true)));
        drift(
                "a login inherits what it may become",
                world -> world.swap(toLogin(LOGIN), new ObservedMembership(APP, LOGIN, OWNER, false, true, true)));
        drift(
                "a stranger is a member, let in by the operator",
                world -> world.memberships.add(new ObservedMembership(APP, "mallory", OPERATOR, false, false, true)));
        drift(
                "a stranger is a member, let in by the owner",
                world -> world.memberships.add(new ObservedMembership(APP, "mallory", OWNER, false, false, true)));
        drift(
                "a stranger is a member of the owner, let in by its administrator",
                world -> world.memberships.add(
                        new ObservedMembership(OWNER, "mallory", ADMINISTRATOR, false, false, true)));
        drift(
                "a stranger is a member, let in by another role",
                world -> world.memberships.add(new ObservedMembership(APP, "mallory", "postgres", false, false, true)));
        drift(
                "a stranger is a member, and who let him in is gone",
                world -> world.memberships.add(new ObservedMembership(APP, "mallory", null, false, false, true)));
        drift(
                "a login is a member of a stranger's role",
                world -> world.memberships.add(
                        new ObservedMembership("pg_read_all_data", LOGIN, "postgres", false, false, true)));
        drift(
                "the spare login is a member of the owner",
                world -> world.memberships.add(new ObservedMembership(OWNER, SPARE, OPERATOR, false, false, true)));

        drift("before 16, memberships have no options and no grantor that counts", PLAN, V15, world -> {
            world.withoutOptions();
            world.memberships.add(new ObservedMembership(APP, "mallory", "postgres", true, null, null));
            world.memberships.remove(new ObservedMembership(APP, LOGIN, OPERATOR, false, null, null));
        });
        drift("from 16 on they have", PLAN, V16, world -> {
            world.memberships.add(new ObservedMembership(APP, "mallory", "postgres", true, false, true));
            world.memberships.remove(toOwner(APP));
        });

        drift("the schema is gone", world -> {
            world.schema = null;
            world.defaults.clear();
            world.canary = false;
        });
        drift("the schema lost its mark", world -> world.schema = world.schema(OWNER, null));
        drift(
                "the schema belongs to another role of the tenant",
                world -> world.schema = world.schema(APP, PLAN.mark()));
        drift("the schema belongs to a stranger", world -> world.schema = world.schema("mallory", PLAN.mark()));
        drift("before 16, the schema belongs to another role of the tenant", PLAN, V15, world -> {
            world.withoutOptions();
            world.schema = world.schema(APP, PLAN.mark());
        });
        drift(
                "a planned right on the schema is gone",
                world -> world.rights.remove(new ObservedRight(SCHEMA, APP, "CREATE")));
        drift("everybody and a stranger have rights on the schema", world -> {
            world.rights.add(new ObservedRight(SCHEMA, null, "USAGE"));
            world.rights.add(new ObservedRight(SCHEMA, "mallory", "CREATE"));
            world.rights.add(new ObservedRight(SCHEMA, BACKUP, "CREATE"));
            world.rights.add(new ObservedRight(SCHEMA, OWNER, "USAGE"));
        });
        drift("nothing has the canary's name", world -> world.canary = false);

        drift("logins have rights on databases that nobody planned", world -> {
            world.databaseRights.add(new ObservedRight("tenants", LOGIN, "TEMPORARY"));
            world.databaseRights.add(new ObservedRight("tenants", APP, "CONNECT"));
            world.databaseRights.add(new ObservedRight("postgres", LOGIN, "CONNECT"));
        });
        drift("two logins cannot connect", world -> {
            world.databaseRights.remove(new ObservedRight("tenants", LOGIN, "CONNECT"));
            world.databaseRights.remove(new ObservedRight("tenants", BACKUP, "CONNECT"));
        });
        drift(
                "a role has rights on a schema of all",
                world -> world.foreign.add(new ObservedRight("public", APP, "CREATE")));
        drift(
                "a role may use extensions and asked for none",
                world -> world.foreign.add(new ObservedRight("ext", APP, "USAGE")));
        drift("extensions were asked for", WITH_EXTENSION, V18, world -> {});
        drift("more than use of the extensions", WITH_EXTENSION, V18, world -> {
            world.settle(WITH_EXTENSION);
            world.foreign.add(new ObservedRight("ext", APP, "CREATE"));
            world.foreign.add(new ObservedRight("ext", LOGIN, "USAGE"));
        });

        drift("a table is open to everybody, a large object to a stranger", world -> {
            world.openings.add(new OpenedRight("TABLE \"x\"", "table x", APP, null));
            world.openings.add(new OpenedRight("LARGE OBJECT 7", "large object 7", OWNER, "mallory"));
            world.openings.add(new OpenedRight("TYPE \"y\"", "type y", "mallory", "mallory"));
        });
        drift("what the tenant will make is open to strangers", world -> {
            world.defaults.add(new DefaultAcl(APP, null, 'f', null, "EXECUTE"));
            world.defaults.add(new DefaultAcl(APP, SCHEMA, 'r', "mallory", "SELECT"));
            world.defaults.add(new DefaultAcl(APP, SCHEMA, 'r', "mallory", "INSERT"));
            world.defaults.add(new DefaultAcl(LOGIN, null, 'n', "mallory", "USAGE"));
            world.defaults.add(new DefaultAcl(LOGIN, null, 'L', "mallory", "SELECT"));
            world.defaults.add(new DefaultAcl(APP, SCHEMA, 'S', APP, "USAGE"));
        });
        drift("what the tenant will make is not given to who backs it up", world -> {
            world.defaults.remove(new DefaultAcl(APP, SCHEMA, 'r', BACKUP, "SELECT"));
            world.defaults.add(new DefaultAcl(APP, SCHEMA, 'r', BACKUP, "INSERT"));
            world.defaults.add(new DefaultAcl(APP, SCHEMA, 'r', LOGIN, "SELECT"));
            world.defaults.add(new DefaultAcl(LOGIN, SCHEMA, 'r', BACKUP, "SELECT"));
            world.defaults.add(new DefaultAcl(APP, null, 'r', BACKUP, "SELECT"));
        });
        drift(
                "everybody may run the functions that the tenant will make",
                world -> world.defaults.remove(new DefaultAcl(APP, null, 'f', null, null)));

        drift(
                "a setting is another",
                world -> world.entries(LOGIN, entries -> {
                    entries.remove("lock_timeout=10s");
                    entries.add("lock_timeout=0");
                }));
        drift("a setting was added", world -> world.entries(LOGIN, entries -> entries.add("log_statement=none")));
        drift("a setting without a value was added", world -> world.entries(BACKUP, entries -> entries.add("odd")));
        drift(
                "who backs up has a setting that only logins are to have",
                world -> world.entries(BACKUP, entries -> entries.add("lock_timeout=10s")));
        drift("a role has settings in another database, and in all", world -> {
            world.settings.add(new ObservedSetting(LOGIN, "postgres", List.of("role=postgres")));
            world.settings.add(new ObservedSetting(APP, null, List.of("search_path=public")));
        });

        drift("to be closed while it is open", CLOSED, V18, world -> {});
        drift("to be closed and a role was never made", CLOSED, V18, world -> {
            world.roles.remove(LOGIN);
            world.memberships.removeIf(m -> m.member().equals(LOGIN) || m.role().equals(LOGIN));
            world.settings.removeIf(s -> s.role().equals(LOGIN));
            world.databaseRights.removeIf(r -> LOGIN.equals(r.grantee()));
        });
        drift("to be closed and a login cannot become the role of all things", CLOSED, V18, world -> {
            world.settle(CLOSED);
            world.memberships.remove(toLogin(LOGIN));
        });
        drift("to be closed and only the roles are there", CLOSED, V18, world -> {
            world.schema = null;
            world.canary = false;
            world.defaults.clear();
        });

        StringBuilder text = new StringBuilder();
        said.forEach((name, sql) ->
                text.append("-- ").append(name).append('\n').append(sql).append('\n'));
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, text);
        }
        assertThat(text).asString().isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void what_agrees_with_its_plan_is_left_alone() {
        assertThat(changes(PLAN, new World(PLAN), V18).none()).isTrue();
        assertThat(changes(WITH_EXTENSION, new World(WITH_EXTENSION), V18).none())
                .isTrue();
        assertThat(changes(CLOSED, new World(CLOSED), V18).none()).isTrue();
        World old = new World(PLAN);
        old.withoutOptions();
        assertThat(changes(PLAN, old, V15).none()).isTrue();
    }

    @Test
    void closing_what_was_never_made_makes_nothing() {
        World nothing = new World(CLOSED);
        nothing.schema = null;
        nothing.roles.clear();

        assertThat(changes(CLOSED, nothing, V18).none()).isTrue();
    }

    @Test
    void what_no_statement_can_mend_is_said_and_is_not_agreement() {
        World world = new World(PLAN);
        world.strays.add(new Stray("table t_x.orders", "belongs to role mallory"));

        SchemaDiff.Changes changes = changes(PLAN, world, V18);

        assertThat(changes.statements()).isEmpty();
        assertThat(changes.beyond())
                .containsExactly(new Finding(Reason.Conflict, "table t_x.orders", "belongs to role mallory"));
        assertThat(changes.none()).isFalse();
    }

    @Test
    void what_does_not_carry_the_mark_is_a_conflict_and_is_left_alone() {
        conflict("schema " + SCHEMA, V18, world -> {
            world.schema = world.schema("mallory", null);
        });
        conflict("schema " + SCHEMA, V18, world -> {
            world.schema = world.schema(OWNER, OTHERS_MARK);
        });
        conflict("schema " + SCHEMA, V18, world -> {
            world.schema = world.schema(OWNER, null);
            world.role(OWNER, r -> marked(r, null));
        });
        conflict("schema " + SCHEMA, V18, world -> {
            world.schema = world.schema(OWNER, null);
            world.roles.remove(OWNER);
        });
        conflict("role " + APP, V18, world -> {
            world.role(APP, r -> marked(r, OTHERS_MARK));
        });
        conflict("role " + APP, V18, world -> {
            world.role(APP, r -> marked(r, null));
            world.schema = null;
        });
        conflict("role " + APP, V18, world -> {
            world.role(APP, r -> marked(r, null));
            world.schema = world.schema(OWNER, null);
        });
        conflict("role " + BACKUP, V18, world -> {
            world.role(BACKUP, r -> marked(r, null));
            world.memberships.remove(madeBy(BACKUP));
        });
        conflict("role " + BACKUP, V18, world -> {
            world.role(BACKUP, r -> marked(r, null));
            world.swap(madeBy(BACKUP), new ObservedMembership(BACKUP, "mallory", "postgres", true, false, false));
        });
        conflict("role " + OWNER, V18, world -> {
            world.role(OWNER, r -> marked(r, null));
            world.swap(toAdministrator(), new ObservedMembership(OWNER, "mallory", "postgres", true, false, false));
        });
        conflict("role " + BACKUP, V15, world -> {
            world.withoutOptions();
            world.role(BACKUP, r -> marked(r, null));
            world.rights.removeIf(right -> BACKUP.equals(right.grantee()));
        });
    }

    /** A superuser's grants carry the name of whoever owns the role, so its grantor says nothing. */
    @Test
    void a_superuser_knows_its_roles_whoever_is_named_as_grantor() {
        World world = new World(PLAN);
        world.role(BACKUP, r -> marked(r, null));
        world.role(OWNER, r -> with(r, false));
        world.swap(madeBy(BACKUP), new ObservedMembership(BACKUP, OPERATOR, "postgres", false, false, true));

        assertThat(changes(PLAN, world, SUPERUSER).statements())
                .extracting(SqlStatement::subject)
                .containsExactly("mark of role " + BACKUP);
    }

    @Test
    void a_conflict_says_what_lies_where_and_how_to_make_it_the_tenant_s() {
        World world = new World(PLAN);
        world.schema = world.schema("mallory", null);

        assertThat(SchemaDiff.between(PLAN, world.observed(), V18))
                .isEqualTo(new SchemaDiff.Conflict(new Finding(
                        Reason.Conflict,
                        "schema " + SCHEMA + " in database tenants",
                        "exists and does not carry this tenant's mark, so it is left alone. Rename or drop it, or, if it"
                                + " is this tenant's after a restore, set its comment to '" + PLAN.mark() + "'.")));
    }

    /** Opening before closing would let somebody in for a moment who is on his way out. */
    @Test
    void all_that_takes_away_comes_before_all_that_gives() {
        World world = new World(PLAN);
        world.role(SPARE, r -> with(r, true));
        world.role(LOGIN, r -> with(r, false));
        world.rights.clear();
        world.rights.add(new ObservedRight(SCHEMA, null, "USAGE"));
        world.databaseRights.clear();
        world.databaseRights.add(new ObservedRight("postgres", LOGIN, "CONNECT"));
        world.foreign.add(new ObservedRight("public", APP, "CREATE"));
        world.defaults.clear();
        world.defaults.add(new DefaultAcl(APP, null, 'f', null, "EXECUTE"));
        world.settings.clear();
        world.settings.add(new ObservedSetting(LOGIN, "tenants", List.of("role=postgres", "odd=1")));

        List<String> lines = changes(PLAN, world, V18).statements().stream()
                .map(statement -> SqlScript.text(statement, _ -> "verifier"))
                .toList();

        int lastTaken = lastIndex(lines, "REVOKE|RESET ALL|NOLOGIN", "ALTER DEFAULT PRIVILEGES .* FROM PUBLIC");
        int firstGiven = firstIndex(lines, "GRANT|LOGIN( |$)| SET ", "NOLOGIN");
        assertThat(lastTaken).isPositive().isLessThan(firstGiven);
        assertThat(lines.getLast()).isEqualTo("ALTER ROLE " + SqlNames.name(LOGIN) + " LOGIN");
    }

    private static int lastIndex(List<String> lines, String pattern, String but) {
        int last = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(".*(" + pattern + ").*") && !lines.get(i).matches(but)) {
                last = i;
            }
        }
        return last;
    }

    private static int firstIndex(List<String> lines, String pattern, String but) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(".*(" + pattern + ").*") && !lines.get(i).matches(".*(" + but + ").*")) {
                return i;
            }
        }
        return lines.size();
    }

    private void drift(String name, Consumer<World> change) {
        drift(name, PLAN, V18, change);
    }

    /** From a world that is as {@link #PLAN} wants it, with one change. */
    private void drift(String name, SchemaPlan plan, DatabaseFacts facts, Consumer<World> change) {
        World world = new World(PLAN);
        change.accept(world);
        SchemaDiff.Changes changes = changes(plan, world, facts);
        assertThat(changes.beyond()).isEmpty();
        String lines = changes.statements().stream()
                .map(statement -> (statement.as() == null ? "" : "[" + statement.as() + "] ")
                        + SqlScript.text(statement, _ -> "verifier") + ";  -- " + statement.subject() + "\n")
                .collect(Collectors.joining());
        assertThat(said.put(name, lines)).isNull();
    }

    private static void conflict(String subject, DatabaseFacts facts, Consumer<World> change) {
        World world = new World(PLAN);
        change.accept(world);

        assertThat(SchemaDiff.between(PLAN, world.observed(), facts))
                .isInstanceOfSatisfying(
                        SchemaDiff.Conflict.class,
                        conflict ->
                                assertThat(conflict.finding().subject()).isEqualTo(subject + " in database tenants"));
    }

    private static SchemaDiff.Changes changes(SchemaPlan plan, World world, DatabaseFacts facts) {
        return (SchemaDiff.Changes) SchemaDiff.between(plan, world.observed(), facts);
    }

    private static DatabaseFacts facts(int version, boolean superuser) {
        return new DatabaseFacts(
                "tenants",
                "x",
                version,
                OPERATOR,
                superuser,
                true,
                OPERATOR,
                true,
                null,
                DatabaseFacts.WriteSettings.USUAL,
                superuser,
                null,
                List.of(),
                Map.of(),
                Map.of(),
                0,
                true,
                Map.of());
    }

    private static ObservedMembership toOperator(String role) {
        return new ObservedMembership(role, OPERATOR, OPERATOR, false, false, true);
    }

    /** What the creation of the owner role leaves with the administrator. */
    private static ObservedMembership toAdministrator() {
        return new ObservedMembership(OWNER, ADMINISTRATOR, "postgres", true, false, false);
    }

    /** What the creation of another role leaves with the owner role. */
    private static ObservedMembership madeBy(String role) {
        return new ObservedMembership(role, OWNER, "postgres", true, false, false);
    }

    private static ObservedMembership toOwner(String role) {
        return new ObservedMembership(role, OWNER, OWNER, false, false, true);
    }

    private static ObservedMembership toLogin(String login) {
        return new ObservedMembership(APP, login, OWNER, false, false, true);
    }

    private static ObservedRole with(ObservedRole role, boolean login) {
        return new ObservedRole(role.name(), login, List.of(), role.connectionLimit(), false, role.comment(), 0, null);
    }

    private static ObservedRole marked(ObservedRole role, @Nullable String comment) {
        return new ObservedRole(
                role.name(), role.login(), role.excess(), role.connectionLimit(), false, comment, 0, null);
    }

    /** A catalogue in which a plan is in place, to be changed. */
    private static final class World {
        @Nullable
        Namespace schema;

        boolean canary = true;
        final Map<String, ObservedRole> roles = new HashMap<>();
        final List<ObservedRight> rights = new ArrayList<>();
        final List<ObservedMembership> memberships = new ArrayList<>();
        final List<ObservedSetting> settings = new ArrayList<>();
        final List<DefaultAcl> defaults = new ArrayList<>();
        final List<ObservedRight> databaseRights = new ArrayList<>();
        final List<ObservedRight> foreign = new ArrayList<>();
        final List<OpenedRight> openings = new ArrayList<>();
        final List<Stray> strays = new ArrayList<>();

        World(SchemaPlan plan) {
            settle(plan);
        }

        void settle(SchemaPlan plan) {
            clear();
            for (SchemaPlan.PlannedRole role : plan.roles()) {
                roles.put(
                        role.name(),
                        new ObservedRole(
                                role.name(),
                                role.login(),
                                role.name().equals(OWNER) ? List.of("NOCREATEROLE") : List.of(),
                                role.connectionLimit(),
                                false,
                                plan.mark(),
                                0,
                                null));
                if (!role.name().equals(OWNER)) {
                    memberships.add(madeBy(role.name()));
                    memberships.add(toOwner(role.name()));
                }
                if (role.connects()) {
                    databaseRights.add(new ObservedRight(plan.database(), role.name(), "CONNECT"));
                }
            }
            memberships.add(toAdministrator());
            plan.memberships().forEach(m -> memberships.add(toLogin(m.member())));
            plan.schemaGrants().forEach(g -> rights.add(new ObservedRight(SCHEMA, g.role(), g.privilege())));
            rights.add(new ObservedRight(SCHEMA, OWNER, "CREATE"));
            schema = schema(OWNER, plan.mark());
            plan.settings().stream()
                    .collect(Collectors.groupingBy(
                            SchemaPlan.PlannedSetting::role,
                            LinkedHashMap::new,
                            Collectors.mapping(SchemaPlan.PlannedSetting::stored, Collectors.toList())))
                    .forEach((role, entries) -> settings.add(new ObservedSetting(role, plan.database(), entries)));
            for (SchemaPlan.DefaultPrivilege wanted : plan.defaults()) {
                boolean taken = wanted.grantee() == null;
                defaults.add(new DefaultAcl(
                        wanted.owner(),
                        taken ? null : SCHEMA,
                        wanted.objects().code(),
                        wanted.grantee(),
                        taken ? null : wanted.privilege()));
            }
            if (!plan.extensions().isEmpty()) {
                foreign.add(new ObservedRight("ext", APP, "USAGE"));
            }
        }

        private void clear() {
            roles.clear();
            rights.clear();
            memberships.clear();
            settings.clear();
            defaults.clear();
            databaseRights.clear();
            foreign.clear();
        }

        Namespace schema(String owner, @Nullable String comment) {
            return new Namespace(SCHEMA, owner, comment, rights);
        }

        void role(String name, UnaryOperator<ObservedRole> change) {
            roles.computeIfPresent(name, (_, role) -> change.apply(role));
        }

        void swap(ObservedMembership old, ObservedMembership now) {
            assertThat(memberships.remove(old)).isTrue();
            memberships.add(now);
        }

        /** Before PostgreSQL 16: nobody administers anybody, and CREATEROLE is the operator's alone. */
        void withoutOptions() {
            memberships.removeIf(m -> m.member().equals(OWNER) || m.member().equals(ADMINISTRATOR));
            memberships.replaceAll(m -> new ObservedMembership(m.role(), m.member(), OPERATOR, m.admin(), null, null));
            role(OWNER, r -> with(r, false));
        }

        /** As versions before ADR 25 made it: the operator created every role and could become each. */
        void madeByTheOperator() {
            withoutOptions();
            memberships.replaceAll(m -> new ObservedMembership(m.role(), m.member(), OPERATOR, false, false, true));
            for (SchemaPlan.RoleKind kind : RoleKind.values()) {
                memberships.add(new ObservedMembership(PLAN.name(kind), OPERATOR, "postgres", true, false, false));
                memberships.add(toOperator(PLAN.name(kind)));
            }
        }

        void entries(String role, Consumer<List<String>> change) {
            settings.replaceAll(setting -> {
                List<String> entries = new ArrayList<>(setting.entries());
                if (setting.role().equals(role)) {
                    change.accept(entries);
                }
                return new ObservedSetting(setting.role(), setting.database(), entries);
            });
        }

        ObservedSchema observed() {
            Namespace found = schema;
            return new ObservedSchema(
                    TENANT.suffix(),
                    found == null ? null : new Namespace(found.name(), found.owner(), found.comment(), rights),
                    canary,
                    roles,
                    memberships,
                    settings,
                    defaults,
                    databaseRights,
                    foreign,
                    openings,
                    strays,
                    false);
        }
    }
}
