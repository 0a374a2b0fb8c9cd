package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import dev.bulkhead.operator.database.ObservedSchema.ObservedRight;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is done once per database, before its first tenant. Pure.
 *
 * @param obstacle why nothing can be done here at all; null when it can
 * @param needed statements of the operator, in one transaction
 * @param wished each on its own, done when the server lets it: what of it is missing is a capability the server lacks
 */
@Pure
record DatabasePreparation(@Nullable Outcome obstacle, List<SqlStatement> needed, List<SqlStatement> wished) {
    /** The operator's own schema; nobody else may look into it. */
    static final String OPERATOR_SCHEMA = "bulkhead";

    /** Takes the writer's lock; without a row in the answer there is no lock. */
    static final String FENCE = "SELECT id FROM bulkhead.writer FOR UPDATE";

    static final String MARK = "bulkhead:v1:operator";
    private static final int OLDEST = 150_000;
    private static final List<String> DATABASES_OF_THE_SERVER = List.of("postgres", "template1");

    DatabasePreparation {
        needed = List.copyOf(needed);
        wished = List.copyOf(wished);
    }

    /** What is still missing. */
    static DatabasePreparation of(DatabaseFacts facts) {
        Outcome obstacle = obstacle(facts);
        if (obstacle != null) {
            return new DatabasePreparation(obstacle, List.of(), List.of());
        }
        List<SqlStatement> needed = new ArrayList<>();
        if (facts.publicRights().stream().anyMatch(right -> right.on().equals(facts.database()))) {
            needed.add(SqlStatement.operator(
                    "rights of PUBLIC on database " + facts.database(),
                    "REVOKE ALL ON DATABASE " + SqlNames.name(facts.database()) + " FROM PUBLIC"));
        }
        needed.addAll(administrators(facts));
        needed.addAll(operatorSchema(facts));
        needed.addAll(extensionSchema(facts));
        return new DatabasePreparation(null, needed, wished(facts));
    }

    /** Whether nothing is missing. */
    boolean complete() {
        return obstacle == null && needed.isEmpty() && wished.isEmpty();
    }

    private static @Nullable Outcome obstacle(DatabaseFacts facts) {
        String subject = "database " + facts.database();
        if (facts.versionNumber() < OLDEST) {
            return blocked(Reason.Unprepared, subject, "PostgreSQL 15 or newer is needed; this is " + facts.version());
        }
        if (!facts.settings().optionsKept()) {
            return blocked(
                    Reason.Unprepared,
                    subject,
                    "what the operator asks for when a session begins (search_path, time limits) is dropped on the way, as"
                            + " a connection pooler does; spec.host and spec.port have to be the server's own.");
        }
        if (facts.settings().readOnly()) {
            return new Outcome.Waiting(new Finding(Reason.DatabaseUnavailable, subject, SqlTrouble.IS_READ_ONLY));
        }
        if (!facts.superuser() && !facts.createRole()) {
            return blocked(
                    Reason.DatabaseRefused,
                    subject,
                    "the operator's role cannot create roles. As a superuser: ALTER ROLE " + facts.operator()
                            + " CREATEROLE.");
        }
        if (!facts.owns()) {
            return blocked(
                    Reason.Unprepared,
                    subject,
                    "belongs to role " + facts.owner() + "; the operator's role has to own it. As a superuser: ALTER"
                            + " DATABASE " + facts.database() + " OWNER TO " + facts.operator() + ".");
        }
        Administration administration = Administration.of(facts);
        if (!administration.nameFits()) {
            return blocked(
                    Reason.DatabaseRefused,
                    "role " + facts.operator(),
                    "is a name too long: those of the operator's administrators begin with it, and PostgreSQL would cut"
                            + " them. The operator needs a role with a name of at most " + Administration.LONGEST_NAME
                            + " bytes.");
        }
        for (String name : administration.administrators()) {
            DatabaseFacts.Administrator found = facts.administrators().get(name);
            if (found != null && !found.ours()) {
                return blocked(
                        Reason.Conflict,
                        "role " + name,
                        "exists and is not the operator's own; rename or drop it. The operator needs the name.");
            }
            if (found != null && found.superuser()) {
                return blocked(
                        Reason.DatabaseRefused,
                        "role " + name,
                        "is one of the operator's and somebody made it a superuser, which only a superuser can take back:"
                                + " ALTER ROLE " + SqlNames.name(name) + " NOSUPERUSER.");
            }
        }
        for (String name : List.of(OPERATOR_SCHEMA, SchemaPlan.EXTENSIONS_SCHEMA)) {
            Namespace schema = facts.schemas().get(name);
            if (schema != null
                    && !(Objects.equals(schema.comment(), MARK)
                            && schema.owner().equals(facts.operator()))) {
                return blocked(
                        Reason.Conflict,
                        "schema " + name + " in " + subject,
                        "exists and is not the operator's own; rename or drop it. The operator needs the name.");
            }
        }
        return null;
    }

