-- a role is gone
[t_rjq7dhq774is3oy7_own] CREATE ROLE "t_rjq7dhq774is3oy7_l2" NOLOGIN NOINHERIT CONNECTION LIMIT 10;  -- role t_rjq7dhq774is3oy7_l2
[t_rjq7dhq774is3oy7_own] COMMENT ON ROLE "t_rjq7dhq774is3oy7_l2" IS 'bulkhead:v1:8a61f19e1fff112dbb1f7e90108e065fdffb0da410a17c98b4743c2a8d16d123';  -- mark of role t_rjq7dhq774is3oy7_l2
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_l2" TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_l2
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_l2" WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_l2 in role t_rjq7dhq774is3oy7_app

-- the role of all things is gone, and all that hung on it
[t_rjq7dhq774is3oy7_own] CREATE ROLE "t_rjq7dhq774is3oy7_app" NOLOGIN NOINHERIT;  -- role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_own] COMMENT ON ROLE "t_rjq7dhq774is3oy7_app" IS 'bulkhead:v1:8a61f19e1fff112dbb1f7e90108e065fdffb0da410a17c98b4743c2a8d16d123';  -- mark of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_l1" WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_l1 in role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_l2" WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_l2 in role t_rjq7dhq774is3oy7_app

-- a login lost its password and its log-in
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" PASSWORD 'verifier';  -- password of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" LOGIN;  -- role t_rjq7dhq774is3oy7_l1

-- the spare login may log in
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l2" NOLOGIN;  -- role t_rjq7dhq774is3oy7_l2

-- a role became a superuser that inherits
[t_rjq7dhq774is3oy7_app] ALTER ROLE "t_rjq7dhq774is3oy7_app" NOSUPERUSER;  -- role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_app" NOINHERIT;  -- role t_rjq7dhq774is3oy7_app

-- a login has no limit of sessions and expires
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" CONNECTION LIMIT 10 VALID UNTIL 'infinity';  -- role t_rjq7dhq774is3oy7_l1

-- a role lost its mark and the operator may still become it
[t_rjq7dhq774is3oy7_own] COMMENT ON ROLE "t_rjq7dhq774is3oy7_app" IS 'bulkhead:v1:8a61f19e1fff112dbb1f7e90108e065fdffb0da410a17c98b4743c2a8d16d123';  -- mark of role t_rjq7dhq774is3oy7_app

-- a role has somebody's remark in place of its mark
[t_rjq7dhq774is3oy7_own] COMMENT ON ROLE "t_rjq7dhq774is3oy7_app" IS 'bulkhead:v1:8a61f19e1fff112dbb1f7e90108e065fdffb0da410a17c98b4743c2a8d16d123';  -- mark of role t_rjq7dhq774is3oy7_app

-- roles made by an earlier version
GRANT "t_rjq7dhq774is3oy7_own" TO "bulkhead_admin_r" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;  -- membership of role bulkhead_admin_r in role t_rjq7dhq774is3oy7_own
[bulkhead_admin_r] ALTER ROLE "t_rjq7dhq774is3oy7_own" CREATEROLE;  -- role t_rjq7dhq774is3oy7_own
GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_own" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_app
GRANT "t_rjq7dhq774is3oy7_l1" TO "t_rjq7dhq774is3oy7_own" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_l1
GRANT "t_rjq7dhq774is3oy7_l2" TO "t_rjq7dhq774is3oy7_own" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_l2
GRANT "t_rjq7dhq774is3oy7_bkp" TO "t_rjq7dhq774is3oy7_own" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_bkp
REVOKE "t_rjq7dhq774is3oy7_own" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_own
REVOKE "t_rjq7dhq774is3oy7_app" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_app
REVOKE "t_rjq7dhq774is3oy7_l1" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_l1
REVOKE "t_rjq7dhq774is3oy7_l2" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_l2
REVOKE "t_rjq7dhq774is3oy7_bkp" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_bkp

-- roles made by an earlier version, before 16
REVOKE "t_rjq7dhq774is3oy7_own" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_own
REVOKE "t_rjq7dhq774is3oy7_app" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_app

-- half of the roles were handed over
GRANT "t_rjq7dhq774is3oy7_l1" TO "t_rjq7dhq774is3oy7_own" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_l1
REVOKE "t_rjq7dhq774is3oy7_l1" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_l1

-- the operator was let in and died
[bulkhead_admin_r] REVOKE "t_rjq7dhq774is3oy7_own" FROM SESSION_USER;  -- membership of the operator in role t_rjq7dhq774is3oy7_own

-- the owner cannot become a role
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_app

-- the owner may not create roles
[bulkhead_admin_r] ALTER ROLE "t_rjq7dhq774is3oy7_own" CREATEROLE;  -- role t_rjq7dhq774is3oy7_own

