package dev.bulkhead.operator.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The questions put to the catalogue. Their number does not depend on the number of tenants, and they touch pg_catalog
 * only: nothing in them calls, casts to, or prints what a tenant made.
 *
 * <p>An ACL is taken from its row once, by unnest: aclexplode takes one that is stored compressed or apart again for each
 * of its items, and that of a database has three for each tenant (1,000 tenants: 390 ms, and 6 ms so; PostgreSQL 18.6).
 *
 * <p>Whose a right is, is looked up for each: joined, all roles are gone through for each list of rights, since nobody can guess
 * how many come out of one (250 tenants: 180 ms of a look at all of them, and 15 so).
 *
 * <p>Placeholders: {@code {role:r}} and {@code {schema:n}} narrow an alias of pg_roles or pg_namespace to tenants' names.
 */
enum CatalogueQueries {
    /** What everybody may do with databases that accept connections. */
    PUBLIC_RIGHTS("""
            SELECT d.datname, p.privilege
              FROM pg_database d, unnest(ARRAY['CREATE', 'TEMPORARY', 'CONNECT']) p(privilege)
             WHERE d.datallowconn AND has_database_privilege('public', d.oid, p.privilege)"""),

    /** Extensions and where they are. */
    EXTENSIONS("""
            SELECT e.extname, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"""),

    /** The schemas that are no tenant's, without the rights of tenants on them. */
    SHARED_SCHEMAS("""
            SELECT n.nspname, o.rolname, d.description, x.grantee, e.rolname, x.privilege_type
              FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
              LEFT JOIN pg_description d
                ON d.objoid = n.oid AND d.classoid = 'pg_namespace'::regclass AND d.objsubid = 0
              LEFT JOIN LATERAL aclexplode((SELECT array_agg(i) FROM unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) i)) x ON true
              LEFT JOIN pg_roles e ON e.oid = x.grantee
             WHERE n.nspname IN ('public', 'ext', 'bulkhead')
               AND coalesce(e.rolname, '') !~ '^t_[a-z2-7]{16}_(own|app|l1|l2|bkp)$'"""),

    /**
     * Roles with the names of the operator's administrators. Before PostgreSQL 16 the option is not there: through JSON it
     * is null.
     */
    ADMINISTRATORS("""
            SELECT r.rolname, d.description,
                   r.rolsuper, r.rolcreaterole AND NOT r.rolcanlogin AND NOT r.rolinherit,
                   coalesce(bool_or((to_jsonb(a) ->> 'set_option')::boolean), false),
                   coalesce(bool_or(a.admin_option), false)
              FROM pg_roles r
              LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
              LEFT JOIN pg_auth_members a ON a.roleid = r.oid
                     AND a.member = (SELECT m.oid FROM pg_roles m WHERE m.rolname = session_user)
             WHERE r.rolname = ANY (ARRAY(
                     SELECT (session_user || '_admin_' || letter)::name
                       FROM unnest(string_to_array('abcdefghijklmnopqrstuvwxyz234567', NULL)) letter))
             GROUP BY r.rolname, d.description, r.rolcreaterole, r.rolcanlogin, r.rolinherit, r.rolsuper"""),

    /** One row: the database and the operator in it. Comes after the queries whose rows become part of it. */
    FACTS("""
            SELECT current_database(), current_setting('server_version'),
                   current_setting('server_version_num')::int, session_user, u.rolsuper, u.rolcreaterole,
                   o.rolname, pg_has_role(u.oid, o.oid, 'USAGE'),
                   pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean,
                   has_column_privilege('pg_authid', 'rolpassword', 'SELECT'), l.version,
                   (SELECT count(*) FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
                     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND x.grantee = 0
                       AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put')),
                   EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            WHERE n.nspname = 'bulkhead' AND c.relname = 'writer' AND c.relkind = 'r'
                              AND c.relowner = u.oid AND n.nspowner = u.oid AND NOT c.relrowsecurity
                              AND NOT c.relhasrules AND NOT c.relhastriggers),
                   current_setting('max_prepared_transactions')::int,
                   current_setting('search_path') = 'pg_catalog',
                   CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
                        THEN (SELECT system_identifier::text FROM pg_control_system()) END,
                   pg_postmaster_start_time()
              FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
              JOIN pg_roles u ON u.rolname = session_user
              LEFT JOIN pg_stat_ssl l ON l.pid = pg_backend_pid() AND l.ssl
             WHERE d.datname = current_database()"""),

