-- Scrubbing: what is stored is read again from time to time and compared with its SHA-256.

SET ROLE storage_owner;

-- One pass over the ledger for each backend, by one gateway at a time, in the order of the keys.
CREATE TABLE storage_private.scrubs (
  backend      text PRIMARY KEY,
  instance     uuid,
  after_key    text COLLATE "C" NOT NULL DEFAULT '',
  started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at  timestamptz,
  files        bigint NOT NULL DEFAULT 0,
  bytes        bigint NOT NULL DEFAULT 0,
  damaged      bigint NOT NULL DEFAULT 0,
  tries        int NOT NULL DEFAULT 0,
  rechecked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  rechecked_to text COLLATE "C" NOT NULL DEFAULT ''
);
COMMENT ON COLUMN storage_private.scrubs.instance IS 'The gateway that works on it, as long as that lives';
COMMENT ON COLUMN storage_private.scrubs.after_key IS 'The pass goes on behind this key';
COMMENT ON COLUMN storage_private.scrubs.tries IS 'How often the blob behind that was begun, if it is a large one';
COMMENT ON COLUMN storage_private.scrubs.rechecked_at IS 'When the last round through those that are marked as corrupt began';
COMMENT ON COLUMN storage_private.scrubs.rechecked_to IS 'The round goes on behind this key; empty when it is over';

-- So long ago? A time in the future, as of a clock that was wrong, counts as long ago.
CREATE FUNCTION storage_private.is_due(since timestamptz, pause double precision) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT since NOT BETWEEN clock_timestamp() - make_interval(secs => pause) AND clock_timestamp() $$;