-- the owner inherits a role
[t_rjq7dhq774is3oy7_own] REVOKE INHERIT OPTION FOR "t_rjq7dhq774is3oy7_app" FROM "t_rjq7dhq774is3oy7_own" CASCADE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_app

-- the operator inherits a role by somebody else's grant

-- the operator inherits a role that is no longer there

-- a login cannot become the role of all things
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_l1" WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_l1 in role t_rjq7dhq774is3oy7_app

-- a login may pass its membership on
[t_rjq7dhq774is3oy7_own] REVOKE ADMIN OPTION FOR "t_rjq7dhq774is3oy7_app" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- membership of role t_rjq7dhq774is3oy7_l1 in role t_rjq7dhq774is3oy7_app

-- a login inherits what it may become
[t_rjq7dhq774is3oy7_own] REVOKE INHERIT OPTION FOR "t_rjq7dhq774is3oy7_app" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- membership of role t_rjq7dhq774is3oy7_l1 in role t_rjq7dhq774is3oy7_app

-- a stranger is a member, let in by the operator
REVOKE "t_rjq7dhq774is3oy7_app" FROM "mallory" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_app

-- a stranger is a member, let in by the owner
[t_rjq7dhq774is3oy7_own] REVOKE "t_rjq7dhq774is3oy7_app" FROM "mallory" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_app

-- a stranger is a member of the owner, let in by its administrator
[bulkhead_admin_r] REVOKE "t_rjq7dhq774is3oy7_own" FROM "mallory" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_own

-- a stranger is a member, let in by another role
REVOKE "t_rjq7dhq774is3oy7_app" FROM "mallory" GRANTED BY "postgres" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_app

-- a stranger is a member, and who let him in is gone
REVOKE "t_rjq7dhq774is3oy7_app" FROM "mallory" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_app

-- a login is a member of a stranger's role
REVOKE "pg_read_all_data" FROM "t_rjq7dhq774is3oy7_l1" GRANTED BY "postgres" CASCADE;  -- membership of role t_rjq7dhq774is3oy7_l1 in role pg_read_all_data

-- the spare login is a member of the owner
REVOKE "t_rjq7dhq774is3oy7_own" FROM "t_rjq7dhq774is3oy7_l2" CASCADE;  -- membership of role t_rjq7dhq774is3oy7_l2 in role t_rjq7dhq774is3oy7_own

-- before 16, memberships have no options and no grantor that counts
REVOKE "t_rjq7dhq774is3oy7_app" FROM "mallory" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_app
GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_l1";  -- membership of role t_rjq7dhq774is3oy7_l1 in role t_rjq7dhq774is3oy7_app

-- from 16 on they have
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_own in role t_rjq7dhq774is3oy7_app
REVOKE "t_rjq7dhq774is3oy7_app" FROM "mallory" GRANTED BY "postgres" CASCADE;  -- membership of role mallory in role t_rjq7dhq774is3oy7_app

-- the schema is gone
CREATE SCHEMA "t_rjq7dhq774is3oy7" AUTHORIZATION "t_rjq7dhq774is3oy7_own";  -- schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] COMMENT ON SCHEMA "t_rjq7dhq774is3oy7" IS 'bulkhead:v1:8a61f19e1fff112dbb1f7e90108e065fdffb0da410a17c98b4743c2a8d16d123';  -- mark of schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] GRANT USAGE ON SCHEMA "t_rjq7dhq774is3oy7" TO "t_rjq7dhq774is3oy7_app";  -- USAGE of role t_rjq7dhq774is3oy7_app on schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] GRANT CREATE ON SCHEMA "t_rjq7dhq774is3oy7" TO "t_rjq7dhq774is3oy7_app";  -- CREATE of role t_rjq7dhq774is3oy7_app on schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] GRANT USAGE ON SCHEMA "t_rjq7dhq774is3oy7" TO "t_rjq7dhq774is3oy7_bkp";  -- USAGE of role t_rjq7dhq774is3oy7_bkp on schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;  -- default privileges of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" REVOKE USAGE ON TYPES FROM PUBLIC;  -- default privileges of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" IN SCHEMA "t_rjq7dhq774is3oy7" GRANT SELECT ON TABLES TO "t_rjq7dhq774is3oy7_bkp";  -- default privileges of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" IN SCHEMA "t_rjq7dhq774is3oy7" GRANT SELECT ON SEQUENCES TO "t_rjq7dhq774is3oy7_bkp";  -- default privileges of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_app] CREATE TABLE "t_rjq7dhq774is3oy7"."bulkhead_canary" (id pg_catalog.int4 PRIMARY KEY, note pg_catalog.text);  -- canary of schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_app] INSERT INTO "t_rjq7dhq774is3oy7"."bulkhead_canary" VALUES (1, 'bulkhead canary');  -- canary of schema t_rjq7dhq774is3oy7

