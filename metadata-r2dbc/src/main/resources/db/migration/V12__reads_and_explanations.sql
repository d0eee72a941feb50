-- What is found out about stored bytes, and about rights.

SET ROLE storage_owner;

-- Corrupt blobs ------------------------------------------------------------------------------------------------------

ALTER TABLE storage.blobs ADD COLUMN corrupt_since timestamptz;
COMMENT ON COLUMN storage.blobs.corrupt_since IS 'When its bytes were first found missing or other than stored; null for never';
CREATE INDEX blobs_corrupt ON storage.blobs (corrupt_since) WHERE corrupt_since IS NOT NULL;

-- The bytes of a live blob are missing or not what was stored. True the first time: then each object that has the blob gets
-- its event.
CREATE FUNCTION storage_private.blob_corrupt(blob_key text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH marked AS (
     UPDATE storage.blobs b SET corrupt_since = clock_timestamp()
     WHERE b.key = blob_key AND b.state = 'live' AND b.corrupt_since IS NULL RETURNING b.key),
   told AS (
     INSERT INTO storage.events (type, bucket_id, bucket, bucket_policy, object_id, path, owner_id, size, content_type, version)
     SELECT 'storage.object.corrupted', o.bucket_id, b.name, b.policy, o.id, o.name, o.owner_id, o.size, o.content_type, o.version
     FROM marked m JOIN storage.objects o ON o.blob_key = m.key JOIN storage.buckets b ON b.id = o.bucket_id)
   SELECT EXISTS (SELECT FROM marked) $$;

REVOKE ALL ON FUNCTION storage_private.blob_corrupt(text) FROM PUBLIC;

-- Explanations -------------------------------------------------------------------------------------------------------

-- May the caller overwrite the object that is there? As storage_private.may_put, by writing and undoing it.
CREATE FUNCTION storage_private.may_update(role text, object storage.objects, writer uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  key text;
BEGIN
  key := storage_private.blob_begin(object.bucket_id, object.name, gen_random_uuid(), writer, '');
  PERFORM storage_private.put_object(role, object.bucket_id, object.name, key, 0, repeat('0', 64),
    object.content_type, object.cache_control, object.content_encoding, object.user_metadata, 'exists', '{}');
  RAISE EXCEPTION 'undo' USING ERRCODE = 'ASZ00';
EXCEPTION
  WHEN insufficient_privilege OR SQLSTATE 'ASC02' THEN RETURN false;
  WHEN SQLSTATE 'ASZ00' OR SQLSTATE 'ASL02' THEN RETURN true;
END $$;

CREATE FUNCTION storage_private.may_delete(role text, object storage.objects) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  role := storage_private.assume(role);
  DELETE FROM storage.objects o WHERE o.id = object.id;
  RAISE EXCEPTION 'undo' USING ERRCODE = CASE WHEN FOUND THEN 'ASZ00' ELSE 'ASZ01' END;
EXCEPTION
  WHEN insufficient_privilege OR SQLSTATE 'ASZ01' THEN RETURN false;
  WHEN SQLSTATE 'ASZ00' THEN RETURN true;
END $$;

-- The policies on objects that are asked when this role uses this right; the names of the built-in ones begin so.
CREATE FUNCTION storage_private.policies_for(role text, command "char") RETURNS jsonb LANGUAGE sql STABLE
RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'name', p.polname, 'kind', CASE WHEN p.polname LIKE 'builtin\_%' THEN 'built-in' ELSE 'operator' END,
          'restrictive', NOT p.polpermissive) ORDER BY p.polname), '[]'::jsonb)
   FROM pg_catalog.pg_policy p
   WHERE p.polrelid = 'storage.objects'::regclass AND p.polcmd IN (command, '*')
     AND EXISTS (SELECT FROM unnest(p.polroles) r WHERE r = 0 OR pg_has_role(role, r, 'USAGE')));

-- What the database says to a caller with these claims, and why; leaves nothing behind. operation: a right (select, insert,
-- update, delete) or download, upload, move (within the bucket). Of an object that is not there only the right to insert is
-- known; those of the others are null. Outcomes: allowed, denied, missing (the object), no_bucket.
CREATE FUNCTION storage_private.explain(
  role text, claims text, bucket_ref text, path text, operation text, writer uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  bucket storage.buckets;
  object storage.objects;
  needed text[];
  rights jsonb;
  lacking jsonb;
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    RETURN jsonb_build_object('outcome', 'no_bucket', 'operation', operation);
  END IF;
  object := storage_private.find_object(bucket.id, path);
  needed := CASE
    WHEN operation = 'download' THEN ARRAY['select']
    WHEN operation = 'upload' AND object.id IS NULL THEN ARRAY['insert']
    WHEN operation IN ('upload', 'move', 'update') THEN ARRAY['select', 'update']
    WHEN operation = 'delete' THEN ARRAY['select', 'delete']
    ELSE ARRAY[operation] END;
  SELECT jsonb_agg(jsonb_build_object(
           'right', r.name, 'needed', r.name = ANY (needed), 'allowed', r.allowed,
           'built_in', CASE WHEN object.id IS NOT NULL OR r.name = 'insert'
                       THEN storage_private.builtin_permits(r.name, role, bucket, object.owner_id, path) END,
           'policies', storage_private.policies_for(role, r.command))),
         jsonb_agg(r.name) FILTER (WHERE r.name = ANY (needed) AND NOT r.allowed)
  INTO rights, lacking
  FROM (VALUES
    ('select', 'r'::"char", CASE WHEN object.id IS NOT NULL
       THEN (storage_private.see_object(role, bucket.id, path)).id IS NOT NULL END),
    ('insert', 'a', storage_private.may_put(role, bucket.id, path, writer, 'application/octet-stream', true)),
    ('update', 'w', CASE WHEN object.id IS NOT NULL THEN storage_private.may_update(role, object, writer) END),
    ('delete', 'd', CASE WHEN object.id IS NOT NULL THEN storage_private.may_delete(role, object) END)
  ) r (name, command, allowed);
  RETURN jsonb_build_object(
    'outcome', CASE
      WHEN lacking IS NOT NULL THEN 'denied'
      WHEN object.id IS NULL AND needed <> ARRAY['insert'] THEN storage_private.absence(bucket, role)
      ELSE 'allowed' END,
    'operation', operation,
    'missing_rights', coalesce(lacking, '[]'::jsonb),
    'rights', rights,
    'bucket', jsonb_build_object('id', bucket.id, 'name', bucket.name, 'policy', bucket.policy, 'owner_id', bucket.owner_id),
    'object', CASE WHEN object.id IS NOT NULL THEN jsonb_build_object('id', object.id, 'owner_id', object.owner_id) END);
END $$;

REVOKE ALL ON FUNCTION
  storage_private.may_update(text, storage.objects, uuid),
  storage_private.may_delete(text, storage.objects),
  storage_private.policies_for(text, "char"),
  storage_private.explain(text, text, text, text, text, uuid)
FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
