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
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF object_size > bucket.max_file_size THEN
    RETURN 'size';
  ELSIF cardinality(bucket.allowed_mime_types) > 0 AND NOT EXISTS (
    SELECT FROM unnest(bucket.allowed_mime_types) pattern, lower(trim(split_part(content_type, ';', 1))) essence
    WHERE lower(trim(split_part(pattern, ';', 1))) IN (essence, split_part(essence, '/', 1) || '/*', '*/*', '*')) THEN
    RETURN 'type';
  END IF;
  RETURN NULL;
END $$;

-- What has to hold of a row that names a blob for the first time; true, or raises. Called after the rows were written, when row
-- security has already judged them: who may not write learns no limits.
CREATE FUNCTION storage_private.may_stand(bucket storage.buckets, object_size bigint, content_type text, blob_state text)
RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF blob_state IS DISTINCT FROM 'live' THEN
    RAISE EXCEPTION 'the blob was swept before its commit' USING ERRCODE = 'ASB01';
  END IF;
  CASE storage_private.limit_violation(bucket, object_size, content_type)
    WHEN 'size' THEN
      RAISE EXCEPTION 'object of % bytes exceeds the limit of its bucket', object_size
        USING ERRCODE = 'ASL01', DETAIL = bucket.max_file_size;
    WHEN 'type' THEN
      RAISE EXCEPTION 'content type is not allowed by the bucket' USING ERRCODE = 'ASL02';
    ELSE
      RETURN true;
  END CASE;
END $$;

CREATE FUNCTION storage_private.moving(object_id uuid) RETURNS SETOF storage_private.moves
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT m.* FROM storage_private.moves m WHERE m.object_id = moving.object_id AND m.xid = pg_current_xact_id_if_assigned() $$;

CREATE FUNCTION storage_private.begin_move(object storage.objects) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.moves (object_id, blob_key, owner_id, version, created_at, bucket_id, path)
   VALUES (object.id, object.blob_key, object.owner_id, object.version, object.created_at, object.bucket_id, object.name) $$;

CREATE FUNCTION storage_private.end_move(object_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ DELETE FROM storage_private.moves m WHERE m.object_id = end_move.object_id $$;

-- Runs as the caller, after object_made or object_changed, which leave the checksum of a copy null: it is taken from an object with
-- this blob that row security lets the caller read, or there is no copy.
CREATE FUNCTION storage_private.copy_is_readable() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  SELECT o.size, o.checksum INTO NEW.size, NEW.checksum FROM storage.objects o WHERE o.blob_key = NEW.blob_key LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no readable object has this blob' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

-- The facts of a new row's blob. It is fresh when it is live and no row names it: its upload ends with this transaction. Any other
-- belongs to an object on its way to another bucket, or to a copy, whose checksum copy_is_readable fills in. A caller's own blob
-- looks fresh, too, when one statement of his takes it from a row and gives it to the next: so the row has a version of its own.
CREATE FUNCTION storage_private.object_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  uploader text;
  fresh boolean;
  move storage_private.moves;
BEGIN
  SELECT b.backend, b.size, b.sha256, gen_random_uuid(), statement_timestamp(), statement_timestamp(), statement_timestamp(),
         storage_private.caller_id(), b.owner_id,
         (b.bucket_id, b.name) = (NEW.bucket_id, NEW.name)
           AND EXISTS (SELECT FROM storage.buckets u WHERE u.id = NEW.bucket_id AND u.created_at <= b.created_at)
           AND NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = NEW.blob_key)
           AND NOT EXISTS (SELECT FROM storage_private.moves m WHERE m.object_id = NEW.id)
  INTO NEW.backend, NEW.size, NEW.checksum, NEW.version, NEW.created_at, NEW.updated_at, NEW.last_accessed_at, NEW.owner_id, uploader,
       fresh
  FROM storage.blobs b WHERE b.key = NEW.blob_key AND b.state = 'live'
  FOR SHARE; -- so that it does not become garbage meanwhile
  IF fresh AND uploader IS NOT DISTINCT FROM NEW.owner_id THEN
    RETURN NEW;
  ELSIF NOT EXISTS (SELECT FROM storage.buckets u WHERE u.id = NEW.bucket_id) THEN -- before row security says denied
    RAISE EXCEPTION 'the bucket is gone' USING ERRCODE = 'foreign_key_violation';
  ELSIF fresh IS NULL THEN
    RAISE EXCEPTION 'no such unfinished blob of this caller' USING ERRCODE = 'ASB01';
  END IF;
  SELECT * INTO move FROM storage_private.moving(NEW.id) m WHERE m.blob_key = NEW.blob_key;
  IF FOUND THEN
    NEW.owner_id := move.owner_id;
    NEW.version := move.version;
    NEW.created_at := move.created_at;
  ELSE
    NEW.checksum := NULL;
  END IF;
  RETURN NEW;
