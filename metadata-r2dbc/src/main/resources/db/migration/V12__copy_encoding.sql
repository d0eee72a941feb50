-- A copy may have another Content-Encoding than its source, or none.

SET ROLE storage_owner;

DROP FUNCTION storage_private.object_copy(text, text, text, text, text, text, text, text, text, text);

-- Outcomes: copied, missing, denied, no_bucket. What is not null replaces what the source has; an empty encoding is none.
-- Raises ASC01 where the destination exists and the condition is create. The copy belongs to the caller.
CREATE FUNCTION storage_private.object_copy(
  role text, claims text, bucket_ref text, path text, new_bucket_ref text, new_path text,
  condition text, type text, cache text, encoding text, metadata text,
  OUT outcome text, OUT bucket_name text, OUT object storage.objects)
LANGUAGE plpgsql AS $$
DECLARE
  origin storage.buckets;
  bucket storage.buckets;
BEGIN
  PERFORM storage_private.bind(claims);
  origin := storage_private.find_bucket(bucket_ref);
  bucket := storage_private.find_bucket(new_bucket_ref);
  IF origin.id IS NULL OR bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  object := storage_private.see_object(role, origin.id, path);
  IF object.id IS NOT NULL THEN
    object := CASE WHEN (origin.id, path) = (bucket.id, new_path)
                   THEN storage_private.lock_object(origin.id, path) ELSE storage_private.hold_object(origin.id, path) END;
  END IF;
  IF object.id IS NULL THEN
    outcome := storage_private.absence(origin, role);
    RETURN;
  END IF;
  PERFORM storage_private.write_row(
    role, bucket.id, new_path, object.blob_key, object.size, object.checksum, coalesce(type, object.content_type),
    coalesce(cache, object.cache_control), nullif(coalesce(encoding, object.content_encoding), ''),
    coalesce(metadata::jsonb, object.user_metadata), condition, '{}');
  outcome := 'copied';
  bucket_name := bucket.name;
  object := storage_private.find_object(bucket.id, new_path);
END $$;

REVOKE ALL ON FUNCTION storage_private.object_copy(text, text, text, text, text, text, text, text, text, text, text) FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
