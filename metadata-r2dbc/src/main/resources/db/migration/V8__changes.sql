-- Copies, moves and removals of many: set-based, one transaction, under the caller's row security. No byte is copied.

SET ROLE storage_owner;

-- Operations ---------------------------------------------------------------------------------------------------------

-- The object as the last transaction before this one left it, which no other changes until this one ends; hold is for one
-- that this transaction leaves as it is, and which others may hold, too.
CREATE FUNCTION storage_private.lock_object(bucket text, path text) RETURNS storage.objects
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT o FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path FOR UPDATE $$;

CREATE FUNCTION storage_private.hold_object(bucket text, path text) RETURNS storage.objects
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT o FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path FOR SHARE $$;

-- Outcomes: moved, missing, denied (operation says which right is missing, policy why), no_bucket. Raises unique_violation where the
-- destination exists. Within a bucket it needs the right to update, between buckets those to delete and to insert.
CREATE FUNCTION storage_private.object_move(
  role text, claims text, bucket_ref text, path text, new_bucket_ref text, new_path text,
  OUT outcome text, OUT operation text, OUT policy text, OUT bucket_name text, OUT object storage.objects)
LANGUAGE plpgsql AS $$
DECLARE
  origin storage.buckets;
  bucket storage.buckets;
BEGIN
  claims := storage_private.bind(claims);
  origin := storage_private.find_bucket(bucket_ref);
  bucket := storage_private.find_bucket(new_bucket_ref);
  operation := 'select';
  IF origin.id IS NULL OR bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  object := storage_private.see_object(role, origin.id, path);
  IF object.id IS NOT NULL THEN
    object := storage_private.lock_object(origin.id, path);
  END IF;
  IF object.id IS NULL THEN
    outcome := storage_private.absence(origin, role);
    RETURN;
  END IF;
  BEGIN
    IF origin.id = bucket.id THEN
      operation := 'update';
      role := storage_private.assume(role);
      UPDATE storage.objects o SET name = new_path WHERE o.id = object.id;
    ELSE
      operation := 'delete';
      PERFORM storage_private.begin_move(object);
      role := storage_private.assume(role);
      DELETE FROM storage.objects o WHERE o.id = object.id;
    END IF;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the object may not be taken away' USING ERRCODE = 'insufficient_privilege';
    ELSIF operation = 'delete' THEN
      operation := 'insert';
      INSERT INTO storage.objects
        (id, bucket_id, name, owner_id, version, blob_key, backend, size, checksum, content_type, cache_control, content_encoding, user_metadata)
      VALUES
        (object.id, bucket.id, new_path, object.owner_id, object.version, object.blob_key, object.backend, object.size,
         object.checksum, object.content_type, object.cache_control, object.content_encoding, object.user_metadata);
    END IF;
    PERFORM set_config('role', 'none', true);
    IF operation = 'insert' THEN
      PERFORM storage_private.end_move(object.id);
    END IF;
    outcome := 'moved';
    bucket_name := bucket.name;
    object := storage_private.find_object(bucket.id, new_path);
  EXCEPTION WHEN insufficient_privilege THEN
    outcome := 'denied'; -- and all of the block is undone
    policy := CASE operation
      WHEN 'insert' THEN storage_private.denying_policy(operation, role, bucket, object.owner_id, new_path)
      ELSE storage_private.denying_policy(operation, role, origin, object.owner_id, path) END;
  END;
END $$;

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
  claims := storage_private.bind(claims);
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
    role, bucket.id, new_path, object.blob_key, coalesce(type, object.content_type),
    coalesce(cache, object.cache_control), nullif(coalesce(encoding, object.content_encoding), ''),
    coalesce(metadata::jsonb, object.user_metadata), condition, '{}');
  outcome := 'copied';
  bucket_name := bucket.name;
  object := storage_private.find_object(bucket.id, new_path);
END $$;

-- The objects of these names that the caller may delete, deleted. The first row is a header: deleted, no_bucket or denied.
CREATE FUNCTION storage_private.objects_delete(role text, claims text, bucket_ref text, paths text[])
RETURNS TABLE (outcome text, bucket_name text, object storage.objects) LANGUAGE plpgsql AS $$
DECLARE
  bucket storage.buckets;
  removed storage.objects;
  gone storage.objects[];
  told bigint := 0; -- bytes of user metadata: there is no more of it in one answer than one object may have
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
  ELSE
    role := storage_private.assume(role);
    FOR removed IN DELETE FROM storage.objects o WHERE o.bucket_id = bucket.id AND o.name = ANY (paths) RETURNING o.* LOOP
      told := told + coalesce(octet_length(removed.user_metadata::text), 0);
      removed.user_metadata := CASE WHEN told <= 1048576 THEN removed.user_metadata END;
      gone := gone || removed;
    END LOOP;
    PERFORM set_config('role', 'none', true);
    -- Without a token, a bucket of which nothing may be deleted looks like none.
    outcome := CASE WHEN gone IS NULL AND role = 'anon' THEN 'denied' ELSE 'deleted' END;
  END IF;
  RETURN NEXT;
  RETURN QUERY SELECT NULL::text, bucket.name, o FROM unnest(gone) o ORDER BY o.name;
END $$;

-- Renames a folder, or whatever begins so, inside its bucket. Outcomes: moved, denied, no_bucket. changed counts what the
-- caller may move, refused what he sees and may not. Raises unique_violation where a destination exists, check_violation
-- where a name would not be allowed: then nothing moved.
CREATE FUNCTION storage_private.prefix_move(
  role text, claims text, bucket_ref text, prefix text, new_prefix text,
  OUT outcome text, OUT changed bigint, OUT refused bigint)