    /** Roles between the operator and its tenants. They are the server's: another database may have brought them. */
    private static List<SqlStatement> administrators(DatabaseFacts facts) {
        List<SqlStatement> statements = new ArrayList<>();
        for (String name : Administration.of(facts).administrators()) {
            DatabaseFacts.Administrator found = facts.administrators().get(name);
            String subject = "role " + name;
            if (found == null) {
                statements.add(SqlStatement.operator(
                        subject, "CREATE ROLE " + SqlNames.name(name) + " NOLOGIN NOINHERIT CREATEROLE"));
            } else if (!found.shaped()) {
                statements.add(SqlStatement.operator(
                        subject, "ALTER ROLE " + SqlNames.name(name) + " NOLOGIN NOINHERIT CREATEROLE"));
            }
            if (found == null || !found.marked()) {
                statements.add(SqlStatement.operator(
                        "mark of role " + name,
                        "COMMENT ON ROLE " + SqlNames.name(name) + " IS " + SqlNames.literal(MARK)));
            }
            if (found == null || !found.entered()) {
                statements.add(SqlStatement.operator(
                        "membership of the operator in role " + name,
                        "GRANT " + SqlNames.name(name) + " TO SESSION_USER WITH INHERIT FALSE, SET TRUE"));
            }
        }
        return statements;
    }

    private static List<SqlStatement> operatorSchema(DatabaseFacts facts) {
        Namespace schema = facts.schemas().get(OPERATOR_SCHEMA);
        List<SqlStatement> statements = new ArrayList<>(schema(facts, OPERATOR_SCHEMA, schema));
        if (!facts.writerRow()) {
            statements.add(SqlStatement.operator(
                    "table bulkhead.writer",
                    "CREATE TABLE bulkhead.writer (id int PRIMARY KEY DEFAULT 1 CHECK (id = 1))"));
            statements.add(
                    SqlStatement.operator("row of bulkhead.writer", "INSERT INTO bulkhead.writer DEFAULT VALUES"));
        }
        return statements;
    }

    private static List<SqlStatement> extensionSchema(DatabaseFacts facts) {
        return schema(facts, SchemaPlan.EXTENSIONS_SCHEMA, facts.schemas().get(SchemaPlan.EXTENSIONS_SCHEMA));
    }

    /** A schema of the operator's own, on which nobody but it (and for extensions: tenants) has rights. */
    private static List<SqlStatement> schema(DatabaseFacts facts, String name, @Nullable Namespace found) {
        if (found == null) {
            return List.of(
                    SqlStatement.operator("schema " + name, "CREATE SCHEMA " + SqlNames.name(name)),
                    SqlStatement.operator(
                            "mark of schema " + name,
                            "COMMENT ON SCHEMA " + SqlNames.name(name) + " IS " + SqlNames.literal(MARK)));
        }
        return revocations(found, facts.operator());
    }

    private static List<SqlStatement> wished(DatabaseFacts facts) {
        List<SqlStatement> wished = new ArrayList<>();
        Namespace everybodys = facts.schemas().get("public");
        if (everybodys != null && everybodys.rights().stream().anyMatch(right -> right.grantee() == null)) {
            wished.add(SqlStatement.operator(
                    "rights of PUBLIC on schema public", "REVOKE ALL ON SCHEMA public FROM PUBLIC"));
        }
        if (!facts.superuser()) {
            return wished;
        }
        for (String database : DATABASES_OF_THE_SERVER) {
            if (facts.publicRights().stream().anyMatch(right -> right.on().equals(database))) {
                wished.add(SqlStatement.operator(
                        "rights of PUBLIC on database " + database,
                        "REVOKE CONNECT, TEMPORARY ON DATABASE " + SqlNames.name(database) + " FROM PUBLIC"));
            }
        }
        if (facts.largeObjectFunctions() > 0) {
            wished.add(SqlStatement.operator(
                    "large object functions",
                    "REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea),"
                            + " lo_put(oid, bigint, bytea) FROM PUBLIC"));
        }
        return wished;
    }

    private static List<SqlStatement> revocations(Namespace schema, String operator) {
        List<SqlStatement> statements = new ArrayList<>();
        for (ObservedRight right : schema.rights()) {
            if (!operator.equals(right.grantee())) {
                statements.add(SqlStatement.operator(
                        right.privilege() + " of " + right.granteeText() + " on schema " + schema.name(),
                        "REVOKE " + right.privilege() + " ON SCHEMA " + SqlNames.name(schema.name()) + " FROM "
                                + right.granteeSql() + " CASCADE"));
            }
        }
        return statements;
    }

    private static Outcome blocked(Reason reason, String subject, String message) {
        return new Outcome.Blocked(new Finding(reason, subject, message));
    }
}
