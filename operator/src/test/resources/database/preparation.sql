-- once per database
BEGIN;
REVOKE ALL ON DATABASE "tenants" FROM PUBLIC;
CREATE SCHEMA "bulkhead";
COMMENT ON SCHEMA "bulkhead" IS 'bulkhead:v1:operator';
CREATE TABLE bulkhead.writer (id int PRIMARY KEY DEFAULT 1 CHECK (id = 1));
INSERT INTO bulkhead.writer DEFAULT VALUES;
CREATE SCHEMA "ext";
COMMENT ON SCHEMA "ext" IS 'bulkhead:v1:operator';
COMMIT;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