END $$;

-- The same for a row that gets other bytes. Any other change sets the time only, and a new version when metadata changed.
CREATE FUNCTION storage_private.object_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fresh boolean;
BEGIN
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
  SELECT b.backend, b.size, b.sha256, gen_random_uuid(),
         (b.bucket_id, b.name) = (NEW.bucket_id, NEW.name) AND b.owner_id IS NOT DISTINCT FROM storage_private.caller_id()
           AND NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = NEW.blob_key)
  INTO NEW.backend, NEW.size, NEW.checksum, NEW.version, fresh
  FROM storage.blobs b WHERE b.key = NEW.blob_key AND b.state = 'live'
  FOR SHARE;
  IF fresh IS NULL THEN
    RAISE EXCEPTION 'no such unfinished blob of this caller' USING ERRCODE = 'ASB01';
  ELSIF NOT fresh THEN
    NEW.checksum := NULL;
  END IF;
  RETURN NEW;
END $$;

-- A live blob that no row references any more becomes garbage. The lock comes first and the look in a later statement,
-- so that of two transactions that drop the last two references the second one sees the first.
CREATE FUNCTION storage_private.release_blob(dropped text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM storage.blobs b WHERE b.key = dropped FOR UPDATE;
  UPDATE storage.blobs b
  SET state = 'garbage', not_before = clock_timestamp() + (SELECT deleted_grace FROM storage_private.configuration)
  WHERE b.key = dropped AND b.state = 'live'
    AND NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = dropped)
    AND NOT EXISTS (SELECT FROM storage_private.moves m
                    WHERE m.blob_key = dropped AND m.xid = pg_current_xact_id_if_assigned());
  IF NOT FOUND THEN
    -- What is still referenced is written too: a transaction with an older snapshot fails on it instead of overlooking this one.
    UPDATE storage.blobs b SET state = b.state WHERE b.key = dropped AND b.state = 'live';
  END IF;
END $$;

-- The same for many, planned anew each time: a plan that was made while the tables were small is a join that reads them whole, also
-- when they have grown.
CREATE FUNCTION storage_private.release_blobs(keys text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM FROM storage.blobs b WHERE b.key = ANY (keys) ORDER BY b.key FOR UPDATE;
  UPDATE storage.blobs b
  SET state = 'garbage', not_before = clock_timestamp() + (SELECT deleted_grace FROM storage_private.configuration)
  WHERE b.key = ANY (keys) AND b.state = 'live'
    AND NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = b.key)
    AND NOT EXISTS (SELECT FROM storage_private.moves m
                    WHERE m.blob_key = b.key AND m.xid = pg_current_xact_id_if_assigned());
  UPDATE storage.blobs b SET state = b.state WHERE b.key = ANY (keys) AND b.state = 'live';
END $$;