    /** Roles with their attributes, marks and sessions. */
    ROLES("""
            SELECT r.rolname, r.rolcanlogin, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb,
                   r.rolreplication, r.rolbypassrls, r.rolconnlimit,
                   coalesce(r.rolvaliduntil < 'infinity', false), d.description, coalesce(s.sessions, 0),
                   {verifier}
              FROM pg_roles r
              LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
              LEFT JOIN (SELECT usesysid, count(*)::int AS sessions FROM pg_stat_activity GROUP BY usesysid) s
                ON s.usesysid = r.oid
             WHERE {role:r}"""),

    /** Memberships. Before PostgreSQL 16 the two options are not there: through JSON they are null. */
    MEMBERSHIPS("""
            SELECT r.rolname, m.rolname, g.rolname, a.admin_option,
                   (to_jsonb(a) ->> 'inherit_option')::boolean, (to_jsonb(a) ->> 'set_option')::boolean
              FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
              LEFT JOIN pg_roles g ON g.oid = a.grantor
             WHERE a.roleid = ANY (ARRAY(SELECT t.oid FROM pg_roles t WHERE {role:t}))
                OR a.member = ANY (ARRAY(SELECT t.oid FROM pg_roles t WHERE {role:t}))"""),

    /** Settings of roles, here, in other databases and everywhere. */
    SETTINGS("""
            SELECT r.rolname, b.datname, s.setconfig
              FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
              LEFT JOIN pg_database b ON b.oid = s.setdatabase
             WHERE {role:r}"""),

    /** Tenants' schemas, all rights on them, and whether something has the name of the canary. */
    SCHEMAS("""
            SELECT n.nspname, o.rolname, d.description, x.grantee, (SELECT e.rolname FROM pg_roles e WHERE e.oid = x.grantee),
                   x.privilege_type,
                   EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'bulkhead_canary')
                     OR EXISTS (SELECT FROM pg_type y WHERE y.typnamespace = n.oid AND y.typname = 'bulkhead_canary')
              FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
              LEFT JOIN pg_description d
                ON d.objoid = n.oid AND d.classoid = 'pg_namespace'::regclass AND d.objsubid = 0
              LEFT JOIN LATERAL aclexplode((SELECT array_agg(i) FROM unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) i)) x ON true
             WHERE {schema:n}"""),

    /** Rights of tenants' roles on schemas that are no tenant's. */
    FOREIGN_SCHEMA_RIGHTS("""
            WITH t AS MATERIALIZED (SELECT r.oid, r.rolname FROM pg_roles r WHERE {role:r})
            SELECT t.rolname, n.nspname, x.privilege_type
              FROM pg_namespace n, aclexplode((SELECT array_agg(i) FROM unnest(n.nspacl) i)) x, t
             WHERE t.oid = x.grantee AND n.nspname !~ '^t_[a-z2-7]{16}$'"""),

    /** Rights of tenants' roles on databases. */
    DATABASE_RIGHTS("""
            WITH t AS MATERIALIZED (SELECT r.oid, r.rolname FROM pg_roles r WHERE {role:r})
            SELECT t.rolname, d.datname, x.privilege_type
              FROM pg_database d, aclexplode((SELECT array_agg(i) FROM unnest(d.datacl) i)) x, t
             WHERE t.oid = x.grantee"""),

