-- Which of several databases a volume belongs to now, when they are copies or older states of one another.

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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
