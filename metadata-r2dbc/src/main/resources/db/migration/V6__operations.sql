-- One function an operation. Each is called by the gateway's login role in one statement, which is one transaction and one
-- round trip: it binds the claims, assumes the caller's role for the statements that row security has to judge, and gives
-- the role back. All of it is transaction-local, so a connection returns to its pool without a trace of the caller.
--
-- Outcomes are words: 'denied' (not permitted, or hidden), 'missing' (the object), 'no_bucket', and the operation's own.

SET ROLE storage_owner;

CREATE FUNCTION storage_private.bind(claims text) RETURNS text LANGUAGE sql
RETURN set_config('request.jwt.claims', claims, true);

-- The role, if it is one of callers; there is none of the name that all others get. Assign what bind and assume return: PL/pgSQL
-- inlines them then, while PERFORM is a query of its own.
CREATE FUNCTION storage_private.assume(role text) RETURNS text LANGUAGE sql
RETURN set_config('role', CASE WHEN role IN ('anon', 'authenticated', 'service_role') THEN role ELSE '' END, true);

-- Ids and names never collide. In PL/pgSQL, which keeps the plans; the search by name nearly always finds it, and costs less than
-- one by either.
CREATE FUNCTION storage_private.find_bucket(id_or_name text) RETURNS storage.buckets
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bucket storage.buckets;
BEGIN
  SELECT * INTO bucket FROM storage.buckets b WHERE b.name = id_or_name;
  IF bucket.id IS NULL THEN
    SELECT * INTO bucket FROM storage.buckets b WHERE b.id = id_or_name;
  END IF;
  RETURN bucket;
END $$;

CREATE FUNCTION storage_private.find_object(bucket text, path text) RETURNS storage.objects
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  object storage.objects;
BEGIN
  SELECT o.* INTO object FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path;
  RETURN object;
END $$;