    /** Default privileges of tenants' roles. */
    DEFAULTS("""
            SELECT r.rolname, n.nspname, a.defaclobjtype, x.grantee, (SELECT e.rolname FROM pg_roles e WHERE e.oid = x.grantee),
                   x.privilege_type
              FROM pg_default_acl a JOIN pg_roles r ON r.oid = a.defaclrole
              LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
              LEFT JOIN LATERAL aclexplode((SELECT array_agg(i) FROM unnest(a.defaclacl) i)) x ON true
             WHERE a.defaclobjtype IN ('r', 'S', 'f', 'T', 'n', 'L') AND {role:r}"""),

    /**
     * Rights of PUBLIC and of others' roles on tenants' things, and things in a tenant's schema that belong to others.
     * Functions and types without an ACL are open to PUBLIC. Rows per tenant are limited: a tenant can make as many as
     * it likes, and what is left over is met at the next look; so nothing is worked out for each thing that could be for
     * each row, and of a tenant with more than {@link #MOST_THINGS} nothing is told but that. What a range type brings
     * along belongs to the server.
     */
    OBJECTS("""
            WITH t AS MATERIALIZED (
              SELECT r.oid, left(r.rolname, 18) AS home FROM pg_roles r WHERE {role:r}
            ), s AS MATERIALIZED (
              SELECT n.oid, n.nspname AS home FROM pg_namespace n WHERE {schema:n}
            ), things AS MATERIALIZED (
              SELECT s.home, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                     'pg_class'::regclass AS class, c.oid, c.relname::text AS name, c.relowner AS owner, c.relacl AS acl
                FROM s JOIN pg_class c ON c.relnamespace = s.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
              UNION ALL
              SELECT s.home, 'TABLE', 'pg_class'::regclass, c.oid, c.relname, c.relowner, a.attacl
                FROM s JOIN pg_class c ON c.relnamespace = s.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
              UNION ALL
              SELECT s.home, 'ROUTINE', 'pg_proc'::regclass, p.oid, p.proname, p.proowner, p.proacl
                FROM s JOIN pg_proc p ON p.pronamespace = s.oid
              UNION ALL
              SELECT s.home, 'TYPE', 'pg_type'::regclass, y.oid, y.typname, y.typowner, y.typacl
                FROM s JOIN pg_type y ON y.typnamespace = s.oid
                LEFT JOIN pg_class c ON c.oid = y.typrelid
               WHERE y.typtype <> 'm' AND y.typcategory <> 'A' AND (c.oid IS NULL OR c.relkind = 'c')
              UNION ALL
              SELECT t.home, 'LARGE OBJECT', 'pg_largeobject'::regclass, l.oid, l.oid::text, l.lomowner, l.lomacl
                FROM pg_largeobject_metadata l JOIN t ON t.oid = l.lomowner
            ), sizes AS MATERIALIZED (
              SELECT home, sum(1 + coalesce(cardinality(acl), 0)) > {most} AS many FROM things GROUP BY home
            ), few AS NOT MATERIALIZED (
              SELECT o.* FROM things o JOIN sizes ON sizes.home = o.home AND NOT sizes.many
            ), found AS (
              SELECT o.home, o.kind, o.class, o.oid, o.name, o.owner, x.grantee
                FROM few o CROSS JOIN LATERAL aclexplode((SELECT array_agg(i) FROM unnest(coalesce(o.acl, CASE o.kind
                       WHEN 'ROUTINE' THEN acldefault('f', o.owner) WHEN 'TYPE' THEN acldefault('T', o.owner) END)) i)) x
                LEFT JOIN t ON t.oid = x.grantee AND t.home = o.home
               WHERE t.oid IS NULL AND x.grantee <> o.owner
              UNION
              SELECT o.home, o.kind, o.class, o.oid, o.name, o.owner, NULL
                FROM few o LEFT JOIN t ON t.oid = o.owner AND t.home = o.home
               WHERE t.oid IS NULL
            ), counted AS (
              SELECT f.*, row_number() OVER (PARTITION BY f.home ORDER BY f.kind, f.name, f.oid) AS position
                FROM found f
               WHERE NOT EXISTS (SELECT FROM pg_depend d
                                  WHERE d.classid = f.class AND d.objid = f.oid AND d.deptype IN ('i', 'e')
                                    AND f.kind IN ('ROUTINE', 'TYPE'))
            )
            SELECT f.home, f.kind, f.name,
                   CASE f.kind WHEN 'ROUTINE' THEN
                     (SELECT coalesce(string_agg(quote_ident(tn.nspname) || '.' || quote_ident(ty.typname), ', '
                                      ORDER BY a.position), '')
                        FROM pg_proc p, unnest(p.proargtypes) WITH ORDINALITY a(type, position)
                        JOIN pg_type ty ON ty.oid = a.type JOIN pg_namespace tn ON tn.oid = ty.typnamespace
                       WHERE p.oid = f.oid) END,
                   w.rolname, f.grantee = 0, g.rolname
              FROM counted f JOIN pg_roles w ON w.oid = f.owner
              LEFT JOIN pg_roles g ON g.oid = f.grantee
             WHERE f.position <= 500
            UNION ALL
            SELECT home, 'TOO MANY', '', NULL, '', false, NULL FROM sizes WHERE many"""),

