package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.evidence.Trial;
import java.util.Arrays;
import java.util.List;

/**
 * What the catalogue is asked, as every login may: their number does not grow with the number of tenants. Rows are
 * (topic, who, what, how): the topic {@code own} is a right that the tenant has to have, which shows that the question
 * sees something; every other topic is one of {@link Topic}.
 *
 * <p>They start with {@link #COMMON}: {@code me} holds the tenant's schema, role names and login, the names of the
 * administrators, those of the roles by which the operator administers tenants and which let nobody log in, and the
 * databases in which a log-in is tried, {@code mine} its roles, {@code home} its schema. All is read from pg_catalog;
 * nothing in them calls, casts to, or prints what a tenant made but names. Why ACLs go through unnest stands at the operator's
 * own queries.
 */
enum CatalogueQuestion {
    /**
     * Who has rights in the compartment besides the tenant. A right on a table or function is a way in where anybody else
     * may use the schema; else nobody can name the thing, and all that the right shows is what the planner keeps of its
     * columns. Sequences and large objects are used by their number, so a right on them is enough.
     */
    RIGHTS("""
            , things AS (
              SELECT 'Schema' AS topic, 'schema ' || n.nspname AS what, n.nspowner AS owner,
                     coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
                FROM pg_namespace n JOIN home ON n.oid = home.oid
              UNION ALL
              SELECT 'Relation', 'table ' || c.relname, c.relowner, c.relacl
                FROM home JOIN pg_class c ON c.relnamespace = home.oid
               WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
              UNION ALL
              SELECT 'Sequence', 'sequence ' || c.relname, c.relowner, c.relacl
                FROM home JOIN pg_class c ON c.relnamespace = home.oid
               WHERE c.relkind = 'S'
              UNION ALL
              SELECT 'Relation', 'column ' || a.attname || ' of table ' || c.relname, c.relowner, a.attacl
                FROM home JOIN pg_class c ON c.relnamespace = home.oid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
              UNION ALL
              SELECT CASE WHEN p.prosecdef THEN 'Definer' ELSE 'Routine' END, 'function ' || p.proname, p.proowner,
                     coalesce(p.proacl, acldefault('f', p.proowner))
                FROM home JOIN pg_proc p ON p.pronamespace = home.oid
              UNION ALL
              SELECT 'LargeObject', 'large object ' || l.oid, l.lomowner, l.lomacl
                FROM pg_largeobject_metadata l JOIN mine ON mine.oid = l.lomowner
              UNION ALL
              SELECT 'Database', 'database ' || d.datname, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
                FROM pg_database d WHERE d.datname = current_database()
            ), granted AS (
              SELECT t.topic, coalesce(g.rolname, 'PUBLIC') AS who, t.what, x.privilege_type AS how,
                     g.oid IN (SELECT oid FROM mine) AS own, x.grantee = 0 AS everybody
                FROM things t, aclexplode((SELECT array_agg(i) FROM unnest(t.acl) i)) x LEFT JOIN pg_roles g ON g.oid = x.grantee
               WHERE x.grantee <> t.owner
            ), others AS (
              SELECT topic, who, what, how FROM granted, me
               WHERE own IS NOT TRUE AND who <> ALL (me.administrators) AND (topic <> 'Database' OR everybody)
            ), booked AS (
              SELECT CASE WHEN topic NOT IN ('Relation', 'Definer')
                            OR EXISTS (SELECT FROM others WHERE topic = 'Schema' AND how = 'USAGE') THEN topic
                          WHEN topic = 'Relation' AND how = 'SELECT' THEN 'Statistics'
                          ELSE 'Unreached' END AS topic, who, what, how
                FROM others
            )
            (SELECT 'own', who, what, how FROM granted WHERE own AND topic = 'Schema' LIMIT 1)
            UNION ALL
            (SELECT topic, who, what, how
               FROM (SELECT booked.*, row_number() OVER (PARTITION BY topic) AS position FROM booked) b
              WHERE position <= 100)
            UNION ALL
            (SELECT 'Owner', coalesce(w.rolname, '?'), t.what, 'OWNER'
               FROM things t LEFT JOIN pg_roles w ON w.oid = t.owner
              WHERE t.topic NOT IN ('Database', 'LargeObject') AND t.owner NOT IN (SELECT oid FROM mine) LIMIT 100)
            UNION ALL
            (SELECT 'Future', coalesce(g.rolname, 'PUBLIC'), 'what role ' || mine.rolname || ' will make',
                    x.privilege_type
               FROM pg_default_acl a JOIN mine ON mine.oid = a.defaclrole, aclexplode((SELECT array_agg(i) FROM unnest(a.defaclacl) i)) x
               LEFT JOIN pg_roles g ON g.oid = x.grantee
              WHERE x.grantee <> a.defaclrole AND (x.grantee = 0 OR x.grantee NOT IN (SELECT oid FROM mine)) LIMIT 100)
            UNION ALL
            SELECT 'Future', 'PUBLIC', 'functions that role ' || mine.rolname || ' will make', 'EXECUTE'
              FROM mine JOIN me ON mine.rolname = me.schema || '_app'
             WHERE NOT EXISTS (SELECT FROM pg_default_acl a
                                WHERE a.defaclrole = mine.oid AND a.defaclobjtype = 'f' AND a.defaclnamespace = 0)"""),

