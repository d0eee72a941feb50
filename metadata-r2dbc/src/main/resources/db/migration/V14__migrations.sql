-- Migrations: the bytes of a bucket move to another backend while it is read and written. A job is a row; whichever gateway
-- has claimed it copies one blob after the other and switches the rows that refer to it. Nobody can see a switch but by where
-- the bytes come from: version, times and owner of an object stay, and no event tells of it.

SET ROLE storage_owner;

CREATE TABLE storage_private.migrations (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  bucket_id            text COLLATE "C" NOT NULL,
  bucket_created_at    timestamptz NOT NULL,
  bucket               text COLLATE "C" NOT NULL,
  target               text NOT NULL,
  max_bytes_per_second bigint CHECK (max_bytes_per_second > 0),
  state                text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
  counted_to           text COLLATE "C" DEFAULT '',
  total_objects        bigint NOT NULL DEFAULT 0,
  total_bytes          bigint NOT NULL DEFAULT 0,
  objects              bigint NOT NULL DEFAULT 0,
  bytes                bigint NOT NULL DEFAULT 0,
  failed               bigint NOT NULL DEFAULT 0,
  last_error           text,
  worker               uuid,
  claimed_at           timestamptz,
  due_at               timestamptz NOT NULL DEFAULT now(),
  stalls               int NOT NULL DEFAULT 0,
  started_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  finished_at          timestamptz,
  CHECK ((state = 'running') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX migrations_running ON storage_private.migrations (bucket_id) WHERE state = 'running';
CREATE INDEX migrations_by_start ON storage_private.migrations (started_at, id);
COMMENT ON COLUMN storage_private.migrations.bucket_created_at IS 'Which of the buckets that have had this id';
COMMENT ON COLUMN storage_private.migrations.counted_to IS 'The name up to which the totals count; null for all';
COMMENT ON COLUMN storage_private.migrations.claimed_at IS 'When it was claimed for the first time: after its start was committed';
COMMENT ON COLUMN storage_private.migrations.due_at IS 'When it may be claimed: the end of its worker''s lease, or of a pause';
COMMENT ON COLUMN storage_private.migrations.stalls IS 'Interruptions by a backend or the database since the last success';

-- Blobs that a migration could not move and does not try again.
CREATE TABLE storage_private.migration_failures (
  migration uuid NOT NULL REFERENCES storage_private.migrations (id) ON DELETE CASCADE,
  blob_key  text COLLATE "C" NOT NULL,
  PRIMARY KEY (migration, blob_key)
);

-- Transactions that are just switching rows to a copy of their blob. Only the functions below make an entry, which does not
-- outlive the function.
CREATE TABLE storage_private.switches (xid xid8 PRIMARY KEY DEFAULT pg_current_xact_id());

CREATE FUNCTION storage_private.switching() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (SELECT FROM storage_private.switches s WHERE s.xid = pg_current_xact_id_if_assigned()) $$;

DROP TRIGGER builtin_written_anew ON storage.objects;
CREATE TRIGGER builtin_written_anew BEFORE UPDATE ON storage.objects
  FOR EACH ROW WHEN (NEW.blob_key = OLD.blob_key OR NOT storage_private.switching())
  EXECUTE FUNCTION storage_private.object_changed();
DROP TRIGGER builtin_updated ON storage.objects;
CREATE TRIGGER builtin_updated AFTER UPDATE ON storage.objects
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT WHEN (NOT storage_private.switching()) EXECUTE FUNCTION storage_private.objects_updated();

-- What is off the target -----------------------------------------------------------------------------------------------

-- Objects whose upload to another backend has begun and not ended, as far as it may still end well: what the dead have begun is
-- swept, and counts until then.
CREATE FUNCTION storage_private.uploads_elsewhere(bucket text, target text, longest bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT count(*) FROM storage.blobs b
   WHERE b.size IS NULL AND b.state = 'writing' AND b.bucket_id = bucket AND b.backend <> target
     AND b.created_at > now() - make_interval(secs => longest) $$;

-- How many uploads a migration has to wait for: those that have begun elsewhere, and one for all that may be beginning so. A
-- transaction of a gateway that began before the first claim may not see that new uploads go to the target. By the rights of
-- the gateways' role, which sees its own transactions.
CREATE FUNCTION storage_private.migration_awaits(job uuid, longest bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  migration storage_private.migrations := storage_private.migration(job);
BEGIN
  IF EXISTS (SELECT FROM pg_stat_activity a
             WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start <= migration.claimed_at) THEN
    RETURN 1 + storage_private.uploads_elsewhere(migration.bucket_id, migration.target, longest);
  END IF;
  RETURN storage_private.uploads_elsewhere(migration.bucket_id, migration.target, longest);
END $$;

CREATE FUNCTION storage_private.migration(job uuid) RETURNS storage_private.migrations
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT m FROM storage_private.migrations m WHERE m.id = job $$;

-- One page of the bucket's objects in the order of their names. The first row is a header, whose name is the last one of the
-- page, or null when there is no further page; the others are the blobs on it that are still to be moved.
CREATE FUNCTION storage_private.migration_page(job uuid, after text, page int)
RETURNS TABLE (name text, blob_key text, backend text, size bigint, sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  migration storage_private.migrations := storage_private.migration(job);
BEGIN
  RETURN QUERY WITH listed AS MATERIALIZED (
    SELECT o.name, o.blob_key, o.backend FROM storage.objects o
    WHERE o.bucket_id = migration.bucket_id AND o.name > after
      AND EXISTS (SELECT FROM storage.buckets b WHERE b.id = migration.bucket_id AND b.created_at = migration.bucket_created_at)
    ORDER BY o.name LIMIT page)
  (SELECT CASE WHEN count(*) = page THEN max(l.name) END, NULL, NULL, NULL::bigint, NULL FROM listed l)
  UNION ALL
  (SELECT DISTINCT ON (l.blob_key) l.name, l.blob_key, b.backend, b.size, b.sha256
   FROM listed l JOIN storage.blobs b ON b.key = l.blob_key
   WHERE l.backend <> migration.target
     AND NOT EXISTS (SELECT FROM storage_private.migration_failures f WHERE f.migration = job AND f.blob_key = l.blob_key)
   ORDER BY l.blob_key, l.name);
END $$;

-- Counts the next page into the totals. True when there is no more to count.
CREATE FUNCTION storage_private.migration_count(job uuid, page int) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH counting AS (
     SELECT m.* FROM storage_private.migrations m WHERE m.id = job AND m.counted_to IS NOT NULL FOR NO KEY UPDATE),
   listed AS (
     SELECT o.* FROM counting m CROSS JOIN LATERAL (
       SELECT o.name, o.size, o.backend <> m.target AS off FROM storage.objects o
       WHERE o.bucket_id = m.bucket_id AND o.name > m.counted_to ORDER BY o.name LIMIT page) o),
   counted AS (
     SELECT CASE WHEN count(*) = page THEN max(name) END AS last,
            count(*) FILTER (WHERE off) AS objects, coalesce(sum(size) FILTER (WHERE off), 0) AS bytes FROM listed)
   UPDATE storage_private.migrations m
   SET counted_to = c.last, total_objects = m.total_objects + c.objects, total_bytes = m.total_bytes + c.bytes
   FROM counted c WHERE m.id = job AND m.counted_to IS NOT NULL
   RETURNING m.counted_to IS NULL $$;

-- Asking for it --------------------------------------------------------------------------------------------------------

-- From now on new objects of the bucket go to the target. Ends at once when the first page is the whole bucket and all of it
-- is there, as new objects were before. Outcomes: started, running (another one), no_bucket.
CREATE FUNCTION storage_private.migration_start(
  role text, claims text, bucket_ref text, target text, bytes_per_second bigint, default_backend text,
  page int, longest bigint,
  OUT outcome text, OUT migration storage_private.migrations)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bucket storage.buckets;
BEGIN
  claims := storage_private.bind(claims); -- for the bucket's event
  SELECT * INTO bucket FROM storage.buckets b WHERE b.id = bucket_ref OR b.name = bucket_ref FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    outcome := 'no_bucket';
    RETURN;
  END IF;
  INSERT INTO storage_private.migrations (bucket_id, bucket_created_at, bucket, target, max_bytes_per_second)
  VALUES (bucket.id, bucket.created_at, bucket.name, target, bytes_per_second)
  ON CONFLICT (bucket_id) WHERE state = 'running' DO NOTHING
  RETURNING * INTO migration;
  outcome := CASE WHEN migration.id IS NULL THEN 'running' ELSE 'started' END;
  IF outcome = 'running' THEN
    RETURN;
  END IF;
  UPDATE storage.buckets b SET backend = target WHERE b.id = bucket.id AND b.backend IS DISTINCT FROM target;
  PERFORM storage_private.migration_count(migration.id, page);
  UPDATE storage_private.migrations m SET state = 'done', finished_at = clock_timestamp()
  WHERE m.id = migration.id AND m.counted_to IS NULL AND m.total_objects = 0
    AND coalesce(bucket.backend, default_backend) = m.target
    AND storage_private.uploads_elsewhere(bucket.id, m.target, longest) = 0;
  migration := storage_private.migration(migration.id);
END $$;

-- Newest first.
CREATE FUNCTION storage_private.migration_list(page_limit int, page_offset int) RETURNS SETOF storage_private.migrations
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT * FROM storage_private.migrations m ORDER BY m.started_at DESC, m.id LIMIT page_limit OFFSET page_offset $$;

-- What was moved stays moved, and the bucket's new objects go where they went. The job as it is then, if there is one.
CREATE FUNCTION storage_private.migration_cancel(job uuid) RETURNS storage_private.migrations
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE storage_private.migrations m
  SET state = 'cancelled', finished_at = clock_timestamp(), updated_at = clock_timestamp(), worker = NULL
  WHERE m.id = job AND m.state = 'running';
  RETURN storage_private.migration(job);
END $$;

-- Working on it --------------------------------------------------------------------------------------------------------

-- The job to one of these backends that is due for the longest time, ours until the lease ends or is renewed; or null.
CREATE FUNCTION storage_private.migration_claim(instance uuid, targets text[], lease double precision) RETURNS storage_private.migrations
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.migrations m
   SET worker = instance, due_at = clock_timestamp() + make_interval(secs => lease),
       claimed_at = coalesce(m.claimed_at, clock_timestamp())
   WHERE m.id = (SELECT d.id FROM storage_private.migrations d
                 WHERE d.state = 'running' AND d.due_at <= clock_timestamp() AND d.target = ANY (targets)
                 ORDER BY d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
   RETURNING m $$;

-- False when the job is another's now, or has ended.
CREATE FUNCTION storage_private.migration_beat(job uuid, instance uuid, lease double precision) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH renewed AS (
     UPDATE storage_private.migrations m SET due_at = clock_timestamp() + make_interval(secs => lease)
     WHERE m.id = job AND m.worker = instance AND m.state = 'running' RETURNING 1)
   SELECT EXISTS (SELECT FROM renewed) $$;

-- Gives the lease back for so long; with a reason that is told, or without one.
CREATE FUNCTION storage_private.migration_pause(job uuid, instance uuid, pause double precision, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.migrations m
   SET worker = NULL, due_at = clock_timestamp() + make_interval(secs => pause), updated_at = clock_timestamp(),
       last_error = coalesce(reason, m.last_error), stalls = CASE WHEN reason IS NULL THEN 0 ELSE m.stalls + 1 END
   WHERE m.id = job AND m.worker = instance AND m.state = 'running' $$;

-- A ledger row for the copy of a blob. Null when the job has ended or nobody refers to the blob any more.
CREATE FUNCTION storage_private.migration_begin(job uuid, source_key text, path text, writer uuid) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage.blobs (key, backend, bucket_id, name, owner_id, version, writer)
   SELECT storage_private.blob_key(m.bucket_id, v.version, path), m.target, m.bucket_id, path, s.owner_id, v.version, migration_begin.writer
   FROM storage_private.migrations m JOIN storage.blobs s ON s.key = source_key AND s.state = 'live'
   CROSS JOIN LATERAL (SELECT gen_random_uuid() AS version) v
   WHERE m.id = job AND m.state = 'running'
   RETURNING key $$;

-- Every row that refers to the source refers to the copy from now on, of which these facts were found while it was written;
-- the source becomes garbage. Only rows of other buckets that lie where their own bucket wants them stay as they are. First
-- the rows are locked and then the blobs, as whoever writes, copies or moves an object does it; then they are looked for
-- again, for a copy may have been made meanwhile. Who waits too long gives way: this one, before the server would choose a
-- client of the gateway to end a deadlock. To switch twice is to switch.
-- Outcomes: switched; unreferenced, stopped, swept, differs: then nothing has changed.
CREATE FUNCTION storage_private.migration_switch(
  job uuid, source_key text, copy_key text, bytes bigint, digest text, OUT outcome text, OUT moved bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  migration storage_private.migrations := storage_private.migration(job);
  source storage.blobs;
  copy storage.blobs;
  switched bigint;
BEGIN
  moved := 0;
  PERFORM set_config('lock_timeout', '500ms', true);
  PERFORM FROM storage.objects o WHERE o.blob_key = source_key ORDER BY o.id FOR NO KEY UPDATE;
  PERFORM FROM storage.blobs b WHERE b.key IN (source_key, copy_key) ORDER BY b.key FOR UPDATE;
  SELECT * INTO source FROM storage.blobs b WHERE b.key = source_key;
  SELECT * INTO copy FROM storage.blobs b WHERE b.key = copy_key;
  outcome := CASE
    WHEN copy.state = 'live' THEN 'switched'
    WHEN copy.state IS DISTINCT FROM 'writing' THEN 'swept'
    WHEN source.state IS DISTINCT FROM 'live' THEN 'unreferenced'
    WHEN (source.size, source.sha256) IS DISTINCT FROM (bytes, digest) THEN 'differs' END;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO storage_private.switches DEFAULT VALUES;
  WITH updated AS (
    UPDATE storage.objects o SET blob_key = copy.key, backend = copy.backend
    WHERE o.blob_key = source.key AND (o.bucket_id = migration.bucket_id OR NOT EXISTS (
      SELECT FROM storage.buckets b WHERE b.id = o.bucket_id AND b.backend = source.backend))
    RETURNING o.bucket_id)
  SELECT count(*), count(*) FILTER (WHERE u.bucket_id = migration.bucket_id) INTO switched, moved FROM updated u;
  DELETE FROM storage_private.switches s WHERE s.xid = pg_current_xact_id();
  IF switched = 0 THEN
    outcome := 'unreferenced';
    RETURN;
  END IF;
  UPDATE storage.blobs b
  SET state = 'live', size = source.size, sha256 = source.sha256, last_verified = clock_timestamp() WHERE b.key = copy.key;
  PERFORM storage_private.release_blobs(ARRAY[source.key]);
  UPDATE storage_private.migrations m
  SET objects = m.objects + moved, bytes = m.bytes + moved * source.size, stalls = 0, updated_at = clock_timestamp()
  WHERE m.id = job AND m.state = 'running';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the migration has ended' USING ERRCODE = 'ASM01';
  END IF;
  outcome := 'switched';
EXCEPTION WHEN SQLSTATE 'ASM01' THEN
  outcome := 'stopped'; -- and all of it is undone
  moved := 0;
END $$;

-- The blob can't be moved; this job does not try it again. False when no object of the bucket refers to it any more.
CREATE FUNCTION storage_private.migration_fail(job uuid, source_key text, reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  migration storage_private.migrations := storage_private.migration(job);
  concerned bigint := (SELECT count(*) FROM storage.objects o
                       WHERE o.blob_key = source_key AND o.bucket_id = migration.bucket_id);
BEGIN
  IF concerned > 0 THEN
    INSERT INTO storage_private.migration_failures (migration, blob_key) VALUES (job, source_key) ON CONFLICT DO NOTHING;
    UPDATE storage_private.migrations m
    SET failed = m.failed + CASE WHEN FOUND THEN concerned ELSE 0 END, last_error = reason, updated_at = clock_timestamp()
    WHERE m.id = job AND m.state = 'running';
  END IF;
  RETURN concerned > 0;
END $$;

-- Nothing is left to be moved. The job as it is then: done; failed when the bucket has objects that could not be moved.
CREATE FUNCTION storage_private.migration_finish(job uuid, instance uuid) RETURNS storage_private.migrations
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE storage_private.migrations m
  SET failed = f.failed, state = CASE WHEN f.failed = 0 THEN 'done' ELSE 'failed' END,
      finished_at = clock_timestamp(), updated_at = clock_timestamp(), worker = NULL
  FROM (SELECT count(o.id) AS failed FROM storage_private.migration_failures f
        JOIN storage_private.migrations j ON j.id = f.migration
        JOIN storage.objects o ON o.blob_key = f.blob_key AND o.bucket_id = j.bucket_id AND o.backend <> j.target
        WHERE f.migration = job) f
  WHERE m.id = job AND m.worker = instance AND m.state = 'running';
  RETURN storage_private.migration(job);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
GRANT EXECUTE ON FUNCTION storage_private.switching() TO anon, authenticated, service_role;
CALL storage_private.fix_search_paths();

RESET ROLE;
