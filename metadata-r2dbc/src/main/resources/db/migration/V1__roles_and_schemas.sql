-- Everything of the product belongs to storage_owner, which nobody logs in as. The role that migrates only needs to
-- create roles and schemas; the gateway's login role owns nothing and is enrolled after each migration.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['storage_owner', 'anon', 'authenticated', 'service_role'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
        EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- roles belong to the whole server; another database's migration was faster
    END;
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolsuper) THEN
    EXECUTE pg_catalog.format('GRANT storage_owner TO %I', current_user);
  END IF;
END $$;

CREATE SCHEMA storage AUTHORIZATION storage_owner;
CREATE SCHEMA storage_private AUTHORIZATION storage_owner;
CREATE SCHEMA IF NOT EXISTS auth;

GRANT USAGE ON SCHEMA storage TO anon, authenticated, service_role;
GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role, storage_owner;
COMMENT ON SCHEMA storage IS 'Buckets, objects, blobs and events of AeroDB Storage';
COMMENT ON SCHEMA storage_private IS 'What the gateway calls; nobody else has rights here';