    /** Who can become a role of the tenant, what the tenant can become, and who stands above all. */
    ROLES("""
            , down AS (
              SELECT oid, oid AS start FROM mine
              UNION
              SELECT a.member, down.start FROM down JOIN pg_auth_members a ON a.roleid = down.oid
            ), up AS (
              SELECT oid, oid AS start FROM mine
              UNION
              SELECT a.roleid, up.start FROM up JOIN pg_auth_members a ON a.member = up.oid
            ), everything AS (
              SELECT r.oid, r.rolname FROM pg_roles r
               WHERE r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_execute_server_program',
                                   'pg_read_server_files', 'pg_write_server_files')
              UNION
              SELECT a.member, e.rolname FROM everything e JOIN pg_auth_members a ON a.roleid = e.oid
            )
            (SELECT 'own', m.rolname, 'role ' || r.rolname, 'MEMBER'
               FROM pg_auth_members a JOIN mine r ON r.oid = a.roleid JOIN mine m ON m.oid = a.member, me
              WHERE m.rolname = me.login AND r.rolname = me.schema || '_app' LIMIT 1)
            UNION ALL
            (SELECT 'Member', r.rolname, 'role ' || s.rolname, 'MEMBER'
               FROM down JOIN pg_roles r ON r.oid = down.oid JOIN pg_roles s ON s.oid = down.start, me
              WHERE r.oid NOT IN (SELECT oid FROM mine) AND r.rolname <> ALL (me.administrators)
                AND (r.rolcanlogin OR r.rolname <> ALL (me.between)) LIMIT 100)
            UNION ALL
            (SELECT CASE WHEN r.rolname ~ '^t_[a-z2-7]{16}_(own|app|l1|l2|bkp)$' THEN 'Membership' ELSE 'Raised' END,
                    s.rolname, 'role ' || r.rolname, 'MEMBER'
               FROM up JOIN pg_roles r ON r.oid = up.oid JOIN pg_roles s ON s.oid = up.start
              WHERE r.oid NOT IN (SELECT oid FROM mine) ORDER BY 1 DESC LIMIT 100)
            UNION ALL
            (SELECT 'Attribute', r.rolname, 'every tenant', a.name
               FROM pg_roles r,
                    (VALUES ('SUPERUSER'), ('BYPASSRLS'), ('CREATEROLE'), ('CREATEDB'), ('REPLICATION')) AS a (name)
              WHERE (r.oid IN (SELECT oid FROM mine) OR r.rolname ~ '^t_[a-z2-7]{16}_(own|app|l1|l2|bkp)$')
                AND CASE a.name WHEN 'SUPERUSER' THEN r.rolsuper WHEN 'BYPASSRLS' THEN r.rolbypassrls
                                WHEN 'CREATEROLE' THEN r.rolcreaterole AND (r.rolcanlogin OR r.rolname !~ '_own$')
                                WHEN 'CREATEDB' THEN r.rolcreatedb
                                ELSE r.rolreplication END LIMIT 100)
            UNION ALL
            (SELECT 'Administrator', r.rolname, 'every tenant', a.name
               FROM pg_roles r, me, LATERAL (
                    SELECT 'SUPERUSER' AS name WHERE r.rolsuper
                    UNION ALL SELECT 'BYPASSRLS' WHERE r.rolbypassrls
                    UNION ALL SELECT e.rolname FROM everything e WHERE e.oid = r.oid) a
              WHERE r.rolcanlogin AND r.rolname <> ALL (me.administrators) AND r.oid <> 10
                AND r.rolname !~ '^t_[a-z2-7]{16}_(own|app|l1|l2|bkp)$' LIMIT 100)"""),

