-- Which of several databases a volume belongs to now, when they are copies or older states of one another, and which of several
-- copies of a volume belongs to its database. Both have the same token, and get a new one together.

SET ROLE storage_owner;

CREATE TABLE storage_private.fences (
  backend     text PRIMARY KEY,
  turn        bigint NOT NULL DEFAULT 0,
  current     bigint NOT NULL DEFAULT 0,
  advancer    uuid,
  advanced_at timestamptz NOT NULL DEFAULT now(),
  disputed    text,
  disputed_at timestamptz
);
COMMENT ON COLUMN storage_private.fences.turn IS 'How many tokens there have been';
COMMENT ON COLUMN storage_private.fences.current IS 'The last one that the volume was known to have; it has this one or a later one. 0 before there is one';
COMMENT ON COLUMN storage_private.fences.advancer IS 'The gateway instance that makes tokens, as long as it lives and succeeds';
COMMENT ON COLUMN storage_private.fences.advanced_at IS 'When it last did, or began to';
COMMENT ON COLUMN storage_private.fences.disputed IS 'What a gateway says that found another volume there, or a newer database''s: nothing is cleaned up until a person says go';

CREATE TABLE storage_private.fence_tokens (
  backend text NOT NULL REFERENCES storage_private.fences ON DELETE CASCADE,
  turn    bigint NOT NULL,
  token   uuid NOT NULL,
  held    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (backend, turn),
  UNIQUE (backend, token)
);
COMMENT ON COLUMN storage_private.fence_tokens.held IS 'Whether the volume was known to have it; else its write was cut off, and may come late';

-- No row before the first use. The turn of the token that was seen on the volume is null when it is not one of this database's.
CREATE FUNCTION storage_private.fence(
  place text, seen uuid, OUT current bigint, OUT turn bigint, OUT held boolean, OUT disputed text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT f.current, t.turn, coalesce(t.held, false), f.disputed
   FROM storage_private.fences f LEFT JOIN storage_private.fence_tokens t ON t.backend = f.backend AND t.token = seen
   WHERE f.backend = place $$;

-- Lets a token be the next one, which the volume gets now. Its turn; null when it is another gateway's to make one, not yet time
-- to, or the token that was seen on the volume is none that it may have. A time in the future is over.
CREATE FUNCTION storage_private.fence_next(
  place text, instance uuid, dead_after double precision, seen uuid, token uuid, pause double precision, forced boolean)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f storage_private.fences;
  age interval;
  seen_turn bigint;
BEGIN
  INSERT INTO storage_private.fences (backend, advancer) VALUES (place, instance) ON CONFLICT DO NOTHING;
  SELECT * INTO f FROM storage_private.fences x WHERE x.backend = place FOR UPDATE;
  age := clock_timestamp() - f.advanced_at;
  IF f.advancer <> instance AND storage_private.lives(f.advancer, dead_after)
     AND age BETWEEN interval '0' AND make_interval(secs => 2 * pause)
     OR NOT forced AND f.turn = f.current AND f.turn > 0 AND age >= interval '0' AND age < make_interval(secs => pause) THEN
    RETURN NULL;
  END IF;
  SELECT t.turn INTO seen_turn FROM storage_private.fence_tokens t
  WHERE t.backend = place AND t.token = seen AND t.turn >= f.current;
  IF seen_turn IS NULL AND (seen IS NOT NULL OR f.current > 0) THEN
    RETURN NULL;
  END IF;
  UPDATE storage_private.fence_tokens t SET held = true WHERE t.backend = place AND t.turn = seen_turn AND NOT t.held;
  UPDATE storage_private.fences x
  SET turn = f.turn + 1, current = coalesce(seen_turn, 0), advancer = instance,
      advanced_at = CASE WHEN f.advancer = instance THEN f.advanced_at ELSE clock_timestamp() END
  WHERE x.backend = place;
  INSERT INTO storage_private.fence_tokens (backend, turn, token) VALUES (place, f.turn + 1, token);
  DELETE FROM storage_private.fence_tokens t
  WHERE t.backend = place AND t.turn <= f.turn - 1000 AND t.turn <> coalesce(seen_turn, 0);
  RETURN f.turn + 1;
END $$;

-- The same, whatever was before, for a person who says that the volume is this database's.
CREATE FUNCTION storage_private.fence_accept(place text, instance uuid, token uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made bigint;
BEGIN
  INSERT INTO storage_private.fences AS f (backend, turn, advancer) VALUES (place, 1, instance)
  ON CONFLICT (backend) DO UPDATE SET turn = f.turn + 1, advancer = instance, advanced_at = clock_timestamp()
  RETURNING f.turn INTO made;
  INSERT INTO storage_private.fence_tokens (backend, turn, token) VALUES (place, made, token);
  RETURN made;
END $$;

-- The volume has the token of this turn. False when it is another gateway's to make tokens meanwhile.
CREATE FUNCTION storage_private.fence_done(place text, instance uuid, made bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH done AS (
     UPDATE storage_private.fences f SET current = made, advanced_at = clock_timestamp()
     WHERE f.backend = place AND f.advancer = instance AND f.current < made RETURNING 1),
   held AS (
     UPDATE storage_private.fence_tokens t SET held = true
     WHERE t.backend = place AND t.turn = made AND EXISTS (SELECT FROM done))
   SELECT EXISTS (SELECT FROM done) $$;

-- Nothing is cleaned up from now on, for this reason; or, with null, it may be again.
CREATE FUNCTION storage_private.fence_dispute(place text, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.fences AS f (backend, disputed, disputed_at) VALUES (place, reason, clock_timestamp())
   ON CONFLICT (backend) DO UPDATE SET disputed = excluded.disputed, disputed_at = excluded.disputed_at
   WHERE f.disputed IS NULL OR excluded.disputed IS NULL $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
