-- Cleaning up: what was begun and never ended becomes garbage, garbage that is due loses its bytes and then its row. Each step
-- may be done twice, by several gateways at once, and may be broken off anywhere.

SET ROLE storage_owner;

ALTER TABLE storage.blobs ADD COLUMN collector uuid;
COMMENT ON COLUMN storage.blobs.collector IS 'The gateway instance that deletes the bytes just now';
DROP INDEX storage.blobs_due;
CREATE INDEX blobs_due ON storage.blobs (backend, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX blobs_collected ON storage.blobs (collector) WHERE collector IS NOT NULL;

-- How long, in seconds, the bytes stay of an upload that failed, and of an object that was deleted or overwritten.
CREATE FUNCTION storage_private.keep_garbage(failed double precision, deleted double precision) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.configuration c
   SET failed_grace = make_interval(secs => failed), deleted_grace = make_interval(secs => deleted)
   WHERE (c.failed_grace, c.deleted_grace) IS DISTINCT FROM (make_interval(secs => failed), make_interval(secs => deleted)) $$;

-- The time that bytes stay begins when others can't find the object any more: at the commit, where that is much later than the
-- statement. What is committed at once, as almost all is, is not written again.
CREATE FUNCTION storage_private.keep_since_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kept timestamptz := clock_timestamp() + (SELECT c.deleted_grace FROM storage_private.configuration c);
BEGIN
  IF NEW.not_before < kept - interval '1 second' THEN
    UPDATE storage.blobs b SET not_before = kept WHERE b.key = NEW.key AND b.state = 'garbage' AND b.not_before < kept;
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER keep_since_commit AFTER UPDATE OF state ON storage.blobs
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'live' AND NEW.state = 'garbage')
EXECUTE FUNCTION storage_private.keep_since_commit();

-- Leases -----------------------------------------------------------------------------------------------------------------

ALTER TABLE storage.instances ADD COLUMN resumed_at timestamptz;
COMMENT ON COLUMN storage.instances.resumed_at IS 'When it beat again after half of the time after which others think it dead, or longer';

-- Takes or renews a lease.
DROP FUNCTION storage_private.instance_beat(uuid, text);
CREATE FUNCTION storage_private.instance_beat(instance uuid, build text, dead_after double precision) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage.instances AS i (id, version) VALUES (instance, build)
   ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp(),
     resumed_at = CASE WHEN i.heartbeat_at <= clock_timestamp() - make_interval(secs => dead_after / 2)
                  THEN clock_timestamp() ELSE i.resumed_at END $$;

CREATE FUNCTION storage_private.lives(instance uuid, dead_after double precision) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (SELECT FROM storage.instances i
                  WHERE i.id = instance AND i.heartbeat_at > clock_timestamp() - make_interval(secs => dead_after)) $$;

-- Sweeping ---------------------------------------------------------------------------------------------------------------