    /**
     * Things of tenants' roles outside of their schema, here and in other databases, and rights of theirs on what is no
     * tenant's. Rights are looked for where the things are: any tenant can give any other a right on each of its own, in
     * this database and in others, and those must neither count against who got them nor take time. A right in another
     * database opens nothing without CONNECT there.
     */
    STRAYS("""
            WITH t AS MATERIALIZED (
              SELECT r.oid, left(r.rolname, 18) AS home, r.rolname FROM pg_roles r WHERE {role:r}
            ), owned AS MATERIALIZED (
              SELECT t.home, t.rolname, s.dbid, s.classid, s.objid
                FROM t CROSS JOIN LATERAL (
                  SELECT * FROM pg_shdepend s
                   WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = t.oid AND s.deptype = 'o'
                   LIMIT {most} + 1) s
            ), many AS (
              SELECT home, rolname FROM owned GROUP BY home, rolname HAVING count(*) > {most}
            ), few AS MATERIALIZED (
              SELECT o.* FROM owned o WHERE o.rolname NOT IN (SELECT rolname FROM many)
            ), here AS MATERIALIZED (
              SELECT o.* FROM few o WHERE o.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            ), placed AS (
              SELECT h.home, h.rolname, c.relnamespace AS namespace, c.relname::text AS name
                FROM here h JOIN pg_class c ON h.classid = 'pg_class'::regclass AND c.oid = h.objid
              UNION ALL
              SELECT h.home, h.rolname, p.pronamespace, p.proname
                FROM here h JOIN pg_proc p ON h.classid = 'pg_proc'::regclass AND p.oid = h.objid
              UNION ALL
              SELECT h.home, h.rolname, y.typnamespace, y.typname
                FROM here h JOIN pg_type y ON h.classid = 'pg_type'::regclass AND y.oid = h.objid
              UNION ALL
              SELECT h.home, h.rolname, h.objid, NULL
                FROM here h WHERE h.classid = 'pg_namespace'::regclass
            ), n AS MATERIALIZED (
              SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname !~ '^t_[a-z2-7]{16}$'
            ), opened AS (
              SELECT n.nspname, c.relname::text AS name, c.relacl AS acl
                FROM n JOIN pg_class c ON c.relnamespace = n.oid AND c.relacl IS NOT NULL
              UNION ALL
              SELECT n.nspname, c.relname, a.attacl
                FROM n JOIN pg_class c ON c.relnamespace = n.oid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
              UNION ALL
              SELECT n.nspname, p.proname, p.proacl
                FROM n JOIN pg_proc p ON p.pronamespace = n.oid AND p.proacl IS NOT NULL
              UNION ALL
              SELECT n.nspname, y.typname, y.typacl
                FROM n JOIN pg_type y ON y.typnamespace = n.oid AND y.typacl IS NOT NULL
            ), outside AS (
              SELECT p.home, p.rolname, 'o' AS deptype, current_database() AS datname,
                     concat_ws('.', n.nspname, p.name) AS thing
                FROM placed p JOIN pg_namespace n ON n.oid = p.namespace
               WHERE n.nspname <> p.home
              UNION
              SELECT o.home, o.rolname, 'o', b.datname, NULL
                FROM few o JOIN pg_database b ON b.oid = o.dbid
               WHERE b.datname <> current_database()
              UNION
              SELECT t.home, t.rolname, 'a', current_database(), o.nspname || '.' || o.name
                FROM opened o, aclexplode((SELECT array_agg(i) FROM unnest(o.acl) i)) x, t
               WHERE t.oid = x.grantee
              UNION
              SELECT home, rolname, 'm', NULL, NULL FROM many
            ), counted AS (
              SELECT o.*, row_number() OVER (PARTITION BY o.home ORDER BY o.datname, o.thing, o.rolname) AS position
                FROM outside o
            )
            SELECT home, rolname, deptype, datname, thing FROM counted WHERE position <= 20 OR deptype = 'm'""");