-- the schema lost its mark
[t_rjq7dhq774is3oy7_own] COMMENT ON SCHEMA "t_rjq7dhq774is3oy7" IS 'bulkhead:v1:8a61f19e1fff112dbb1f7e90108e065fdffb0da410a17c98b4743c2a8d16d123';  -- mark of schema t_rjq7dhq774is3oy7

-- the schema belongs to another role of the tenant
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO SESSION_USER WITH INHERIT TRUE, SET TRUE;  -- owner of schema t_rjq7dhq774is3oy7
ALTER SCHEMA "t_rjq7dhq774is3oy7" OWNER TO "t_rjq7dhq774is3oy7_own";  -- owner of schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] REVOKE "t_rjq7dhq774is3oy7_app" FROM SESSION_USER;  -- owner of schema t_rjq7dhq774is3oy7

-- the schema belongs to a stranger
ALTER SCHEMA "t_rjq7dhq774is3oy7" OWNER TO "t_rjq7dhq774is3oy7_own";  -- owner of schema t_rjq7dhq774is3oy7

-- before 16, the schema belongs to another role of the tenant
ALTER SCHEMA "t_rjq7dhq774is3oy7" OWNER TO "t_rjq7dhq774is3oy7_own";  -- owner of schema t_rjq7dhq774is3oy7

-- a planned right on the schema is gone
[t_rjq7dhq774is3oy7_own] GRANT CREATE ON SCHEMA "t_rjq7dhq774is3oy7" TO "t_rjq7dhq774is3oy7_app";  -- CREATE of role t_rjq7dhq774is3oy7_app on schema t_rjq7dhq774is3oy7

-- everybody and a stranger have rights on the schema
[t_rjq7dhq774is3oy7_own] REVOKE USAGE ON SCHEMA "t_rjq7dhq774is3oy7" FROM PUBLIC CASCADE;  -- USAGE of PUBLIC on schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] REVOKE CREATE ON SCHEMA "t_rjq7dhq774is3oy7" FROM "mallory" CASCADE;  -- CREATE of role mallory on schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_own] REVOKE CREATE ON SCHEMA "t_rjq7dhq774is3oy7" FROM "t_rjq7dhq774is3oy7_bkp" CASCADE;  -- CREATE of role t_rjq7dhq774is3oy7_bkp on schema t_rjq7dhq774is3oy7

-- nothing has the canary's name
[t_rjq7dhq774is3oy7_app] CREATE TABLE "t_rjq7dhq774is3oy7"."bulkhead_canary" (id pg_catalog.int4 PRIMARY KEY, note pg_catalog.text);  -- canary of schema t_rjq7dhq774is3oy7
[t_rjq7dhq774is3oy7_app] INSERT INTO "t_rjq7dhq774is3oy7"."bulkhead_canary" VALUES (1, 'bulkhead canary');  -- canary of schema t_rjq7dhq774is3oy7

-- logins have rights on databases that nobody planned
REVOKE TEMPORARY ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- TEMPORARY of role t_rjq7dhq774is3oy7_l1 on database tenants
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_app" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_app on database tenants
REVOKE CONNECT ON DATABASE "postgres" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_l1 on database postgres

-- two logins cannot connect
GRANT CONNECT ON DATABASE "tenants" TO "t_rjq7dhq774is3oy7_l1", "t_rjq7dhq774is3oy7_bkp";  -- CONNECT on database tenants

-- a role has rights on a schema of all
REVOKE CREATE ON SCHEMA "public" FROM "t_rjq7dhq774is3oy7_app" CASCADE;  -- CREATE of role t_rjq7dhq774is3oy7_app on schema public

-- a role may use extensions and asked for none
REVOKE USAGE ON SCHEMA "ext" FROM "t_rjq7dhq774is3oy7_app" CASCADE;  -- USAGE of role t_rjq7dhq774is3oy7_app on schema ext

-- extensions were asked for
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET search_path = 't_rjq7dhq774is3oy7', 'ext';  -- setting search_path of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l2" IN DATABASE "tenants" SET search_path = 't_rjq7dhq774is3oy7', 'ext';  -- setting search_path of role t_rjq7dhq774is3oy7_l2
GRANT USAGE ON SCHEMA "ext" TO "t_rjq7dhq774is3oy7_app";  -- USAGE of role t_rjq7dhq774is3oy7_app on schema ext

