-- Which of several databases a volume belongs to now, when they are copies or older states of one another; and who is dead when
-- the database itself was away.

SET ROLE storage_owner;

CREATE TABLE storage_private.fences (
  backend     text PRIMARY KEY,
  tokens      uuid[] NOT NULL CHECK (cardinality(tokens) BETWEEN 1 AND 5),
  advanced_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN storage_private.fences.tokens IS 'The last ones, newest first; the volume has one of them unless another database has used it';

CREATE FUNCTION storage_private.fence_tokens(place text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT t.token FROM storage_private.fences f, unnest(f.tokens) WITH ORDINALITY t (token, age)
   WHERE f.backend = place ORDER BY t.age $$;

-- The newest token; this one, when there was none.
CREATE FUNCTION storage_private.fence_begin(place text, token uuid) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.fences AS f (backend, tokens) VALUES (place, ARRAY[token])
   ON CONFLICT (backend) DO UPDATE SET tokens = f.tokens RETURNING f.tokens[1] $$;

-- True for the one whose token it is from now on; for nobody within the pause, or when another one is the newest by now.
CREATE FUNCTION storage_private.fence_advance(place text, newest uuid, token uuid, pause double precision) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH advanced AS (
     UPDATE storage_private.fences f SET tokens = (token || f.tokens)[1:5], advanced_at = clock_timestamp()
     WHERE f.backend = place AND f.tokens[1] = newest AND f.advanced_at <= clock_timestamp() - make_interval(secs => pause)
     RETURNING 1)
   SELECT EXISTS (SELECT FROM advanced) $$;

-- Whatever was before.
CREATE FUNCTION storage_private.fence_accept(place text, token uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.fences AS f (backend, tokens) VALUES (place, ARRAY[token])
   ON CONFLICT (backend) DO UPDATE SET tokens = (token || f.tokens)[1:5], advanced_at = clock_timestamp() $$;

-- Leases -----------------------------------------------------------------------------------------------------------------

ALTER TABLE storage.instances ADD COLUMN resumed_at timestamptz;
COMMENT ON COLUMN storage.instances.resumed_at IS 'When it beat again after it could not for so long that others would think it dead';

DROP FUNCTION storage_private.instance_beat(uuid, text);
CREATE FUNCTION storage_private.instance_beat(instance uuid, build text, dead_after double precision) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage.instances AS i (id, version) VALUES (instance, build)
   ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp(),
     resumed_at = CASE WHEN i.heartbeat_at <= clock_timestamp() - make_interval(secs => dead_after)
                  THEN clock_timestamp() ELSE i.resumed_at END $$;

-- Since when gateways have been able to beat.
CREATE FUNCTION storage_private.up_since() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT pg_postmaster_start_time() $$;

-- Nobody who has a lease is dead before the database was there for so long.
CREATE OR REPLACE FUNCTION storage_private.lives(instance uuid, dead_after double precision) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (SELECT FROM storage.instances i
                  WHERE i.id = instance
                    AND greatest(i.heartbeat_at, storage_private.up_since()) > clock_timestamp() - make_interval(secs => dead_after)) $$;

-- Some of what writers that have died left unfinished, except on the backends that are closed. How many; the leases of the dead end
-- with their last one. Nobody is dead to a gateway that could not beat for so long itself: what kept it kept the others too.
DROP FUNCTION storage_private.sweep_dead(double precision, int);
CREATE FUNCTION storage_private.sweep_dead(instance uuid, dead_after double precision, closed text[], batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  since timestamptz := clock_timestamp() - make_interval(secs => dead_after);
  swept bigint;
BEGIN
  UPDATE storage.instances i
  SET heartbeat_at = clock_timestamp(), resumed_at = CASE WHEN i.heartbeat_at <= since THEN clock_timestamp() ELSE i.resumed_at END
  WHERE i.id = instance;
  IF EXISTS (SELECT FROM storage.instances i WHERE i.id = instance AND i.resumed_at > since) THEN
    RETURN 0;
  END IF;
  swept := storage_private.sweep(ARRAY(
    SELECT b.key FROM storage.blobs b
    WHERE b.size IS NULL AND b.state = 'writing' AND b.writer <> instance AND b.backend <> ALL (closed)
      AND NOT storage_private.lives(b.writer, dead_after) LIMIT batch));
  DELETE FROM storage.instances i
  WHERE i.heartbeat_at <= since AND i.id <> instance AND NOT storage_private.lives(i.id, dead_after)
    AND NOT EXISTS (SELECT FROM storage.blobs b WHERE b.writer = i.id AND b.size IS NULL AND b.state = 'writing')
    AND NOT EXISTS (SELECT FROM storage.blobs b WHERE b.collector = i.id);
  RETURN swept;
END $$;

-- What an instance has begun so many seconds ago and not ended, in the order of the keys: it knows itself what of it is under way.
DROP FUNCTION storage_private.unfinished(uuid, double precision, text, int);
CREATE FUNCTION storage_private.unfinished(instance uuid, age double precision, closed text[], after text, page int)
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT b.key FROM storage.blobs b
   WHERE b.writer = instance AND b.size IS NULL AND b.state = 'writing' AND b.key > after AND b.backend <> ALL (closed)
     AND b.created_at <= now() - make_interval(secs => age)
   ORDER BY b.key LIMIT page $$;

-- Garbage ----------------------------------------------------------------------------------------------------------------

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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