-- Unfinished blobs become garbage. A commit that has the row first makes it live; one that comes later finds it unusable.
CREATE FUNCTION storage_private.sweep(keys text[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH locked AS MATERIALIZED (
     SELECT b.key FROM storage.blobs b WHERE b.key = ANY (keys) AND b.state = 'writing' FOR UPDATE SKIP LOCKED),
   swept AS (
     UPDATE storage.blobs b
     SET state = 'garbage', not_before = clock_timestamp() + (SELECT failed_grace FROM storage_private.configuration)
     FROM locked l WHERE b.key = l.key RETURNING 1)
   SELECT count(*) FROM swept $$;

-- Some of what writers that have died left unfinished, except on the backends that are closed. How many; the leases of the dead end
-- with their last one. To a gateway that has not beaten for so long without a gap, whoever has a lease lives: what kept it from
-- beating, or its database from being there, kept the others too.
CREATE FUNCTION storage_private.sweep_dead(instance uuid, dead_after double precision, closed text[], batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  since timestamptz := clock_timestamp() - make_interval(secs => dead_after);
  swept bigint;
BEGIN
  UPDATE storage.instances i
  SET heartbeat_at = clock_timestamp(),
      resumed_at = CASE WHEN i.heartbeat_at <= clock_timestamp() - make_interval(secs => dead_after / 2)
                   THEN clock_timestamp() ELSE i.resumed_at END
  WHERE i.id = instance;
  IF NOT EXISTS (SELECT FROM storage.instances i WHERE i.id = instance AND greatest(i.started_at, i.resumed_at) <= since) THEN
    since := '-infinity';
  END IF;
  swept := storage_private.sweep(ARRAY(
    SELECT b.key FROM storage.blobs b
    WHERE b.size IS NULL AND b.state = 'writing' AND b.writer <> instance AND b.backend <> ALL (closed)
      AND NOT EXISTS (SELECT FROM storage.instances i WHERE i.id = b.writer AND i.heartbeat_at > since) LIMIT batch));
  DELETE FROM storage.instances i
  WHERE i.heartbeat_at <= since AND i.id <> instance
    AND NOT EXISTS (SELECT FROM storage.blobs b WHERE b.writer = i.id AND b.size IS NULL AND b.state = 'writing')
    AND NOT EXISTS (SELECT FROM storage.blobs b WHERE b.collector = i.id);
  RETURN swept;
END $$;

-- What an instance has begun so many seconds ago and not ended, in the order of the keys: it knows itself what of it is under way.
CREATE FUNCTION storage_private.unfinished(instance uuid, age double precision, closed text[], after text, page int)
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT b.key FROM storage.blobs b
   WHERE b.writer = instance AND b.size IS NULL AND b.state = 'writing' AND b.key > after AND b.backend <> ALL (closed)
     AND b.created_at <= now() - make_interval(secs => age)
   ORDER BY b.key LIMIT page $$;

-- Collecting -------------------------------------------------------------------------------------------------------------

-- Some garbage of a backend that is due, the collector's own from now on. What it does not give back is due again after the pause,
-- and at once when it has died. First the rows are locked and then it is made sure that no object refers to them.
CREATE FUNCTION storage_private.garbage_claim(place text, instance uuid, pause double precision, batch int)
RETURNS TABLE (key text, size bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  due timestamptz := clock_timestamp();
  locked text[];
BEGIN
  locked := ARRAY(
    SELECT b.key FROM storage.blobs b
    WHERE b.backend = place AND b.not_before <= due AND b.state IN ('garbage', 'deleting')
    ORDER BY b.not_before LIMIT batch FOR UPDATE SKIP LOCKED);
  -- Garbage that an object names, of which no trigger leaves any, is kept.
  UPDATE storage.blobs b SET state = 'live', not_before = NULL, collector = NULL
  WHERE b.key = ANY (locked) AND b.sha256 IS NOT NULL AND EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = b.key);
  RETURN QUERY
    UPDATE storage.blobs b
    SET state = 'deleting', collector = instance, not_before = clock_timestamp() + make_interval(secs => pause)
    WHERE b.key = ANY (locked) AND b.state IN ('garbage', 'deleting')
      AND NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = b.key)
    RETURNING b.key, coalesce(b.size, 0);
END $$;

-- The bytes are gone.
CREATE FUNCTION storage_private.garbage_done(keys text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ DELETE FROM storage.blobs b WHERE b.key = ANY (keys) AND b.state = 'deleting' $$;

-- What of these the collector has not deleted is due, behind all that was due before.
CREATE FUNCTION storage_private.garbage_give_back(keys text[], instance uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage.blobs b SET not_before = clock_timestamp(), collector = NULL
   WHERE b.key = ANY (keys) AND b.state = 'deleting' AND b.collector = instance $$;

-- What collectors that have died were deleting is due.
CREATE FUNCTION storage_private.garbage_release(dead_after double precision) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage.blobs b SET not_before = clock_timestamp(), collector = NULL
   WHERE b.collector IS NOT NULL AND NOT storage_private.lives(b.collector, dead_after) $$;

-- What waits for its collection, and what of it is due.
CREATE FUNCTION storage_private.garbage_waiting() RETURNS TABLE (backend text, files bigint, bytes bigint, due bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT b.backend, count(*), coalesce(sum(b.size), 0)::bigint, count(*) FILTER (WHERE b.not_before <= now())
   FROM storage.blobs b WHERE b.not_before IS NOT NULL GROUP BY b.backend $$;

-- Comparing --------------------------------------------------------------------------------------------------------------

-- One comparison of a backend with the ledger at a time, by whoever holds the row. A lease, because an advisory lock would
-- keep a connection for as long as the comparison takes, and is none behind a pooler.
CREATE TABLE storage_private.comparisons (
  backend    text PRIMARY KEY,
  run        uuid NOT NULL,
  held_until timestamptz,
  ended_at   timestamptz,
  stopped    text,
  stopped_at timestamptz,
  unknown    bigint NOT NULL DEFAULT 0,
  missing    bigint NOT NULL DEFAULT 0,
  unreadable bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN storage_private.comparisons.ended_at IS 'When the last one ended that was not broken off';
COMMENT ON COLUMN storage_private.comparisons.unknown IS 'Files that the ledger did not know, of the last one that was not broken off';
COMMENT ON COLUMN storage_private.comparisons.missing IS 'Files that were not there, of the same';
COMMENT ON COLUMN storage_private.comparisons.unreadable IS 'Files of which it could not be told whether they are there, of the same';
COMMENT ON COLUMN storage_private.comparisons.stopped IS 'Why nothing is changed until a person says go; null when nothing is in the way';

-- What the last comparisons found: files that the ledger does not know, and blobs of objects whose file is missing.
CREATE TABLE storage_private.orphans (
  backend  text NOT NULL,
  kind     text NOT NULL CHECK (kind IN ('unknown', 'missing')),
  key      text COLLATE "C" NOT NULL,
  size     bigint NOT NULL,
  run      uuid NOT NULL,
  runs     int NOT NULL DEFAULT 1,
  found_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (backend, kind, key)
);
COMMENT ON COLUMN storage_private.orphans.runs IS 'How many comparisons in a row have found it';
COMMENT ON COLUMN storage_private.orphans.found_at IS 'When the first of these found it';
CREATE INDEX orphans_run ON storage_private.orphans (backend, run);

-- Outcomes: claimed, busy (another run holds it, or the last one ended less than the pause ago; in the future is not so). Also why
-- nothing may be changed, or null.
CREATE FUNCTION storage_private.comparison_claim(
  place text, new_run uuid, lease double precision, pause double precision, OUT outcome text, OUT stopped text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO storage_private.comparisons AS c (backend, run, held_until)
  VALUES (place, new_run, clock_timestamp() + make_interval(secs => lease))
  ON CONFLICT (backend) DO UPDATE SET run = excluded.run, held_until = excluded.held_until
  WHERE c.run = excluded.run
     OR (c.held_until IS NULL
         OR c.held_until NOT BETWEEN clock_timestamp() AND clock_timestamp() + make_interval(days => 1, secs => lease))
        AND (c.ended_at IS NULL OR c.ended_at NOT BETWEEN clock_timestamp() - make_interval(secs => pause) AND clock_timestamp())
  RETURNING 'claimed', c.stopped INTO outcome, stopped;
  outcome := coalesce(outcome, 'busy');
END $$;

-- False when another run has it now.
CREATE FUNCTION storage_private.comparison_hold(place text, this_run uuid, lease double precision) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH held AS (
     UPDATE storage_private.comparisons c SET held_until = clock_timestamp() + make_interval(secs => lease)
     WHERE c.backend = place AND c.run = this_run RETURNING 1)
   SELECT EXISTS (SELECT FROM held) $$;

-- The same question by a statement that changes something, and no other run begins before that is committed.
CREATE FUNCTION storage_private.comparison_held(place text, this_run uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (SELECT FROM storage_private.comparisons c WHERE c.backend = place AND c.run = this_run FOR SHARE) $$;

-- Ended, or broken off: then the next one may begin at once.
CREATE FUNCTION storage_private.comparison_release(
  place text, this_run uuid, ended boolean, unknown bigint, missing bigint, unreadable bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.comparisons c
   SET held_until = NULL,
       ended_at = CASE WHEN ended THEN clock_timestamp() ELSE c.ended_at END,
       unknown = CASE WHEN ended THEN comparison_release.unknown ELSE c.unknown END,
       missing = CASE WHEN ended THEN comparison_release.missing ELSE c.missing END,
       unreadable = CASE WHEN ended THEN comparison_release.unreadable ELSE c.unreadable END
   WHERE c.backend = place AND c.run = this_run $$;

-- From now on nothing is changed, for this reason; or, with null, it may be again.
CREATE FUNCTION storage_private.comparison_stop(place text, this_run uuid, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.comparisons c
   SET stopped = reason, stopped_at = CASE WHEN reason IS NULL THEN NULL ELSE coalesce(c.stopped_at, clock_timestamp()) END
   WHERE c.backend = place AND c.run = this_run $$;

-- Of each backend what its last comparison found, and whether nothing is changed until a person says go.
CREATE FUNCTION storage_private.comparison_results()
RETURNS TABLE (backend text, stopped boolean, unknown bigint, missing bigint, unreadable bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT c.backend, c.stopped IS NOT NULL, c.unknown, c.missing, c.unreadable FROM storage_private.comparisons c $$;

-- One page of the ledger in the order of the keys. The first row is a header, whose key is the last one of the page, or null when
-- there is no further page; the others are the blobs on it that should be in the backend.
CREATE FUNCTION storage_private.ledger_page(place text, after text, page int) RETURNS TABLE (key text, size bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH listed AS MATERIALIZED (
     SELECT b.key, b.size, b.state, b.backend FROM storage.blobs b WHERE b.key > after ORDER BY b.key LIMIT page)
   (SELECT CASE WHEN count(*) = page THEN max(l.key) END, 0::bigint FROM listed l)
   UNION ALL
   (SELECT l.key, l.size FROM listed l WHERE l.state = 'live' AND l.backend = place ORDER BY l.key) $$;

CREATE FUNCTION storage_private.unknown_keys(keys text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT unnest(keys) EXCEPT SELECT b.key FROM storage.blobs b WHERE b.key = ANY (keys) $$;

-- Of blobs that were not found in the backend, those that should be there still.
CREATE FUNCTION storage_private.missing_keys(place text, keys text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT b.key FROM storage.blobs b WHERE b.key = ANY (keys) AND b.state = 'live' AND b.backend = place $$;

-- What changes something from here on does nothing for a run that is not the backend's any more.
CREATE FUNCTION storage_private.orphans_note(place text, this_run uuid, new_kind text, keys text[], sizes bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.orphans AS o (backend, kind, key, size, run)
   SELECT place, new_kind, f.key, f.size, this_run FROM unnest(keys, sizes) f (key, size)
   WHERE (SELECT storage_private.comparison_held(place, this_run))
   ON CONFLICT (backend, kind, key) DO UPDATE
   SET run = excluded.run, runs = o.runs + CASE WHEN o.run = excluded.run THEN 0 ELSE 1 END, size = excluded.size,
       found_at = least(o.found_at, now()) $$;

-- Some of what this run has not found again is none any more. How many.
CREATE FUNCTION storage_private.orphans_settle(place text, this_run uuid, batch int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH settled AS (
     DELETE FROM storage_private.orphans o
     WHERE (SELECT storage_private.comparison_held(place, this_run))
       AND o.ctid = ANY (ARRAY(SELECT i.ctid FROM storage_private.orphans i
                               WHERE i.backend = place AND (i.run < this_run OR i.run > this_run) LIMIT batch))
     RETURNING 1)
   SELECT count(*) FROM settled $$;

-- Some of the unknown files that this run has found are garbage from now on, of which the ledger knows. Their keys, also of those
-- that it knows by now.
CREATE FUNCTION storage_private.unknown_adopt(place text, this_run uuid, instance uuid, batch int)
RETURNS TABLE (key text, adopted boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH taken AS (
     DELETE FROM storage_private.orphans o
     WHERE (SELECT storage_private.comparison_held(place, this_run))
       AND o.ctid = ANY (ARRAY(SELECT i.ctid FROM storage_private.orphans i
                               WHERE i.backend = place AND i.run = this_run AND i.kind = 'unknown' LIMIT batch))
     RETURNING o.key, o.size),
   adopted AS (
     INSERT INTO storage.blobs AS b (key, backend, state, bucket_id, name, version, writer, size, not_before)
     SELECT t.key, place, 'garbage', split_part(t.key, '/', 1), split_part(t.key, '~', 2),
            split_part(split_part(t.key, '/', 3), '~', 1)::uuid, instance, t.size,
            clock_timestamp() + (SELECT deleted_grace FROM storage_private.configuration)
     FROM taken t ON CONFLICT DO NOTHING
     RETURNING b.key)
   SELECT t.key, a.key IS NOT NULL FROM taken t LEFT JOIN adopted a ON a.key = t.key $$;

-- Some files that this run and the one before it have not found; the first of them so many seconds ago at least.
CREATE FUNCTION storage_private.missing_due(place text, this_run uuid, age double precision, batch int)
RETURNS TABLE (key text, size bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT o.key, o.size FROM storage_private.orphans o
   WHERE o.backend = place AND o.run = this_run AND o.kind = 'missing' AND o.runs > 1
     AND o.found_at <= clock_timestamp() - make_interval(secs => age) LIMIT batch $$;

-- These files were looked for once more: those that are gone lose their objects, each with its event, and the run has done with all
-- of them. The keys of those that are gone with what the objects were, or without, if nobody referred to one any more.
CREATE FUNCTION storage_private.missing_remove(place text, this_run uuid, due text[], gone text[])
RETURNS TABLE (key text, bucket_id text, name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  taken text[];
BEGIN
  WITH taking AS (
    DELETE FROM storage_private.orphans o
    WHERE (SELECT storage_private.comparison_held(place, this_run))
      AND o.backend = place AND o.kind = 'missing' AND o.run = this_run AND o.key = ANY (due) RETURNING o.key)
  SELECT array_agg(t.key) INTO taken FROM taking t WHERE t.key = ANY (gone);
  RETURN QUERY
    WITH removed AS (
      DELETE FROM storage.objects o WHERE o.blob_key = ANY (taken) RETURNING o.blob_key, o.bucket_id, o.name)
    SELECT t.key, r.bucket_id, r.name FROM unnest(taken) t (key) LEFT JOIN removed r ON r.blob_key = t.key;
  PERFORM storage_private.release_blobs(taken); -- also those that nobody referred to
END $$;

-- A gateway that has the database for itself: all others are dead, and their comparisons with them.
CREATE FUNCTION storage_private.end_others(instance uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ DELETE FROM storage.instances i WHERE i.id <> instance;
   UPDATE storage_private.comparisons SET held_until = NULL $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