LANGUAGE plpgsql AS $$
DECLARE
  bucket storage.buckets;
  stop text := storage_private.prefix_end(prefix);
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  role := storage_private.assume(role);
  SELECT count(*) INTO refused FROM storage.objects o
  WHERE o.bucket_id = bucket.id AND o.name >= prefix AND (stop IS NULL OR o.name < stop) AND starts_with(o.name, prefix);
  UPDATE storage.objects o SET name = new_prefix || substr(o.name, length(prefix) + 1)
  WHERE o.bucket_id = bucket.id AND o.name >= prefix AND (stop IS NULL OR o.name < stop) AND starts_with(o.name, prefix);
  GET DIAGNOSTICS changed = ROW_COUNT;
  refused := greatest(refused - changed, 0); -- counted before, for what has moved may begin so again
  PERFORM set_config('role', 'none', true);
  outcome := CASE WHEN changed = 0 AND refused > 0 OR changed = 0 AND role = 'anon' THEN 'denied' ELSE 'moved' END;
END $$;

-- Deletes a folder, or whatever begins so. As prefix_move.
CREATE FUNCTION storage_private.prefix_delete(
  role text, claims text, bucket_ref text, prefix text, OUT outcome text, OUT changed bigint, OUT refused bigint)
LANGUAGE plpgsql AS $$
DECLARE
  bucket storage.buckets;
  stop text := storage_private.prefix_end(prefix);
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  role := storage_private.assume(role);
  DELETE FROM storage.objects o
  WHERE o.bucket_id = bucket.id AND o.name >= prefix AND (stop IS NULL OR o.name < stop) AND starts_with(o.name, prefix);
  GET DIAGNOSTICS changed = ROW_COUNT;
  SELECT count(*) INTO refused FROM storage.objects o
  WHERE o.bucket_id = bucket.id AND o.name >= prefix AND (stop IS NULL OR o.name < stop) AND starts_with(o.name, prefix);
  PERFORM set_config('role', 'none', true);
  outcome := CASE WHEN changed = 0 AND refused > 0 OR changed = 0 AND role = 'anon' THEN 'denied' ELSE 'deleted' END;
END $$;

-- One batch of emptying a bucket, by its owner. Outcomes: emptied, denied, no_bucket. Called until removed is less than asked.
CREATE FUNCTION storage_private.bucket_empty(
  role text, claims text, bucket_ref text, batch int, OUT outcome text, OUT removed bigint)
LANGUAGE plpgsql AS $$
DECLARE
  bucket_key text;
BEGIN
  claims := storage_private.bind(claims);
  role := storage_private.assume(role);
  SELECT b.id INTO bucket_key FROM storage.buckets b WHERE b.id = bucket_ref OR b.name = bucket_ref
  FOR NO KEY UPDATE; -- row security asks for the right to update
  IF FOUND THEN
    DELETE FROM storage.objects o WHERE o.id IN (
      SELECT i.id FROM storage.objects i WHERE i.bucket_id = bucket_key ORDER BY i.name LIMIT batch);
    GET DIAGNOSTICS removed = ROW_COUNT;
    outcome := 'emptied';
  END IF;
  PERFORM set_config('role', 'none', true);
  outcome := coalesce(outcome, storage_private.bucket_refusal(role, claims, bucket_ref));
END $$;

-- Changes what is named; the policy !public makes a public bucket private and leaves others as they are. Outcomes: updated,
-- denied, no_bucket.
CREATE FUNCTION storage_private.bucket_update(
  role text, claims text, bucket_ref text, new_policy text,
  change_mime_types boolean, mime_types text[], change_size_limit boolean, size_limit bigint,
  change_backend boolean, new_backend text, change_redirects boolean, new_redirect_reads_from bigint,
  OUT outcome text, OUT bucket storage.buckets)
LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  role := storage_private.assume(role);
  UPDATE storage.buckets b
  SET policy = CASE WHEN new_policy = '!public' THEN CASE b.policy WHEN 'public' THEN 'private' ELSE b.policy END
                    ELSE coalesce(new_policy, b.policy) END,
      allowed_mime_types = CASE WHEN change_mime_types THEN mime_types ELSE b.allowed_mime_types END,
      max_file_size = CASE WHEN change_size_limit THEN size_limit ELSE b.max_file_size END,
      backend = CASE WHEN change_backend THEN new_backend ELSE b.backend END,
      redirect_reads_from = CASE WHEN change_redirects THEN new_redirect_reads_from ELSE b.redirect_reads_from END
  WHERE b.id = bucket_ref OR b.name = bucket_ref
  RETURNING b.* INTO bucket;
  PERFORM set_config('role', 'none', true);
  outcome := CASE WHEN bucket.id IS NULL THEN storage_private.bucket_refusal(role, claims, bucket_ref) ELSE 'updated' END;
END $$;

-- How many objects of the bucket the caller sees, and their bytes. Outcomes as bucket_find.
CREATE FUNCTION storage_private.bucket_usage(
  role text, claims text, bucket_ref text,
  OUT outcome text, OUT bucket storage.buckets, OUT file_count bigint, OUT total_size bigint)
LANGUAGE plpgsql AS $$
DECLARE
  answer record := storage_private.bucket_find(role, claims, bucket_ref);
BEGIN
  outcome := answer.outcome;
  bucket := answer.bucket;
  IF outcome = 'found' THEN
    role := storage_private.assume(role);
    SELECT count(*), coalesce(sum(o.size), 0) INTO file_count, total_size FROM storage.objects o WHERE o.bucket_id = bucket.id;
    PERFORM set_config('role', 'none', true);
  END IF;
END $$;

-- Rights -------------------------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
