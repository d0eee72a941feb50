-- What has to hold whoever changes a row, the gateway or a plain SQL client: facts of the bytes come from the ledger,
-- nobody names a foreign blob, every change leaves its event, and bytes without a row become garbage.
--
-- SQLSTATEs of our own:
--   ASB01 the blob can't be used (swept, foreign, unknown)     ASC01 the object exists      ASC02 precondition failed
--   ASL01 larger than the bucket allows (DETAIL: the limit)    ASL02 content type not allowed by the bucket
--   ASU01 the signed URL was used or revoked                   ASZ00, ASZ01 a trial ended well, or not

SET ROLE storage_owner;

-- 'size' or 'type' when the bucket's limits forbid such an object, else null. An unknown size passes.
CREATE FUNCTION storage_private.limit_violation(bucket storage.buckets, object_size bigint, content_type text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE
     WHEN object_size > bucket.max_file_size THEN 'size'
     WHEN cardinality(bucket.allowed_mime_types) > 0 AND NOT EXISTS (
       SELECT FROM unnest(bucket.allowed_mime_types) pattern,
                   lower(trim(split_part(content_type, ';', 1))) essence
       WHERE lower(trim(split_part(pattern, ';', 1))) IN (essence, split_part(essence, '/', 1) || '/*', '*/*', '*'))
     THEN 'type' END;

-- Called after the rows were written, when row security has already judged them: who may not write learns no limits.
CREATE FUNCTION storage_private.check_limits(bucket storage.buckets, object_size bigint, content_type text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE storage_private.limit_violation(bucket, object_size, content_type)
    WHEN 'size' THEN
      RAISE EXCEPTION 'object of % bytes exceeds the limit of its bucket', object_size
        USING ERRCODE = 'ASL01', DETAIL = bucket.max_file_size;
    WHEN 'type' THEN
      RAISE EXCEPTION 'content type is not allowed by the bucket' USING ERRCODE = 'ASL02';
    ELSE
      NULL;
  END CASE;
END $$;

CREATE FUNCTION storage_private.moving(object_id uuid) RETURNS SETOF storage_private.moves
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT m.* FROM storage_private.moves m WHERE m.object_id = moving.object_id AND m.xid = pg_current_xact_id_if_assigned() $$;

CREATE FUNCTION storage_private.begin_move(object storage.objects) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.moves (object_id, blob_key, owner_id, version, created_at, bucket_id, path)
   VALUES (object.id, object.blob_key, object.owner_id, object.version, object.created_at, object.bucket_id, object.name) $$;

-- Whether a new row refers to a blob that other rows refer to already: a copy.
CREATE FUNCTION storage_private.is_copy(object_id uuid, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (SELECT FROM storage.blobs b WHERE b.key = is_copy.key AND b.state = 'live')
      AND NOT EXISTS (SELECT FROM storage_private.moving(object_id)) $$;

-- Runs as the caller: row security says whether he may read an object with this blob.
CREATE FUNCTION storage_private.copy_is_readable() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = NEW.blob_key) THEN
    RAISE EXCEPTION 'no readable object has this blob' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION storage_private.object_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  blob storage.blobs;
  move storage_private.moves;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.bucket_id, NEW.owner_id) IS DISTINCT FROM (OLD.id, OLD.bucket_id, OLD.owner_id) THEN
      RAISE EXCEPTION 'id, bucket_id and owner_id of an object never change' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.created_at := OLD.created_at;
    NEW.updated_at := clock_timestamp();
    IF NEW.blob_key = OLD.blob_key THEN
      NEW.backend := OLD.backend;
      NEW.size := OLD.size;
      NEW.checksum := OLD.checksum;
      NEW.version := OLD.version;
      IF (NEW.content_type, NEW.cache_control, NEW.content_encoding, NEW.user_metadata) IS DISTINCT FROM
         (OLD.content_type, OLD.cache_control, OLD.content_encoding, OLD.user_metadata) THEN
        NEW.version := gen_random_uuid();
      END IF;
      RETURN NEW;
    END IF;
  ELSE
    IF NOT EXISTS (SELECT FROM storage.buckets b WHERE b.id = NEW.bucket_id) THEN -- before row security says denied
      RAISE EXCEPTION 'the bucket is gone' USING ERRCODE = 'foreign_key_violation';
    END IF;
    NEW.created_at := clock_timestamp();
    NEW.updated_at := NEW.created_at;
    NEW.last_accessed_at := NEW.created_at;
    NEW.owner_id := storage_private.caller_id();
  END IF;
  SELECT * INTO blob FROM storage.blobs b WHERE b.key = NEW.blob_key AND b.size IS NOT NULL
    AND (b.state = 'live' OR b.state = 'writing' AND b.bucket_id = NEW.bucket_id AND b.name = NEW.name
         AND b.owner_id IS NOT DISTINCT FROM storage_private.caller_id())
  FOR SHARE; -- so that it does not become garbage meanwhile
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such unfinished blob of this caller' USING ERRCODE = 'ASB01';
  END IF;
  NEW.backend := blob.backend;
  NEW.size := blob.size;
  NEW.checksum := blob.sha256;
  NEW.version := CASE blob.state WHEN 'writing' THEN blob.version ELSE gen_random_uuid() END;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO move FROM storage_private.moving(NEW.id) m WHERE m.blob_key = NEW.blob_key;
    IF FOUND THEN
      NEW.owner_id := move.owner_id;
      NEW.version := move.version;
      NEW.created_at := move.created_at;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- Live blobs that no row references any more become garbage. The lock comes first and the look in a later statement,
-- so that of two transactions that drop the last two references the second one sees the first.
CREATE FUNCTION storage_private.release_blobs(keys text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM storage.blobs b WHERE b.key = ANY (keys) ORDER BY b.key FOR UPDATE;
  UPDATE storage.blobs b
  SET state = 'garbage', not_before = clock_timestamp() + (SELECT deleted_grace FROM storage_private.configuration)
  WHERE b.key = ANY (keys) AND b.state = 'live'
    AND NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = b.key)
    AND NOT EXISTS (SELECT FROM storage_private.moves m
                    WHERE m.blob_key = b.key AND m.xid = pg_current_xact_id_if_assigned());
  -- What is still referenced is written too: a transaction with an older snapshot fails on it instead of overlooking this one.
  UPDATE storage.blobs b SET state = b.state WHERE b.key = ANY (keys) AND b.state = 'live';
END $$;

-- Every blob that a new row names is live from now on; those of copies and moves were it before.
CREATE FUNCTION storage_private.enliven_blobs(keys text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE storage.blobs b SET state = 'live' WHERE b.key = ANY (keys) AND b.state = 'writing';
  IF EXISTS (SELECT FROM unnest(keys) k LEFT JOIN storage.blobs b ON b.key = k AND b.state = 'live' WHERE b.key IS NULL) THEN
    RAISE EXCEPTION 'the blob was swept before its commit' USING ERRCODE = 'ASB01';
  END IF;
END $$;

CREATE FUNCTION storage_private.objects_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
  PERFORM storage_private.check_limits(b, n.size, n.content_type) FROM new_rows n JOIN storage.buckets b ON b.id = n.bucket_id;
  PERFORM storage_private.enliven_blobs(ARRAY(SELECT blob_key FROM new_rows));
  INSERT INTO storage.events
    (type, bucket_id, bucket, bucket_policy, object_id, path, old_bucket_id, old_bucket, old_path, owner_id, size, content_type, version,
     actor)
  SELECT CASE WHEN m.object_id IS NULL THEN 'storage.object.created' ELSE 'storage.object.moved' END,
         n.bucket_id, b.name, b.policy, n.id, n.name, m.bucket_id, f.name, m.path, n.owner_id, n.size, n.content_type, n.version,
         storage_private.caller_id()
  FROM new_rows n JOIN storage.buckets b ON b.id = n.bucket_id
  LEFT JOIN storage_private.moves m ON m.object_id = n.id AND m.xid = pg_current_xact_id_if_assigned()
  LEFT JOIN storage.buckets f ON f.id = m.bucket_id;
  DELETE FROM storage_private.moves m USING new_rows n WHERE m.object_id = n.id;
  RETURN NULL;
END $$;

CREATE FUNCTION storage_private.objects_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fresh text[];
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
  PERFORM storage_private.check_limits(b, n.size, n.content_type)
  FROM new_rows n JOIN old_rows o USING (id) JOIN storage.buckets b ON b.id = n.bucket_id
  WHERE (n.blob_key, n.content_type) <> (o.blob_key, o.content_type);
  fresh := ARRAY(SELECT n.blob_key FROM new_rows n JOIN old_rows o USING (id) WHERE n.blob_key <> o.blob_key);
  IF cardinality(fresh) > 0 THEN
    PERFORM storage_private.enliven_blobs(fresh);
    PERFORM storage_private.release_blobs(
      ARRAY(SELECT o.blob_key FROM old_rows o JOIN new_rows n USING (id) WHERE n.blob_key <> o.blob_key));
  END IF;
  INSERT INTO storage.events
    (type, bucket_id, bucket, bucket_policy, object_id, path, old_path, owner_id, size, content_type, version, actor)
  SELECT CASE WHEN n.name = o.name THEN 'storage.object.updated' ELSE 'storage.object.moved' END,
         n.bucket_id, b.name, b.policy, n.id, n.name, nullif(o.name, n.name), n.owner_id, n.size, n.content_type, n.version,
         storage_private.caller_id()
  FROM new_rows n JOIN old_rows o USING (id) JOIN storage.buckets b ON b.id = n.bucket_id;
  RETURN NULL;
END $$;

CREATE FUNCTION storage_private.objects_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
  PERFORM storage_private.release_blobs(ARRAY(SELECT blob_key FROM old_rows));
  INSERT INTO storage.events (type, bucket_id, bucket, bucket_policy, object_id, path, owner_id, size, content_type, version, actor)
  SELECT 'storage.object.deleted', o.bucket_id, coalesce(b.name, o.bucket_id), b.policy, o.id, o.name, o.owner_id, o.size, o.content_type,
         o.version, storage_private.caller_id()
  FROM old_rows o LEFT JOIN storage.buckets b ON b.id = o.bucket_id -- the same statement may have deleted the bucket
  WHERE NOT EXISTS (SELECT FROM storage_private.moving(o.id)); -- its INSERT tells
  RETURN NULL;
END $$;

CREATE TRIGGER builtin_copied BEFORE INSERT ON storage.objects FOR EACH ROW
  WHEN (storage_private.is_copy(NEW.id, NEW.blob_key)) EXECUTE FUNCTION storage_private.copy_is_readable();
CREATE TRIGGER builtin_copied_over BEFORE UPDATE ON storage.objects FOR EACH ROW
  WHEN (NEW.blob_key <> OLD.blob_key AND storage_private.is_copy(NEW.id, NEW.blob_key))
  EXECUTE FUNCTION storage_private.copy_is_readable();
CREATE TRIGGER builtin_written BEFORE INSERT OR UPDATE ON storage.objects
  FOR EACH ROW EXECUTE FUNCTION storage_private.object_written();
CREATE TRIGGER builtin_inserted AFTER INSERT ON storage.objects
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION storage_private.objects_inserted();
CREATE TRIGGER builtin_updated AFTER UPDATE ON storage.objects
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION storage_private.objects_updated();
CREATE TRIGGER builtin_deleted AFTER DELETE ON storage.objects
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION storage_private.objects_deleted();

CREATE FUNCTION storage_private.bucket_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.name, NEW.owner_id) IS DISTINCT FROM (OLD.id, OLD.name, OLD.owner_id) THEN
      RAISE EXCEPTION 'id, name and owner_id of a bucket never change' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.created_at := OLD.created_at;
    NEW.updated_at := clock_timestamp();
  ELSIF NEW.name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        OR NEW.name !~ '^(?![. ])[A-Za-z0-9._ -]{1,100}$' OR NEW.name ~ '[. ]$'
        OR NEW.id <> NEW.name AND NEW.id !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
    RAISE EXCEPTION 'a bucket''s name has 1 to 100 characters of A-Z a-z 0-9 . _ - and space, none of . and space at its ends, and is no UUID; its id is a UUID or the name'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION storage_private.bucket_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bucket storage.buckets := coalesce(NEW, OLD);
BEGIN
  INSERT INTO storage.events (type, bucket_id, bucket, bucket_policy, owner_id, actor)
  VALUES ('storage.bucket.' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END,
          bucket.id, bucket.name, bucket.policy, bucket.owner_id, storage_private.caller_id());
  RETURN NULL;
END $$;

CREATE TRIGGER builtin_written BEFORE INSERT OR UPDATE ON storage.buckets
  FOR EACH ROW EXECUTE FUNCTION storage_private.bucket_written();
CREATE TRIGGER builtin_changed AFTER INSERT OR UPDATE OR DELETE ON storage.buckets
  FOR EACH ROW EXECUTE FUNCTION storage_private.bucket_changed();

RESET ROLE;
