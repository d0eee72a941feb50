-- How the log of events is read: numbered in an order that never changes, and by each caller only what he may see.

SET ROLE storage_owner;

-- Numbers --------------------------------------------------------------------------------------------------------------

-- The last number that was given. One row, which is locked by whoever numbers until his transaction ends: so numbers become
-- visible in their order, and have no holes.
CREATE TABLE storage_private.event_counter (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  last     bigint NOT NULL DEFAULT 0
);
INSERT INTO storage_private.event_counter DEFAULT VALUES;

-- What a reader may begin behind: from oldest on everything is there, up to last.
CREATE FUNCTION storage_private.events_kept(OUT oldest bigint, OUT last bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce((SELECT min(e.sequence) FROM storage.events e), c.last + 1), c.last FROM storage_private.event_counter c $$;

-- Numbers what has no number yet and is committed, in the order of the ids. An id is taken while the lock on what was changed is
-- held, so of two events of one object the later one has the larger id, and who sees it sees the earlier one. How long other
-- transactions run does not matter. Tells the listeners, in this transaction and not in those that change something: NOTIFY
-- lets only one transaction of the cluster commit at a time.
CREATE FUNCTION storage_private.events_number(
  most int, OUT oldest bigint, OUT last bigint, OUT waited double precision, OUT more boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  numbered int;
  happened timestamptz;
BEGIN
  more := false;
  waited := 0;
  SELECT k.oldest, k.last INTO oldest, last FROM storage_private.events_kept() k;
  IF NOT EXISTS (SELECT FROM storage.events e WHERE e.sequence IS NULL) THEN
    RETURN;
  END IF;
  SELECT c.last INTO last FROM storage_private.event_counter c FOR NO KEY UPDATE;
  WITH fresh AS (
    SELECT e.id, e.created_at FROM storage.events e WHERE e.sequence IS NULL ORDER BY e.id LIMIT most),
  placed AS (SELECT f.id, row_number() OVER (ORDER BY f.id) AS place FROM fresh f),
  given AS (
    UPDATE storage.events e SET sequence = events_number.last + p.place FROM placed p WHERE e.id = p.id RETURNING e.created_at)
  SELECT count(*), min(g.created_at) INTO numbered, happened FROM given g;
  IF numbered > 0 THEN
    last := last + numbered;
    waited := greatest(extract(epoch FROM clock_timestamp() - happened), 0);
    more := numbered = most;
    UPDATE storage_private.event_counter c SET last = events_number.last;
    PERFORM pg_notify('storage_events', last::text);
  END IF;
END $$;

CREATE FUNCTION storage_private.events_after(after bigint, most int) RETURNS SETOF storage.events
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT e.* FROM storage.events e WHERE e.sequence > after ORDER BY e.sequence LIMIT most $$;

-- Deletes the first ones, as far as they are older: what is left has no holes. How many it were.
CREATE FUNCTION storage_private.events_expire(age double precision, page int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kept timestamptz := now() - make_interval(secs => age);
  deleted bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('storage.events_expire', 0)) THEN
    RETURN 0; -- another gateway is at it
  END IF;
  WITH first AS (
    SELECT e.sequence, bool_and(e.created_at < kept) OVER (ORDER BY e.sequence) AS expired
    FROM (SELECT * FROM storage.events WHERE sequence IS NOT NULL ORDER BY sequence LIMIT page) e)
  DELETE FROM storage.events e USING first f WHERE e.sequence = f.sequence AND f.expired;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END $$;

-- Who may see an event by itself ---------------------------------------------------------------------------------------

-- The end of the bucket that an event is of, if it has ended: another bucket may have its id by now.
CREATE FUNCTION storage_private.event_of_end(event_bucket text, event_id bigint) RETURNS SETOF storage.events
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT * FROM storage.events e
   WHERE e.bucket_id = event_bucket AND e.type = 'storage.bucket.deleted' AND e.id >= event_id ORDER BY e.id LIMIT 1 $$;

-- Whether the caller reads all of the bucket, and could when it happened; of one that is gone, whether he did when it went.
CREATE FUNCTION storage_private.event_permits(event_bucket text, event_id bigint, policy_then text, role text, sub text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bucket storage.buckets;
  permitted boolean;
BEGIN
  SELECT e.bucket_policy, e.owner_id INTO bucket.policy, bucket.owner_id
  FROM storage_private.event_of_end(event_bucket, event_id) e;
  IF NOT FOUND THEN
    SELECT * INTO bucket FROM storage.buckets b WHERE b.id = event_bucket;
  END IF;
  permitted := storage_private.reads_whole(bucket, role, sub);
  bucket.policy := coalesce(policy_then, bucket.policy);
  RETURN permitted AND storage_private.reads_whole(bucket, role, sub);
END $$;

ALTER TABLE storage.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY builtin_service ON storage.events FOR SELECT TO service_role USING (true);
CREATE POLICY builtin_read_public ON storage.events FOR SELECT TO anon
  USING (storage_private.event_permits(bucket_id, id, bucket_policy, 'anon', NULL));
CREATE POLICY builtin_read ON storage.events FOR SELECT TO authenticated
  USING (owner_id = (SELECT storage_private.caller_id())
         OR storage_private.event_permits(bucket_id, id, bucket_policy, 'authenticated', (SELECT storage_private.caller_id())));
GRANT SELECT ON storage.events TO anon, authenticated, service_role;

-- What a caller is told ------------------------------------------------------------------------------------------------

CREATE FUNCTION storage_private.events_numbered(sequences bigint[]) RETURNS storage.events[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT array_agg(e) FROM storage.events e WHERE e.sequence = ANY (sequences) $$;

-- Those that tell of something that still is where they say, so that the policies on the thing itself can answer.
CREATE FUNCTION storage_private.events_standing(asked storage.events[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT ARRAY(
     SELECT a.sequence FROM unnest(asked) a JOIN storage.objects o ON (o.id, o.bucket_id, o.name) = (a.object_id, a.bucket_id, a.path)
     WHERE a.type IN ('storage.object.created', 'storage.object.updated', 'storage.object.moved')
     UNION ALL
     SELECT a.sequence FROM unnest(asked) a JOIN storage.buckets b ON b.id = a.bucket_id
     WHERE a.type IN ('storage.bucket.created', 'storage.bucket.updated')
       AND NOT EXISTS (SELECT FROM storage_private.event_of_end(a.bucket_id, a.id))) $$;

-- What the caller sees by row security: objects, buckets and events themselves. The same query for each role, whose plan holds
-- for that role only: see V6.
CREATE FUNCTION storage_private.events_seen(
  role text, asked storage.events[], OUT objects bigint[], OUT buckets text[], OUT events bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  sequences bigint[] := ARRAY(SELECT a.sequence FROM unnest(asked) a);
  named text[] := ARRAY(SELECT a.bucket_id FROM unnest(asked) a UNION SELECT a.old_bucket_id FROM unnest(asked) a);
BEGIN
  role := storage_private.assume(role);
  CASE role
    WHEN 'anon' THEN
      objects := ARRAY(SELECT a.sequence FROM unnest(asked) a
                       JOIN storage.objects o ON (o.id, o.bucket_id, o.name) = (a.object_id, a.bucket_id, a.path));
      buckets := ARRAY(SELECT b.id FROM storage.buckets b WHERE b.id = ANY (named));
      events := ARRAY(SELECT e.sequence FROM storage.events e WHERE e.sequence = ANY (sequences));
    WHEN 'authenticated' THEN
      objects := ARRAY(SELECT a.sequence FROM unnest(asked) a
                       JOIN storage.objects o ON (o.id, o.bucket_id, o.name) = (a.object_id, a.bucket_id, a.path));
      buckets := ARRAY(SELECT b.id FROM storage.buckets b WHERE b.id = ANY (named));
      events := ARRAY(SELECT e.sequence FROM storage.events e WHERE e.sequence = ANY (sequences));
    WHEN 'service_role' THEN
      objects := ARRAY(SELECT a.sequence FROM unnest(asked) a
                       JOIN storage.objects o ON (o.id, o.bucket_id, o.name) = (a.object_id, a.bucket_id, a.path));
      buckets := ARRAY(SELECT b.id FROM storage.buckets b WHERE b.id = ANY (named));
      events := ARRAY(SELECT e.sequence FROM storage.events e WHERE e.sequence = ANY (sequences));
  END CASE;
  PERFORM set_config('role', 'none', true);
END $$;

-- Which of these the caller is told of. What was created, updated or moved: when he sees it now, where the event says it is. When
-- it is not there any more, and for all other events: when he sees the event. An origin is told to those who see the event and
-- the bucket it names. Hidden is what
-- he does not see though it was there before and after he was asked for.
CREATE FUNCTION storage_private.events_visible(role text, claims text, sequences bigint[])
RETURNS TABLE (sequence bigint, with_origin boolean)
LANGUAGE plpgsql AS $$
DECLARE
  asked storage.events[] := storage_private.events_numbered(sequences);
  seen record;
  standing bigint[] := storage_private.events_standing(asked); -- before and after: what was away meanwhile is not hidden
BEGIN
  claims := storage_private.bind(claims);
  seen := storage_private.events_seen(role, asked);
  standing := ARRAY(SELECT unnest(standing) INTERSECT SELECT unnest(storage_private.events_standing(asked)));
  RETURN QUERY
  SELECT a.sequence,
         a.old_path IS NOT NULL AND a.sequence = ANY (seen.events)
           AND (a.old_bucket_id IS NULL OR a.old_bucket_id = ANY (seen.buckets)
                AND NOT EXISTS (SELECT FROM storage_private.event_of_end(a.old_bucket_id, a.id)))
  FROM unnest(asked) a
  WHERE CASE
    WHEN a.type NOT IN ('storage.object.created', 'storage.object.updated', 'storage.object.moved',
                        'storage.bucket.created', 'storage.bucket.updated') THEN a.sequence = ANY (seen.events)
    WHEN a.object_id IS NULL AND a.bucket_id = ANY (seen.buckets) AND a.sequence = ANY (standing) THEN true
    WHEN a.object_id IS NOT NULL AND a.sequence = ANY (seen.objects) THEN true
    ELSE a.sequence <> ALL (standing) AND a.sequence = ANY (seen.events) END;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
-- Called by a policy; without USAGE on the schema nobody can call it by name.
GRANT EXECUTE ON FUNCTION storage_private.event_permits(text, bigint, text, text, text) TO anon, authenticated, service_role;
CALL storage_private.fix_search_paths();

RESET ROLE;