    /** Where sessions of the tenant look first. Never a value: a setting can hold a secret. */
    SETTINGS("""
            , settings AS (
              SELECT CASE WHEN s.setrole = 0 THEN 'every role' ELSE 'role ' || mine.rolname END AS who,
                     s.setrole = 0 AS everybody, mine.rolname,
                     split_part(e.entry, '=', 1) AS name, substr(e.entry, strpos(e.entry, '=') + 1) AS value
                FROM pg_db_role_setting s LEFT JOIN mine ON mine.oid = s.setrole
                LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS e (entry)
               WHERE (mine.oid IS NOT NULL OR s.setrole = 0)
                 AND (s.setdatabase = 0 OR d.datname = current_database())
            )
            (SELECT 'own', s.who, 'setting role', 'SET' FROM settings s, me
              WHERE s.rolname = me.login AND s.name = 'role' AND s.value = me.schema || '_app' LIMIT 1)
            UNION ALL
            (SELECT 'Setting', s.who, 'setting ' || s.name, 'SET' FROM settings s, me
              WHERE CASE s.name
                      WHEN 'role' THEN s.everybody OR s.value <> me.schema || '_app'
                      WHEN 'search_path' THEN s.everybody
                           OR s.value NOT IN (me.schema, me.schema || ', ext', 'pg_catalog')
                      ELSE s.name IN ('session_authorization', 'row_security', 'session_preload_libraries',
                                      'local_preload_libraries', 'dynamic_library_path', 'session_replication_role')
                    END LIMIT 100)"""),

