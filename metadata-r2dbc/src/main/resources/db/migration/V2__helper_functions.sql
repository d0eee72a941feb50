-- The helpers that row-security policies use, by the names and meanings that policies written for Supabase expect.
-- Those of schema auth are created only where a database does not have them already.

DO $$
BEGIN
  IF pg_catalog.to_regprocedure('auth.jwt()') IS NULL THEN
    CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE
    RETURN nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  END IF;
  IF pg_catalog.to_regprocedure('auth.role()') IS NULL THEN
    CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE
    RETURN auth.jwt() ->> 'role';
  END IF;
  IF pg_catalog.to_regprocedure('auth.uid()') IS NULL THEN
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
    RETURN CASE WHEN auth.jwt() ->> 'sub' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                THEN (auth.jwt() ->> 'sub')::uuid END;
  END IF;
END $$;

SET ROLE storage_owner;

-- Bodies in the standard's RETURN form are bound here and now: no search_path of a caller can change their meaning.

CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN (string_to_array(name, '/'))[1 : cardinality(string_to_array(name, '/')) - 1];

CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN regexp_replace(name, '^.*/', '');

CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN substring(storage.filename(name), '\.([^.]*)$');

RESET ROLE;