-- Outcomes: busy (a living gateway is at it), idle (nothing is due), claimed. With claimed: the key behind which the pass goes
-- on, or null when none is due; and when the pass began.
CREATE FUNCTION storage_private.scrub_claim(
  place text, new_instance uuid, dead_after double precision, pause double precision, recheck double precision,
  OUT outcome text, OUT after text, OUT began timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  scrub storage_private.scrubs;
BEGIN
  INSERT INTO storage_private.scrubs (backend) VALUES (place) ON CONFLICT DO NOTHING;
  SELECT * INTO scrub FROM storage_private.scrubs s WHERE s.backend = place FOR UPDATE;
  IF scrub.instance <> new_instance AND storage_private.lives(scrub.instance, dead_after) THEN
    outcome := 'busy';
    RETURN;
  END IF;
  IF scrub.finished_at IS NOT NULL AND storage_private.is_due(scrub.started_at, pause) THEN
    UPDATE storage_private.scrubs s
    SET after_key = '', started_at = clock_timestamp(), finished_at = NULL, files = 0, bytes = 0, damaged = 0, tries = 0
    WHERE s.backend = place RETURNING * INTO scrub;
  END IF;
  began := scrub.started_at;
  after := CASE WHEN scrub.finished_at IS NULL THEN scrub.after_key END;
  outcome := CASE WHEN after IS NULL AND scrub.rechecked_to = '' AND NOT storage_private.is_due(scrub.rechecked_at, recheck)
             THEN 'idle' ELSE 'claimed' END;
  UPDATE storage_private.scrubs s SET instance = CASE outcome WHEN 'claimed' THEN new_instance END WHERE s.backend = place;
END $$;

CREATE FUNCTION storage_private.scrub_release(place text, this_instance uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.scrubs s SET instance = NULL WHERE s.backend = place AND s.instance = this_instance $$;

-- The next blobs of a pass that are neither written nor verified since it began: of so many rows of the ledger, and not more bytes
-- than that, except that a larger blob is a page of its own. The first row is a header: its key is where the following page begins, or
-- null when there is none.
CREATE FUNCTION storage_private.scrub_page(place text, began timestamptz, after text, page int, most bigint)
RETURNS TABLE (key text, size bigint, sha256 text, read_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH listed AS MATERIALIZED (
     SELECT b.key, b.size, b.sha256,
            b.state = 'live' AND b.backend = place
              AND greatest(b.created_at, b.last_verified) NOT BETWEEN began AND clock_timestamp() AS wanted
     FROM storage.blobs b WHERE b.key > after ORDER BY b.key LIMIT page),
   summed AS (
     SELECT l.*, count(*) FILTER (WHERE l.wanted) OVER up_to AS blobs, sum(l.size) FILTER (WHERE l.wanted) OVER up_to AS bytes
     FROM listed l WINDOW up_to AS (ORDER BY l.key)),
   taken AS MATERIALIZED (SELECT * FROM summed s WHERE s.blobs <= 1 OR s.bytes <= most)
   (SELECT CASE WHEN count(*) = page OR count(*) < (SELECT count(*) FROM listed) THEN max(t.key) END,
           0::bigint, ''::text, clock_timestamp() FROM taken t)
   UNION ALL
   (SELECT t.key, t.size, t.sha256, clock_timestamp() FROM taken t WHERE t.wanted ORDER BY t.key) $$;

-- The large blob with which a page begins is about to be read. How often that was so; nothing when another gateway has taken over.
CREATE FUNCTION storage_private.scrub_try(place text, this_instance uuid) RETURNS SETOF int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.scrubs s SET tries = s.tries + 1
   WHERE s.backend = place AND s.instance = this_instance RETURNING s.tries $$;

-- Some of those that are marked as corrupt, small ones first. The first row is a header: its key is where the round goes on at once, or
-- null at its end. Nothing when no round is due. Each is asked for once in a round, whatever becomes of it.
CREATE FUNCTION storage_private.scrub_marked(place text, this_instance uuid, recheck double precision, page int)
RETURNS TABLE (key text, size bigint, sha256 text, read_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  scrub storage_private.scrubs;
  marked text[];
BEGIN
  SELECT * INTO scrub FROM storage_private.scrubs s WHERE s.backend = place AND s.instance = this_instance FOR UPDATE;
  IF NOT FOUND OR scrub.rechecked_to = '' AND NOT storage_private.is_due(scrub.rechecked_at, recheck) THEN
    RETURN;
  END IF;
  marked := ARRAY(
    SELECT b.key FROM storage.blobs b
    WHERE b.corrupt_since IS NOT NULL AND b.state = 'live' AND b.backend = place AND b.key > scrub.rechecked_to
    ORDER BY b.key LIMIT page);
  UPDATE storage_private.scrubs s
  SET rechecked_at = CASE WHEN s.rechecked_to = '' THEN clock_timestamp() ELSE s.rechecked_at END,
      rechecked_to = CASE WHEN cardinality(marked) = page THEN marked[page] ELSE '' END
  WHERE s.backend = place RETURNING * INTO scrub;
  RETURN QUERY SELECT nullif(scrub.rechecked_to, ''), 0::bigint, '', clock_timestamp();
  RETURN QUERY SELECT b.key, b.size, b.sha256, clock_timestamp() FROM storage.blobs b
               WHERE b.key = ANY (marked) AND b.state = 'live' ORDER BY b.size, b.key;
END $$;

-- These were as stored, not earlier than then. What somebody has marked since stays marked, and what somebody holds is left for
-- the next time.
CREATE FUNCTION storage_private.blobs_verified(keys text[], read_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH locked AS MATERIALIZED (
     SELECT b.key FROM storage.blobs b WHERE b.key = ANY (keys) AND b.state = 'live' FOR NO KEY UPDATE SKIP LOCKED)
   UPDATE storage.blobs b
   SET last_verified = read_at,
       corrupt_since = CASE WHEN b.corrupt_since > read_at AND b.corrupt_since <= clock_timestamp() THEN b.corrupt_since END
   FROM locked l WHERE b.key = l.key $$;

-- A page is done: notes which blobs of it were as stored, and where the pass goes on; without a key it has ended. Held is false when
-- another gateway has taken over meanwhile. Also what the pass has seen so far.
CREATE FUNCTION storage_private.scrub_done(
  place text, this_instance uuid, keys text[], read_at timestamptz, new_after text,
  new_files bigint, new_bytes bigint, new_damaged bigint,
  OUT held boolean, OUT files bigint, OUT bytes bigint, OUT damaged bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM storage_private.blobs_verified(keys, read_at);
  UPDATE storage_private.scrubs s
  SET after_key = coalesce(new_after, ''), tries = 0, finished_at = CASE WHEN new_after IS NULL THEN clock_timestamp() END,
      files = s.files + new_files, bytes = s.bytes + new_bytes, damaged = s.damaged + new_damaged
  WHERE s.backend = place AND s.instance = this_instance
  RETURNING s.files, s.bytes, s.damaged INTO files, bytes, damaged;
  held := FOUND;
END $$;

-- The bytes of a blob are missing or not what was stored. Outcomes: news, known, gone (nobody refers to it any more).
CREATE FUNCTION storage_private.scrub_damaged(blob_key text, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  outcome := CASE WHEN storage_private.blob_corrupt(blob_key) THEN 'news' ELSE 'gone' END;
  IF outcome = 'gone' AND storage_private.blob_damaged(blob_key) THEN
    outcome := 'known';
  END IF;
END $$;

-- Is the blob marked as corrupt? Found by its key alone: a condition on the mark would offer the index of the marks, which looks
-- cheaper while it is empty.
CREATE FUNCTION storage_private.blob_damaged(blob_key text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  blob storage.blobs;
BEGIN
  SELECT * INTO blob FROM storage.blobs b WHERE b.key = blob_key;
  RETURN coalesce(blob.state = 'live' AND blob.corrupt_since IS NOT NULL, false);
END $$;

-- Objects whose blob is marked as corrupt, those that were found first first; or the object of this bucket and path, marked or not.
CREATE FUNCTION storage_private.corrupt_objects(bucket_ref text, path text, page_limit int, page_offset int)
RETURNS TABLE (object_id uuid, bucket_id text, bucket text, name text, size bigint, key text, backend text,
               corrupt_since timestamptz, last_verified timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF path IS NOT NULL THEN
    RETURN QUERY
      SELECT o.id, o.bucket_id, u.name, o.name, o.size, b.key, b.backend, b.corrupt_since, b.last_verified
      FROM storage.buckets u
      JOIN storage.objects o ON o.bucket_id = u.id AND o.name = path JOIN storage.blobs b ON b.key = o.blob_key
      WHERE u.id = bucket_ref OR u.name = bucket_ref;
  ELSE
    RETURN QUERY
      SELECT o.id, o.bucket_id, u.name, o.name, o.size, b.key, b.backend, b.corrupt_since, b.last_verified
      FROM storage.blobs b
      JOIN storage.objects o ON o.blob_key = b.key JOIN storage.buckets u ON u.id = o.bucket_id
      WHERE b.corrupt_since IS NOT NULL AND b.state = 'live'
      ORDER BY b.corrupt_since, o.id LIMIT page_limit OFFSET page_offset;
  END IF;
END $$;

CREATE FUNCTION storage_private.corrupt_count() RETURNS TABLE (backend text, objects bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT b.backend, count(*) FROM storage.blobs b JOIN storage.objects o ON o.blob_key = b.key
   WHERE b.corrupt_since IS NOT NULL AND b.state = 'live' GROUP BY b.backend $$;

REVOKE ALL ON FUNCTION
  storage_private.is_due(timestamptz, double precision),
  storage_private.scrub_claim(text, uuid, double precision, double precision, double precision),
  storage_private.scrub_release(text, uuid),
  storage_private.scrub_page(text, timestamptz, text, int, bigint),
  storage_private.scrub_try(text, uuid),
  storage_private.scrub_marked(text, uuid, double precision, int),
  storage_private.blobs_verified(text[], timestamptz),
  storage_private.scrub_done(text, uuid, text[], timestamptz, text, bigint, bigint, bigint),
  storage_private.scrub_damaged(text),
  storage_private.blob_damaged(text),
  storage_private.corrupt_objects(text, text, int, int),
  storage_private.corrupt_count()
FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
