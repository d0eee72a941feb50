-- Who may do what. This file is the one place where the built-in rules stand; the gateway holds no copy.
-- Operators widen with CREATE POLICY ... TO authenticated, or narrow with AS RESTRICTIVE policies.

SET ROLE storage_owner;

-- The caller's user id, by a name that needs no right on schema auth.
CREATE FUNCTION storage_private.caller_id() RETURNS text LANGUAGE sql STABLE
RETURN auth.jwt() ->> 'sub';

-- May this caller read every object of the bucket, and see the bucket itself?
CREATE FUNCTION storage_private.reads_whole(bucket storage.buckets, role text, sub text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN coalesce(bucket.policy = 'public'
       OR role = 'service_role'
       OR role = 'authenticated' AND (bucket.policy = 'authenticated' OR bucket.owner_id = sub), false);

-- May an authenticated caller insert, update or delete the object? For updates asked of the old and of the new row.
CREATE FUNCTION storage_private.permits(operation text, bucket storage.buckets, object_owner text, object_name text, sub text)
RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(CASE bucket.policy
     WHEN 'public' THEN bucket.owner_id = sub
     WHEN 'authenticated' THEN operation = 'insert' OR object_owner = sub OR bucket.owner_id = sub
     WHEN 'private' THEN bucket.owner_id = sub OR operation <> 'insert' AND object_owner = sub
     WHEN 'personal' THEN CASE operation
       WHEN 'delete' THEN object_owner = sub OR bucket.owner_id = sub
       WHEN 'update' THEN object_owner = sub AND (storage.foldername(object_name))[1] = sub
       ELSE (storage.foldername(object_name))[1] = sub
     END
   END, false);

-- The same for a policy, whose caller may not see the bucket. PL/pgSQL, because it keeps its plan: four times as fast as SQL.
CREATE FUNCTION storage_private.object_permits(
  operation text, object_bucket text, object_owner text, object_name text, sub text)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bucket storage.buckets;
BEGIN
  SELECT * INTO bucket FROM storage.buckets b WHERE b.id = object_bucket;
  RETURN storage_private.permits(operation, bucket, object_owner, object_name, sub);
END $$;

-- Not forced on the owner, as whom triggers and definer functions run and nobody else: what they know of rows, like whether
-- one still refers to a blob, must not depend on a policy that an operator wrote for everybody.
ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;

CREATE POLICY builtin_service ON storage.buckets TO service_role USING (true) WITH CHECK (true);
CREATE POLICY builtin_service ON storage.objects TO service_role USING (true) WITH CHECK (true);

CREATE POLICY builtin_read_public ON storage.buckets FOR SELECT TO anon
  USING (storage_private.reads_whole(buckets, 'anon', NULL));
CREATE POLICY builtin_read ON storage.buckets FOR SELECT TO authenticated
  USING (storage_private.reads_whole(buckets, 'authenticated', (SELECT storage_private.caller_id())));
CREATE POLICY builtin_create ON storage.buckets FOR INSERT TO authenticated
  WITH CHECK (owner_id = (SELECT storage_private.caller_id()));
CREATE POLICY builtin_update ON storage.buckets FOR UPDATE TO authenticated
  USING (owner_id = (SELECT storage_private.caller_id()));
CREATE POLICY builtin_delete ON storage.buckets FOR DELETE TO authenticated
  USING (owner_id = (SELECT storage_private.caller_id()));

CREATE POLICY builtin_read_public ON storage.objects FOR SELECT TO anon
  USING (EXISTS (SELECT FROM storage.buckets b
                 WHERE b.id = bucket_id AND storage_private.reads_whole(b, 'anon', NULL)));
CREATE POLICY builtin_read ON storage.objects FOR SELECT TO authenticated
  USING (owner_id = (SELECT storage_private.caller_id())
         OR EXISTS (SELECT FROM storage.buckets b
                    WHERE b.id = bucket_id
                    AND storage_private.reads_whole(b, 'authenticated', (SELECT storage_private.caller_id()))));
CREATE POLICY builtin_create ON storage.objects FOR INSERT TO authenticated
  WITH CHECK (storage_private.object_permits('insert', bucket_id, owner_id, name, (SELECT storage_private.caller_id())));
CREATE POLICY builtin_update ON storage.objects FOR UPDATE TO authenticated
  USING (storage_private.object_permits('update', bucket_id, owner_id, name, (SELECT storage_private.caller_id())));
CREATE POLICY builtin_delete ON storage.objects FOR DELETE TO authenticated
  USING (storage_private.object_permits('delete', bucket_id, owner_id, name, (SELECT storage_private.caller_id())));

-- Whether the policies on objects are other than the built-in ones, so that only they themselves can answer. The view is for
-- queries that ask more than that; the function for all others.
CREATE VIEW storage_private.policies AS
SELECT count(*) FILTER (WHERE polname LIKE 'builtin\_%') <> 6 OR count(*) <> 6 AS of_operators
FROM pg_catalog.pg_policy WHERE polrelid = 'storage.objects'::regclass;

CREATE FUNCTION storage_private.has_operator_policies() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT p.of_operators FROM storage_private.policies p);
END $$;

RESET ROLE;