-- The triggers on statements: one query for all rows writes their events, and raises where one may not stand.
CREATE FUNCTION storage_private.objects_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO storage.events
    (type, bucket_id, bucket, bucket_policy, object_id, path, old_bucket_id, old_bucket, old_path, owner_id, size, content_type, version,
     actor)
  SELECT CASE WHEN m.object_id IS NULL THEN 'storage.object.created' ELSE 'storage.object.moved' END,
         n.bucket_id, b.name, b.policy, n.id, n.name, m.bucket_id, f.name, m.path, n.owner_id, n.size, n.content_type, n.version,
         storage_private.caller_id()
  FROM new_rows n JOIN storage.buckets b ON b.id = n.bucket_id
  LEFT JOIN storage.blobs l ON l.key = n.blob_key
  LEFT JOIN storage_private.moves m ON m.object_id = n.id AND m.xid = pg_current_xact_id_if_assigned()
  LEFT JOIN storage.buckets f ON f.id = m.bucket_id
  WHERE l.state = 'live' AND (b.max_file_size, b.allowed_mime_types) IS NULL
     OR storage_private.may_stand(b, n.size, n.content_type, l.state);
  RETURN NULL;
END $$;

CREATE FUNCTION storage_private.objects_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  dropped text[];
BEGIN
  WITH changed AS MATERIALIZED (
    SELECT n.id, n.bucket_id, n.name, n.blob_key, n.owner_id, n.size, n.content_type, n.version,
           o.name AS old_name, o.blob_key AS old_key, o.content_type AS old_type
    FROM new_rows n JOIN old_rows o ON o.id = n.id),
  told AS (
    INSERT INTO storage.events
      (type, bucket_id, bucket, bucket_policy, object_id, path, old_path, owner_id, size, content_type, version, actor)
    SELECT CASE WHEN n.name = n.old_name THEN 'storage.object.updated' ELSE 'storage.object.moved' END,
           n.bucket_id, b.name, b.policy, n.id, n.name, nullif(n.old_name, n.name), n.owner_id, n.size, n.content_type, n.version,
           storage_private.caller_id()
    FROM changed n JOIN storage.buckets b ON b.id = n.bucket_id
    WHERE (n.blob_key, n.content_type) = (n.old_key, n.old_type)
       OR storage_private.may_stand(b, n.size, n.content_type, (SELECT l.state FROM storage.blobs l WHERE l.key = n.blob_key)))
  SELECT array_agg(n.old_key) INTO dropped FROM changed n WHERE n.blob_key <> n.old_key;
  IF cardinality(dropped) = 1 THEN
    PERFORM storage_private.release_blob(dropped[1]);
  ELSIF dropped IS NOT NULL THEN
    PERFORM storage_private.release_blobs(dropped);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION storage_private.objects_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  dropped text[];
BEGIN
  WITH told AS (
    INSERT INTO storage.events (type, bucket_id, bucket, bucket_policy, object_id, path, owner_id, size, content_type, version, actor)
    SELECT 'storage.object.deleted', o.bucket_id, coalesce(b.name, o.bucket_id), b.policy, o.id, o.name, o.owner_id, o.size, o.content_type,
           o.version, storage_private.caller_id()
    FROM old_rows o LEFT JOIN storage.buckets b ON b.id = o.bucket_id -- the same statement may have deleted the bucket
    WHERE NOT EXISTS (SELECT FROM storage_private.moves m -- its INSERT tells
                      WHERE m.object_id = o.id AND m.xid = pg_current_xact_id_if_assigned()))
  SELECT array_agg(o.blob_key) INTO dropped FROM old_rows o;
  IF cardinality(dropped) = 1 THEN
    PERFORM storage_private.release_blob(dropped[1]);
  ELSIF dropped IS NOT NULL THEN
    PERFORM storage_private.release_blobs(dropped);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER builtin_written BEFORE INSERT ON storage.objects
  FOR EACH ROW EXECUTE FUNCTION storage_private.object_made();
CREATE TRIGGER builtin_written_anew BEFORE UPDATE ON storage.objects
  FOR EACH ROW EXECUTE FUNCTION storage_private.object_changed();
CREATE TRIGGER builtin_written_by_copying BEFORE INSERT OR UPDATE ON storage.objects -- triggers fire in the order of their names
  FOR EACH ROW WHEN (NEW.checksum IS NULL) EXECUTE FUNCTION storage_private.copy_is_readable();
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