    /**
     * What the tenant has outside of its compartment. Rights are looked for where the things are, and not in the schemas of
     * other tenants: what those open stands at their own {@link #RIGHTS}, however often and to whom they do it.
     */
    OUTSIDE("""
            , held AS (
              SELECT mine.rolname, s.classid, s.objid FROM pg_shdepend s
                JOIN mine ON mine.oid = s.refobjid
               WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o'
                 AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            ), owned AS (
              SELECT h.rolname, 'table ' || n.nspname || '.' || c.relname AS what, n.oid AS place
                FROM held h JOIN pg_class c ON h.classid = 'pg_class'::regclass AND c.oid = h.objid
                JOIN pg_namespace n ON n.oid = c.relnamespace
              UNION ALL
              SELECT h.rolname, 'function ' || n.nspname || '.' || p.proname, n.oid
                FROM held h JOIN pg_proc p ON h.classid = 'pg_proc'::regclass AND p.oid = h.objid
                JOIN pg_namespace n ON n.oid = p.pronamespace
              UNION ALL
              SELECT h.rolname, 'schema ' || n.nspname, n.oid
                FROM held h JOIN pg_namespace n ON h.classid = 'pg_namespace'::regclass AND n.oid = h.objid
            ), n AS MATERIALIZED (
              SELECT n.oid, n.nspname, n.nspacl FROM pg_namespace n WHERE n.nspname !~ '^t_[a-z2-7]{16}$'
            ), opened AS (
              SELECT 'table ' || n.nspname || '.' || c.relname AS what, c.relacl AS acl
                FROM n JOIN pg_class c ON c.relnamespace = n.oid AND c.relacl IS NOT NULL
              UNION ALL
              SELECT 'column ' || a.attname || ' of table ' || n.nspname || '.' || c.relname, a.attacl
                FROM n JOIN pg_class c ON c.relnamespace = n.oid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
              UNION ALL
              SELECT 'function ' || n.nspname || '.' || p.proname, p.proacl
                FROM n JOIN pg_proc p ON p.pronamespace = n.oid AND p.proacl IS NOT NULL
              UNION ALL
              SELECT 'schema ' || n.nspname, n.nspacl FROM n WHERE n.nspname <> 'ext'
            ), entered AS MATERIALIZED (
              SELECT n.oid, n.nspname FROM pg_namespace n
               WHERE n.oid NOT IN (SELECT oid FROM home) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                 AND EXISTS (SELECT FROM aclexplode((SELECT array_agg(i) FROM unnest(n.nspacl) i)) u WHERE u.privilege_type = 'USAGE'
                                AND (u.grantee = 0 OR u.grantee IN (SELECT oid FROM mine)))
            )
            (SELECT 'own', me.schema || '_app', 'schema ' || me.schema, 'USAGE'
               FROM home JOIN pg_namespace n ON n.oid = home.oid, me, mine, aclexplode((SELECT array_agg(i) FROM unnest(n.nspacl) i)) x
              WHERE mine.rolname = me.schema || '_app' AND x.grantee = mine.oid AND x.privilege_type = 'USAGE' LIMIT 1)
            UNION ALL
            (SELECT 'Outside', o.rolname, o.what, 'OWNER' FROM owned o
              WHERE o.place NOT IN (SELECT oid FROM home) LIMIT 100)
            UNION ALL
            (SELECT DISTINCT 'Outside', mine.rolname, o.what, 'GRANTED'
               FROM opened o, aclexplode((SELECT array_agg(i) FROM unnest(o.acl) i)) x, mine
              WHERE mine.oid = x.grantee LIMIT 100)
            UNION ALL
            (SELECT 'Borrowed', coalesce(g.rolname, 'PUBLIC'),
                    'function ' || n.nspname || '.' || p.proname || ' of role ' || w.rolname, 'EXECUTE'
               FROM entered n JOIN pg_proc p ON p.pronamespace = n.oid AND p.prosecdef
               JOIN pg_roles w ON w.oid = p.proowner,
                    aclexplode((SELECT array_agg(i) FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) i)) x
               LEFT JOIN pg_roles g ON g.oid = x.grantee
              WHERE w.oid NOT IN (SELECT oid FROM mine) AND x.privilege_type = 'EXECUTE'
                AND (x.grantee = 0 OR x.grantee IN (SELECT oid FROM mine))
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                                   AND d.deptype = 'e') LIMIT 100)
            UNION ALL
            (SELECT 'OtherDatabase', coalesce(g.rolname, 'PUBLIC'), 'database ' || d.datname, x.privilege_type
               FROM me, pg_database d, aclexplode((SELECT array_agg(i) FROM unnest(coalesce(d.datacl, acldefault('d', d.datdba))) i)) x
               LEFT JOIN pg_roles g ON g.oid = x.grantee
              WHERE d.datallowconn AND d.datname <> current_database() AND x.privilege_type IN ('CONNECT', 'CREATE')
                AND NOT (x.privilege_type = 'CONNECT' AND d.datname = ANY (me.tried))
                AND (x.grantee = 0 OR x.grantee IN (SELECT oid FROM mine)) LIMIT 100)""");

