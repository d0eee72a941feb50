-- Which of several databases a volume belongs to now, when they are copies or older states of one another.

SET ROLE storage_owner;

CREATE TABLE storage_private.fences (
  backend     text PRIMARY KEY,
  turn        bigint NOT NULL DEFAULT 1,
  tokens      uuid[] NOT NULL CHECK (cardinality(tokens) BETWEEN 1 AND 5),
  advanced_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN storage_private.fences.turn IS 'How many tokens there have been';
COMMENT ON COLUMN storage_private.fences.tokens IS 'The last ones, newest first; the volume has one of them unless another database has used it';

-- No row before the first use.
CREATE FUNCTION storage_private.fence(place text, OUT turn bigint, OUT tokens uuid[]) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT f.turn, f.tokens FROM storage_private.fences f WHERE f.backend = place $$;

-- As it is then; with this token, when there was none.
CREATE FUNCTION storage_private.fence_begin(place text, token uuid, OUT turn bigint, OUT tokens uuid[])
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.fences AS f (backend, tokens) VALUES (place, ARRAY[token])
   ON CONFLICT (backend) DO UPDATE SET tokens = f.tokens RETURNING f.turn, f.tokens $$;

-- As it is for the one whose token is the newest from now on. No row for others: within the pause, or when another one was faster.
CREATE FUNCTION storage_private.fence_advance(
  place text, last_turn bigint, token uuid, pause double precision, OUT turn bigint, OUT tokens uuid[]) RETURNS SETOF record
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.fences f
   SET turn = f.turn + 1, tokens = (token || f.tokens)[1:5], advanced_at = clock_timestamp()
   WHERE f.backend = place AND f.turn = last_turn AND f.advanced_at <= clock_timestamp() - make_interval(secs => pause)
   RETURNING f.turn, f.tokens $$;

-- Whatever was before.
CREATE FUNCTION storage_private.fence_accept(place text, token uuid, OUT turn bigint, OUT tokens uuid[])
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage_private.fences AS f (backend, tokens) VALUES (place, ARRAY[token])
   ON CONFLICT (backend) DO UPDATE
   SET turn = f.turn + 1, tokens = (token || f.tokens)[1:5], advanced_at = clock_timestamp()
   RETURNING f.turn, f.tokens $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
