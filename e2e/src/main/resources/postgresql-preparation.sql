-- What only a superuser can do for Bulkhead on a PostgreSQL server. Run it once in template1, so that databases made
-- later inherit it, and once in each database that will hold tenants. It may be repeated.
--
--   psql -d template1 -v ON_ERROR_STOP=1 -f postgresql-preparation.sql
--   psql -d postgres -c 'CREATE ROLE bulkhead_operator LOGIN CREATEROLE CREATEDB NOSUPERUSER' -c '\password bulkhead_operator'
--   psql -d postgres -c 'CREATE DATABASE tenants OWNER bulkhead_operator'
--   psql -d tenants -v ON_ERROR_STOP=1 -f postgresql-preparation.sql
--
-- Without it the operator works all the same and reports these controls of each tenant as NotEnforceable.

-- Every login may otherwise connect to these two databases and leave objects there.
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;

-- Large objects belong to the database, not to a schema: tenants could fill the disk and exchange data through them.
REVOKE EXECUTE ON FUNCTION
    pg_catalog.lo_creat(integer),
    pg_catalog.lo_create(oid),
    pg_catalog.lo_from_bytea(oid, bytea),
    pg_catalog.lo_put(oid, bigint, bytea)
FROM PUBLIC;