-- An unknown bucket. To callers without a token it looks like any bucket they may not see.
CREATE FUNCTION storage_private.no_bucket(role text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE role WHEN 'anon' THEN 'denied' ELSE 'no_bucket' END;

-- An object that the caller does not find: whether it is hidden is told only to those who may see the whole bucket.
CREATE FUNCTION storage_private.absence(bucket storage.buckets, role text) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN storage_private.reads_whole(bucket, role, storage_private.caller_id()) THEN 'missing' ELSE 'denied' END;

-- Which kind of policy denies a right, as far as the caller may know: the bucket's own to whoever sees the bucket; operator,
-- where the built-in rules would permit.
CREATE FUNCTION storage_private.denying_policy(
  operation text, role text, bucket storage.buckets, object_owner text, path text) RETURNS text LANGUAGE sql STABLE
RETURN CASE
     WHEN role = 'service_role'
       OR role = 'authenticated' AND storage_private.has_operator_policies()
          AND storage_private.permits(operation, bucket, object_owner, path, storage_private.caller_id()) THEN 'operator'
     WHEN storage_private.reads_whole(bucket, role, storage_private.caller_id()) THEN bucket.policy END;

-- Reading ------------------------------------------------------------------------------------------------------------

-- The object, as far as the caller sees it.
CREATE FUNCTION storage_private.see_object(role text, bucket text, path text) RETURNS storage.objects
LANGUAGE plpgsql AS $$
DECLARE
  object storage.objects;
BEGIN
  role := storage_private.assume(role);
  -- The same query for each role: a plan holds for one role only, and a connection that serves another caller each time
  -- would plan anew each time, which costs more than all the rest of a search.
  CASE role
    WHEN 'anon' THEN SELECT o.* INTO object FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path;
    WHEN 'authenticated' THEN SELECT o.* INTO object FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path;
    WHEN 'service_role' THEN SELECT o.* INTO object FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path;
  END CASE;
  role := set_config('role', 'none', true);
  RETURN object;
END $$;

-- Outcomes: found, missing, denied, no_bucket. With public_only, buckets that are not public do not exist.
CREATE FUNCTION storage_private.object_find(
  role text, claims text, bucket_ref text, path text, public_only boolean,
  OUT outcome text, OUT bucket storage.buckets, OUT object storage.objects)
LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF public_only AND bucket.policy IS DISTINCT FROM 'public' THEN
    outcome := 'no_bucket';
    RETURN;
  ELSIF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  object := storage_private.see_object(role, bucket.id, path);
  outcome := CASE WHEN object.id IS NULL THEN storage_private.absence(bucket, role) ELSE 'found' END;
END $$;

-- Writing ------------------------------------------------------------------------------------------------------------

-- The only maker of blob keys; see BlobKey.
CREATE FUNCTION storage_private.blob_key(bucket_id text, version uuid, path text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN bucket_id || '/' || right(version::text, 2) || '/' || version::text || '~' ||
          left(regexp_replace(regexp_replace(path, '^.*/', ''), '[^A-Za-z0-9._-]', '_', 'g'), 80);

CREATE FUNCTION storage_private.blob_begin(
  bucket_id text, path text, version uuid, writer uuid, backend text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  blob_key text := storage_private.blob_key(bucket_id, version, path);
BEGIN
  INSERT INTO storage.blobs (key, backend, bucket_id, name, owner_id, version, writer)
  VALUES (blob_key, backend, bucket_id, path, storage_private.caller_id(), version, writer);
  RETURN blob_key;
END $$;

-- The bytes are on stable storage: the blob is live, and the next statement has to name it. Also the lock that decides between
-- the commit and a sweeper. True, or raises.
CREATE FUNCTION storage_private.blob_stored(blob_key text, bytes bigint, digest text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE storage.blobs b SET state = 'live', size = bytes, sha256 = digest
  FROM storage.buckets u
  WHERE b.key = blob_key AND b.state = 'writing' AND u.id = b.bucket_id AND u.created_at <= b.created_at;
  IF FOUND THEN
    RETURN true;
  ELSIF EXISTS (SELECT FROM storage.blobs b WHERE b.key = blob_key AND b.state = 'writing') THEN
    RAISE EXCEPTION 'the bucket is gone, also if another has its id now' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RAISE EXCEPTION 'the blob was swept before its commit' USING ERRCODE = 'ASB01';
END $$;

-- Which object is there, whoever sees it.
CREATE FUNCTION storage_private.object_id(bucket text, path text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  object uuid;
BEGIN
  SELECT o.id INTO object FROM storage.objects o WHERE o.bucket_id = bucket AND o.name = path;
  RETURN object;
END $$;

-- Makes the blob the content of the object, as the caller. condition: overwrite, create, match (one of etags), exists. True,
-- or raises, so that nothing of it stays, when row security or the condition forbids.
CREATE FUNCTION storage_private.write_row(
  role text, bucket text, path text, key text,
  type text, cache text, encoding text, metadata jsonb, condition text, etags text[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  there uuid;
  passed_over uuid;
BEGIN
  FOR attempt IN 1..100 LOOP -- others may create it or delete it between the look and the write
    there := CASE WHEN condition <> 'create' THEN storage_private.object_id(bucket, path) END;
    EXIT WHEN there = passed_over OR there IS NULL AND condition IN ('match', 'exists');
    role := storage_private.assume(role);
    IF there IS NOT NULL THEN
      UPDATE storage.objects o
      SET blob_key = key, content_type = type, cache_control = cache, content_encoding = encoding, user_metadata = metadata
      WHERE o.bucket_id = bucket AND o.name = path AND (condition <> 'match' OR '"' || o.version::text || '"' = ANY (etags));
    ELSE
      INSERT INTO storage.objects (bucket_id, name, blob_key, content_type, cache_control, content_encoding, user_metadata)
      VALUES (bucket, path, key, type, cache, encoding, metadata)
      ON CONFLICT DO NOTHING;
    END IF;
    IF FOUND THEN
      RETURN set_config('role', 'none', true) = 'none';
    END IF;
    PERFORM set_config('role', 'none', true);
    EXIT WHEN condition <> 'overwrite';
    passed_over := there; -- if it is still there, it may not be written
  END LOOP;
  RAISE EXCEPTION 'the object was not written' USING ERRCODE =
    CASE condition WHEN 'create' THEN 'ASC01' WHEN 'overwrite' THEN 'insufficient_privilege' ELSE 'ASC02' END;
END $$;

CREATE FUNCTION storage_private.put_object(
  role text, bucket text, path text, key text, bytes bigint, digest text,
  type text, cache text, encoding text, metadata jsonb, condition text, etags text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM storage_private.blob_stored(key, bytes, digest);
  PERFORM storage_private.write_row(role, bucket, path, key, type, cache, encoding, metadata, condition, etags);
END $$;

-- Lets the policies themselves say whether the caller may write, by writing and undoing it. It asks for the right alone:
-- with fresh true to a new name, else to whatever is there.
CREATE FUNCTION storage_private.may_put(role text, bucket text, path text, writer uuid, type text, fresh boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  condition text := CASE WHEN fresh THEN 'create' ELSE 'overwrite' END;
  key text;
BEGIN
  key := storage_private.blob_begin(bucket, path, gen_random_uuid(), writer, '');
  PERFORM storage_private.put_object(role, bucket, path, key, 0, repeat('0', 64), type, 'no-cache', NULL, NULL, condition, '{}');
  RAISE EXCEPTION 'undo' USING ERRCODE = 'ASZ00';
EXCEPTION
  WHEN insufficient_privilege THEN RETURN false;
  WHEN SQLSTATE 'ASZ00' OR SQLSTATE 'ASC01' OR SQLSTATE 'ASL02' THEN RETURN true;
END $$;

-- The right a write needs.
CREATE FUNCTION storage_private.write_operation(existing storage.objects, condition text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN existing.id IS NULL OR condition = 'create' THEN 'insert' ELSE 'update' END;

-- The right that a caller who was denied may be told of: if he does not see the object, as if there were none.
CREATE FUNCTION storage_private.told_operation(
  role text, bucket storage.buckets, existing storage.objects, operation text) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN existing.owner_id IS DISTINCT FROM storage_private.caller_id()
                 AND storage_private.absence(bucket, role) = 'denied' THEN 'insert' ELSE operation END;

-- What the built-in rules alone say. An object that is not there has no owner.
CREATE FUNCTION storage_private.builtin_permits(
  right_name text, role text, bucket storage.buckets, object_owner text, path text) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(role = 'service_role' OR CASE right_name
     WHEN 'select' THEN storage_private.reads_whole(bucket, role, storage_private.caller_id())
       OR role = 'authenticated' AND object_owner = storage_private.caller_id()
     ELSE role = 'authenticated'
       AND storage_private.permits(right_name, bucket, object_owner, path, storage_private.caller_id()) END, false);

-- Has the caller the right that a write needs, whatever its condition, size and type?
CREATE FUNCTION storage_private.may_write(
  role text, bucket storage.buckets, existing storage.objects, path text, condition text, writer uuid, type text)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE WHEN storage_private.has_operator_policies()
    THEN storage_private.may_put(role, bucket.id, path, writer, type, condition = 'create')
    ELSE storage_private.builtin_permits(
      storage_private.write_operation(existing, condition), role, bucket, existing.owner_id, path) END;
END $$;

CREATE TYPE storage_private.upload_answer AS (
  outcome text, operation text, policy text, blob_key text, backend text, bucket storage.buckets);

-- All of upload_begin but what the policies of operators say: where these have to be asked the outcome is ask, and it is called
-- again with their answer as allowed. Few statements, for this is half of what an upload costs the database.
CREATE FUNCTION storage_private.upload_decide(
  role text, bucket_ref text, path text, writer uuid, default_backend text, type text, bytes bigint, condition text, etags text[],
  link uuid, bucket_created timestamptz, allowed boolean) RETURNS storage_private.upload_answer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  answer storage_private.upload_answer;
  existing storage.objects;
  asks boolean;
BEGIN
  IF link IS NULL THEN
    SELECT b, o.id, o.owner_id, o.version, (SELECT p.of_operators FROM storage_private.policies p)
    INTO answer.bucket, existing.id, existing.owner_id, existing.version, asks
    FROM storage.buckets b LEFT JOIN storage.objects o ON o.bucket_id = b.id AND o.name = path WHERE b.name = bucket_ref;
  END IF;
  IF asks IS NULL THEN
    answer.bucket := CASE WHEN link IS NULL THEN storage_private.find_bucket(bucket_ref)
                     ELSE storage_private.linked_bucket(bucket_ref, bucket_created) END;
    existing := storage_private.find_object((answer.bucket).id, path);
    asks := storage_private.has_operator_policies();
  END IF;
  answer.outcome := CASE
    WHEN (answer.bucket).id IS NULL THEN CASE WHEN link IS NULL THEN storage_private.no_bucket(role) ELSE 'no_bucket' END
    WHEN link IS NOT NULL THEN nullif(storage_private.link_state(link, true), 'usable') END;
  IF answer.outcome IS NOT NULL THEN
    RETURN answer;
  END IF;
  answer.operation := storage_private.write_operation(existing, condition);
  answer.outcome := CASE
    WHEN asks AND allowed IS NULL THEN 'ask'
    WHEN NOT coalesce(allowed, storage_private.builtin_permits(
      answer.operation, role, answer.bucket, existing.owner_id, path)) THEN 'denied'
    WHEN condition = 'create' AND existing.id IS NOT NULL THEN 'exists'
    WHEN condition IN ('match', 'exists') AND existing.id IS NULL THEN 'precondition'
    WHEN condition = 'match' AND '"' || existing.version::text || '"' <> ALL (etags) THEN 'precondition'
    ELSE coalesce(storage_private.limit_violation(answer.bucket, bytes, type), 'permitted') END;
  IF answer.outcome = 'permitted' THEN
    answer.backend := coalesce((answer.bucket).backend, default_backend);
    answer.blob_key := storage_private.blob_begin((answer.bucket).id, path, gen_random_uuid(), writer, answer.backend);
  ELSIF answer.outcome = 'denied' THEN
    answer.operation := storage_private.told_operation(role, answer.bucket, existing, answer.operation);
    answer.policy := storage_private.denying_policy(
      answer.operation, role, answer.bucket, CASE answer.operation WHEN 'update' THEN existing.owner_id END, path);
  END IF;
  RETURN answer;
END $$;

-- Before the first byte: may the caller write this, and does it fit? Outcomes: permitted (the blob is in the ledger),
-- denied (operation says which right is missing, policy why), no_bucket, exists, precondition, size, type. Under a link, which
-- is null without one, also revoked and used; then its creator is the caller.
CREATE FUNCTION storage_private.upload_begin(
  role text, claims text, bucket_ref text, path text, writer uuid, default_backend text,
  type text, bytes bigint, condition text, etags text[], link uuid, bucket_created timestamptz)
RETURNS storage_private.upload_answer LANGUAGE plpgsql AS $$
DECLARE
  answer storage_private.upload_answer;
BEGIN
  IF link IS NOT NULL THEN
    SELECT c.role, c.claims INTO role, claims FROM storage_private.link_creator(link) c;
  END IF;
  claims := storage_private.bind(claims);
  answer := storage_private.upload_decide(
    role, bucket_ref, path, writer, default_backend, type, bytes, condition, etags, link, bucket_created, NULL);
  IF answer.outcome = 'ask' THEN
    answer := storage_private.upload_decide(
      role, bucket_ref, path, writer, default_backend, type, bytes, condition, etags, link, bucket_created,
      storage_private.may_put(role, (answer.bucket).id, path, writer, type, condition = 'create'));
  END IF;
  RETURN answer;
END $$;

-- After the last byte is stable: the object appears, and a use of the link is counted, or everything is as before.
CREATE FUNCTION storage_private.upload_commit(
  role text, claims text, bucket_id text, path text, blob_key text, bytes bigint, digest text,
  type text, cache text, encoding text, metadata text, condition text, etags text[], link uuid) RETURNS storage.objects
LANGUAGE plpgsql AS $$
DECLARE
  done boolean := storage_private.blob_stored(blob_key, bytes, digest);
BEGIN
  IF link IS NOT NULL THEN
    SELECT c.role, c.claims INTO role, claims FROM storage_private.link_creator(link) c;
    IF role IS NULL OR NOT storage_private.use_link(link) THEN
      RAISE EXCEPTION 'the link was used or revoked' USING ERRCODE = 'ASU01';
    END IF;
  END IF;
  claims := storage_private.bind(claims);
  done := storage_private.write_row(
    role, bucket_id, path, blob_key, type, cache, encoding, metadata::jsonb, condition, etags);
  RETURN storage_private.find_object(bucket_id, path);
END $$;

-- The uploader gives up its own blob. True when it was still unfinished, so that the bytes may be deleted now.
CREATE FUNCTION storage_private.blob_abandon(blob_key text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH abandoned AS (
     UPDATE storage.blobs
     SET state = 'garbage', not_before = clock_timestamp() + (SELECT failed_grace FROM storage_private.configuration)
     WHERE key = blob_key AND state = 'writing' RETURNING 1)
   SELECT EXISTS (SELECT FROM abandoned) $$;

-- The bytes of garbage are gone.
CREATE FUNCTION storage_private.blob_forget(blob_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ DELETE FROM storage.blobs WHERE key = blob_key AND state IN ('garbage', 'deleting') $$;

-- Outcomes: deleted, missing, denied, no_bucket.
CREATE FUNCTION storage_private.object_delete(
  role text, claims text, bucket_ref text, path text, condition text, etags text[], OUT outcome text, OUT policy text)
LANGUAGE plpgsql AS $$
DECLARE
  bucket storage.buckets;
  owner text;
  current text;
  there uuid;
  passed_over uuid;
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  role := storage_private.assume(role);
  FOR attempt IN 1..100 LOOP -- others may delete it and create another between the two statements
    DELETE FROM storage.objects o
    WHERE o.bucket_id = bucket.id AND o.name = path AND (condition <> 'match' OR '"' || o.version::text || '"' = ANY (etags));
    IF FOUND THEN
      outcome := 'deleted';
      EXIT;
    END IF;
    SELECT o.id, '"' || o.version::text || '"', o.owner_id INTO there, current, owner
    FROM storage.objects o WHERE o.bucket_id = bucket.id AND o.name = path;
    EXIT WHEN there IS NULL OR there = passed_over OR condition = 'match' AND current <> ALL (etags);
    passed_over := there;
  END LOOP;
  PERFORM set_config('role', 'none', true);
  IF condition = 'match' AND current <> ALL (etags) THEN
    RAISE EXCEPTION 'the object has another version' USING ERRCODE = 'ASC02';
  END IF;
  outcome := CASE WHEN outcome IS NOT NULL THEN outcome WHEN current IS NOT NULL THEN 'denied'
                  ELSE storage_private.absence(bucket, role) END;
  policy := CASE outcome WHEN 'denied' THEN storage_private.denying_policy('delete', role, bucket, owner, path) END;
END $$;

-- Buckets ------------------------------------------------------------------------------------------------------------

-- Raises unique_violation when id or name is taken, insufficient_privilege when the caller may not.
CREATE FUNCTION storage_private.bucket_create(
  role text, claims text, id text, name text, policy text, mime_types text[], size_limit bigint, backend text,
  redirect_reads_from bigint)
RETURNS storage.buckets
LANGUAGE plpgsql AS $$
DECLARE
  caller text;
BEGIN
  claims := storage_private.bind(claims);
  caller := storage_private.caller_id();
  role := storage_private.assume(role);
  INSERT INTO storage.buckets (id, name, owner_id, policy, allowed_mime_types, max_file_size, backend, redirect_reads_from)
  VALUES (id, name, caller, policy, mime_types, size_limit, backend, redirect_reads_from);
  PERFORM set_config('role', 'none', true);
  RETURN storage_private.find_bucket(id);
END $$;

-- Outcomes: found, no_bucket, denied.
CREATE FUNCTION storage_private.bucket_find(
  role text, claims text, bucket_ref text, OUT outcome text, OUT bucket storage.buckets)
LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  role := storage_private.assume(role);
  SELECT b.* INTO bucket FROM storage.buckets b WHERE b.id = bucket_ref OR b.name = bucket_ref;
  PERFORM set_config('role', 'none', true);
  outcome := CASE WHEN bucket.id IS NULL THEN storage_private.no_bucket(role) ELSE 'found' END;
END $$;

-- Why a bucket was not changed: denied to those who see it.
CREATE FUNCTION storage_private.bucket_refusal(role text, claims text, bucket_ref text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer record := storage_private.bucket_find(role, claims, bucket_ref);
BEGIN
  RETURN CASE answer.outcome WHEN 'found' THEN 'denied' ELSE answer.outcome END;
END $$;

-- search: a part of the name, in upper or lower case, or null; sort: name, id, created_at or updated_at
CREATE FUNCTION storage_private.bucket_list(
  role text, claims text, page_limit int, page_offset int, search text, sort text, descending boolean)
RETURNS SETOF storage.buckets LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  role := storage_private.assume(role);
  RETURN QUERY EXECUTE format(
    'SELECT b.* FROM storage.buckets b WHERE $1 IS NULL OR strpos(lower(b.name), lower($1)) > 0 ORDER BY b.%1$I %2$s, b.name %2$s LIMIT $2 OFFSET $3',
    sort, CASE WHEN descending THEN 'DESC' ELSE 'ASC' END) USING search, page_limit, page_offset;
  PERFORM set_config('role', 'none', true);
END $$;

-- Outcomes: deleted, denied, no_bucket. Raises foreign_key_violation when objects are in it.
CREATE FUNCTION storage_private.bucket_delete(role text, claims text, bucket_ref text, OUT outcome text)
LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  role := storage_private.assume(role);
  DELETE FROM storage.buckets b WHERE b.id = bucket_ref OR b.name = bucket_ref;
  IF FOUND THEN
    outcome := 'deleted';
  END IF;
  PERFORM set_config('role', 'none', true);
  outcome := coalesce(outcome, storage_private.bucket_refusal(role, claims, bucket_ref));
END $$;

-- Instances ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION storage_private.instance_beat(instance uuid, build text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ INSERT INTO storage.instances (id, version) VALUES (instance, build)
   ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp() $$;

CREATE FUNCTION storage_private.instance_end(instance uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ DELETE FROM storage.instances WHERE id = instance $$;

CREATE FUNCTION storage_private.installation() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT installation FROM storage_private.configuration $$;

CREATE FUNCTION storage_private.schema_version() RETURNS TABLE (migration int, serves_since int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT c.migration, c.serves_since FROM storage_private.configuration c $$;

-- Rights -------------------------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
-- Policies call these by oid; without USAGE on the schema nobody can call them by name.
GRANT EXECUTE ON FUNCTION
  storage_private.caller_id(),
  storage_private.reads_whole(storage.buckets, text, text),
  storage_private.object_permits(text, text, text, text, text)
TO anon, authenticated, service_role;

-- Operator policies may call functions that rely on public; names of our own are qualified everywhere. The temporary
-- schema, which comes first for types and tables where it is not named, comes last.
CREATE PROCEDURE storage_private.fix_search_paths() LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  unfixed regprocedure;
BEGIN
  FOR unfixed IN SELECT p.oid FROM pg_catalog.pg_proc p
                 WHERE p.pronamespace = 'storage_private'::regnamespace AND p.proconfig IS NULL AND p.prosqlbody IS NULL LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', unfixed);
  END LOOP;
END $$;
REVOKE ALL ON PROCEDURE storage_private.fix_search_paths() FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