    /**
     * Things of one tenant, and rights on them, up to which they are looked at one by one: about half a second of a look
     * at all tenants, which has 15, and ten times what the largest schemas of business software hold.
     */
    static final int MOST_THINGS = 50_000;

    /** What takes the longer the more a tenant made. */
    private static final Set<CatalogueQueries> OF_THINGS = Set.of(OBJECTS, STRAYS);

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(role|schema):([a-z])\\}");
    private static final String ROLE_NAMES = "~ '^t_[a-z2-7]{16}_(own|app|l1|l2|bkp)$'";
    private static final String SCHEMA_NAMES = "~ '^t_[a-z2-7]{16}$'";

    private final String text;

    CatalogueQueries(String text) {
        this.text = text;
    }

    private CatalogueScope.Depth depth() {
        return OF_THINGS.contains(this)
                ? CatalogueScope.Depth.Things
                : this == DEFAULTS ? CatalogueScope.Depth.Rights : CatalogueScope.Depth.Names;
    }

    /** Text and parameters of the query for all tenants, or for those of a list. */
    BoundQuery bind(CatalogueScope scope, boolean verifiers) {
        if (depth().compareTo(scope.depth()) > 0) {
            return new BoundQuery("SELECT WHERE false", List.of());
        }
        String bound = text.replace("{most}", Integer.toString(MOST_THINGS));
        if (this == ROLES) {
            String column = verifiers ? "(SELECT a.rolpassword FROM pg_authid a WHERE a.oid = r.oid)" : "NULL::text";
            bound = bound.replace("{verifier}", column);
        }
        List<List<String>> parameters = new ArrayList<>();
        Matcher placeholder = PLACEHOLDER.matcher(bound);
        StringBuilder sql = new StringBuilder();
        while (placeholder.find()) {
            boolean role = placeholder.group(1).equals("role");
            String test = role ? ROLE_NAMES : SCHEMA_NAMES;
            if (!scope.everything()) {
                test = "= ANY (?::text[])";
                parameters.add(role ? scope.roleNames() : scope.schemaNames());
            }
            String column = placeholder.group(2) + (role ? ".rolname " : ".nspname ");
            placeholder.appendReplacement(sql, Matcher.quoteReplacement(column + test));
        }
        return new BoundQuery(placeholder.appendTail(sql).toString(), parameters);
    }

    /** A query ready to be sent: each parameter is an array of names. */
    record BoundQuery(String sql, List<List<String>> parameters) {
        BoundQuery {
            parameters = List.copyOf(parameters);
        }
    }
}