-- more than use of the extensions
REVOKE CREATE ON SCHEMA "ext" FROM "t_rjq7dhq774is3oy7_app" CASCADE;  -- CREATE of role t_rjq7dhq774is3oy7_app on schema ext
REVOKE USAGE ON SCHEMA "ext" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- USAGE of role t_rjq7dhq774is3oy7_l1 on schema ext

-- a table is open to everybody, a large object to a stranger
[t_rjq7dhq774is3oy7_app] REVOKE ALL ON TABLE "x" FROM PUBLIC CASCADE;  -- rights of PUBLIC on table x
[t_rjq7dhq774is3oy7_own] REVOKE ALL ON LARGE OBJECT 7 FROM "mallory" CASCADE;  -- rights of role mallory on large object 7
REVOKE ALL ON TYPE "y" FROM "mallory" CASCADE;  -- rights of role mallory on type y

-- what the tenant will make is open to strangers
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" REVOKE ALL ON FUNCTIONS FROM PUBLIC;  -- default privileges of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" IN SCHEMA "t_rjq7dhq774is3oy7" REVOKE ALL ON TABLES FROM "mallory";  -- default privileges of role t_rjq7dhq774is3oy7_app
[t_rjq7dhq774is3oy7_l1] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_l1" REVOKE ALL ON SCHEMAS FROM "mallory";  -- default privileges of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_l1] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_l1" REVOKE ALL ON LARGE OBJECTS FROM "mallory";  -- default privileges of role t_rjq7dhq774is3oy7_l1

-- what the tenant will make is not given to who backs it up
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" IN SCHEMA "t_rjq7dhq774is3oy7" GRANT SELECT ON TABLES TO "t_rjq7dhq774is3oy7_bkp";  -- default privileges of role t_rjq7dhq774is3oy7_app

-- everybody may run the functions that the tenant will make
[t_rjq7dhq774is3oy7_app] ALTER DEFAULT PRIVILEGES FOR ROLE "t_rjq7dhq774is3oy7_app" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;  -- default privileges of role t_rjq7dhq774is3oy7_app

-- a setting is another
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET lock_timeout = '10s';  -- setting lock_timeout of role t_rjq7dhq774is3oy7_l1

-- a setting was added
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" RESET ALL;  -- settings of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET role = 't_rjq7dhq774is3oy7_app';  -- setting role of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET search_path = 't_rjq7dhq774is3oy7';  -- setting search_path of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET statement_timeout = '30s';  -- setting statement_timeout of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET idle_in_transaction_session_timeout = '60s';  -- setting idle_in_transaction_session_timeout of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "tenants" SET lock_timeout = '10s';  -- setting lock_timeout of role t_rjq7dhq774is3oy7_l1

-- a setting without a value was added
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_bkp" IN DATABASE "tenants" RESET ALL;  -- settings of role t_rjq7dhq774is3oy7_bkp
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_bkp" IN DATABASE "tenants" SET search_path = 'pg_catalog';  -- setting search_path of role t_rjq7dhq774is3oy7_bkp

-- who backs up has a setting that only logins are to have
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_bkp" IN DATABASE "tenants" RESET ALL;  -- settings of role t_rjq7dhq774is3oy7_bkp
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_bkp" IN DATABASE "tenants" SET search_path = 'pg_catalog';  -- setting search_path of role t_rjq7dhq774is3oy7_bkp

-- a role has settings in another database, and in all
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" IN DATABASE "postgres" RESET ALL;  -- settings of role t_rjq7dhq774is3oy7_l1
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_app" RESET ALL;  -- settings of role t_rjq7dhq774is3oy7_app

-- to be closed while it is open
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" NOLOGIN;  -- role t_rjq7dhq774is3oy7_l1
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_l1 on database tenants
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_l2" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_l2 on database tenants
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_bkp" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_bkp on database tenants

-- to be closed and a role was never made
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_l2" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_l2 on database tenants
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_bkp" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_bkp on database tenants

-- to be closed and a login cannot become the role of all things
[t_rjq7dhq774is3oy7_own] GRANT "t_rjq7dhq774is3oy7_app" TO "t_rjq7dhq774is3oy7_l1" WITH INHERIT FALSE, SET TRUE;  -- membership of role t_rjq7dhq774is3oy7_l1 in role t_rjq7dhq774is3oy7_app

-- to be closed and only the roles are there
[t_rjq7dhq774is3oy7_own] ALTER ROLE "t_rjq7dhq774is3oy7_l1" NOLOGIN;  -- role t_rjq7dhq774is3oy7_l1
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_l1" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_l1 on database tenants
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_l2" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_l2 on database tenants
REVOKE CONNECT ON DATABASE "tenants" FROM "t_rjq7dhq774is3oy7_bkp" CASCADE;  -- CONNECT of role t_rjq7dhq774is3oy7_bkp on database tenants