    /**
     * Parameters: schema, role names, login, administrators, the roles between the operator and its tenants, and the
     * databases in which a log-in is tried.
     */
    private static final String COMMON = """
            WITH RECURSIVE me AS MATERIALIZED (
              SELECT ?::text AS schema, ?::text[] AS roles, ?::text AS login, ?::text[] AS administrators,
                     ?::text[] AS between, ?::text[] AS tried
            ), mine AS MATERIALIZED (
              SELECT r.oid, r.rolname::text AS rolname FROM pg_roles r, me WHERE r.rolname = ANY (me.roles)
            ), home AS MATERIALIZED (
              SELECT n.oid FROM pg_namespace n, me WHERE n.nspname = me.schema
            )
            """;

    private final String text;

    CatalogueQuestion(String text) {
        this.text = text;
    }

    /** The whole question. */
    String sql() {
        return COMMON + text;
    }

    /** What it can find. */
    List<Topic> topics() {
        return Arrays.stream(Topic.values())
                .filter(topic -> topic.question == this)
                .toList();
    }

    /** Kinds of findings. */
    enum Topic {
        Schema(RIGHTS, "finds rights of others on the tenant's schema", Trial.TrialKind.OpenWay),
        Relation(RIGHTS, "finds rights of others on the tenant's tables and columns", Trial.TrialKind.OpenWay),
        Sequence(RIGHTS, "finds rights of others on the tenant's sequences", Trial.TrialKind.OpenWay),
        Unreached(
                RIGHTS,
                "finds rights of others on things of the tenant that its schema keeps from them",
                Trial.TrialKind.Weakness),
        Statistics(
                RIGHTS,
                "finds columns of the tenant of which others see values among the planner's statistics",
                Trial.TrialKind.Weakness),
        Routine(RIGHTS, "finds rights of others on the tenant's functions", Trial.TrialKind.Weakness),
        Definer(RIGHTS, "finds security-definer functions of the tenant that others may call", Trial.TrialKind.OpenWay),
        LargeObject(RIGHTS, "finds rights of others on the tenant's large objects", Trial.TrialKind.OpenWay),
        Database(RIGHTS, "finds rights of everybody on the tenant's database", Trial.TrialKind.Weakness),
        Owner(RIGHTS, "finds things in the tenant's schema that belong to others", Trial.TrialKind.OpenWay),
        Future(RIGHTS, "finds rights of others on what the tenant will make", Trial.TrialKind.Weakness),
        Member(ROLES, "finds others that can become a role of the tenant", Trial.TrialKind.OpenWay),
        Membership(ROLES, "finds roles of other tenants that the tenant can become", Trial.TrialKind.Weakness),
        Raised(ROLES, "finds roles above tenants that the tenant can become", Trial.TrialKind.OpenWay),
        Attribute(ROLES, "finds tenants' roles with rights over the server", Trial.TrialKind.OpenWay),
        Administrator(ROLES, "finds logins above all tenants that nobody declared", Trial.TrialKind.Weakness),
        Setting(SETTINGS, "finds settings that lead the tenant's sessions elsewhere", Trial.TrialKind.Weakness),
        Outside(OUTSIDE, "finds rights of the tenant outside of its schema", Trial.TrialKind.OpenWay),
        Borrowed(
                OUTSIDE,
                "finds security-definer functions of others that the tenant may call",
                Trial.TrialKind.OpenWay),
        OtherDatabase(OUTSIDE, "finds other databases the tenant may enter", Trial.TrialKind.Weakness);

        private final CatalogueQuestion question;
        private final String sentence;
        private final Trial.TrialKind kind;

        Topic(CatalogueQuestion question, String sentence, Trial.TrialKind kind) {
            this.question = question;
            this.sentence = sentence;
            this.kind = kind;
        }

        /** As {@link Trial#name()}. */
        String sentence() {
            return sentence;
        }

        /** What a finding means. */
        Trial.TrialKind kind() {
            return kind;
        }
    }
}
