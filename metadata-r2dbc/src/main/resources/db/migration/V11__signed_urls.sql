-- Signed URLs: links that let whoever holds them download or upload one object. What a link allows stands in its token, which
-- the gateway signs; here stands what a token can't know: that it was revoked, and how often it was used.

SET ROLE storage_owner;

CREATE TABLE storage.signed_urls (
  id         uuid PRIMARY KEY,
  scope      text NOT NULL CHECK (scope IN ('download', 'upload')),
  bucket_id  text COLLATE "C" NOT NULL,
  name       text COLLATE "C" NOT NULL,
  owner_id   text,
  max_uses   int CHECK (max_uses > 0),
  uses       int NOT NULL DEFAULT 0 CHECK (uses <= max_uses),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX signed_urls_of_object ON storage.signed_urls (bucket_id, name, created_at, id);
CREATE INDEX signed_urls_by_expiry ON storage.signed_urls (expires_at);
COMMENT ON COLUMN storage.signed_urls.id IS 'The token''s jti';
COMMENT ON COLUMN storage.signed_urls.owner_id IS 'sub of the creator, who also owns what is uploaded by the link';
COMMENT ON COLUMN storage.signed_urls.max_uses IS 'Null when uses are not counted';

-- As whom a link uploads: its creator, with the claims that he showed when he signed it.
CREATE TABLE storage_private.link_creators (
  link   uuid PRIMARY KEY REFERENCES storage.signed_urls (id) ON DELETE CASCADE,
  role   text NOT NULL,
  claims text NOT NULL
);

ALTER TABLE storage.signed_urls ENABLE ROW LEVEL SECURITY;
CREATE POLICY builtin_service ON storage.signed_urls TO service_role USING (true) WITH CHECK (revoked_at IS NOT NULL);
-- Its creator and the owner of the bucket list and revoke a link, which is never taken back.
CREATE POLICY builtin_read ON storage.signed_urls FOR SELECT TO authenticated
  USING (owner_id = (SELECT storage_private.caller_id())
         OR EXISTS (SELECT FROM storage.buckets b
                    WHERE b.id = bucket_id AND b.owner_id = (SELECT storage_private.caller_id())));
CREATE POLICY builtin_revoke ON storage.signed_urls FOR UPDATE TO authenticated
  USING (owner_id = (SELECT storage_private.caller_id())
         OR EXISTS (SELECT FROM storage.buckets b
                    WHERE b.id = bucket_id AND b.owner_id = (SELECT storage_private.caller_id())))
  WITH CHECK (revoked_at IS NOT NULL);
GRANT SELECT, UPDATE (revoked_at) ON storage.signed_urls TO authenticated, service_role;

-- Signing ------------------------------------------------------------------------------------------------------------

-- One link for each path, by the caller. Times are whole seconds, as in tokens. Also removes some that are long expired: more
-- than it adds, so that the table stays as large as what is signed in a link's life.
CREATE FUNCTION storage_private.add_links(link_scope text, bucket text, paths text[], seconds bigint, most_uses int)
RETURNS SETOF storage.signed_urls LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH removed AS (
     DELETE FROM storage.signed_urls WHERE id IN (
       SELECT u.id FROM storage.signed_urls u WHERE u.expires_at < now() - interval '1 day'
       ORDER BY u.expires_at LIMIT 2 * cardinality(paths) FOR UPDATE SKIP LOCKED))
   INSERT INTO storage.signed_urls (id, scope, bucket_id, name, owner_id, max_uses, created_at, expires_at)
   SELECT gen_random_uuid(), link_scope, bucket, path, storage_private.caller_id(), most_uses,
          date_trunc('second', now()), date_trunc('second', now()) + make_interval(secs => seconds)
   FROM unnest(paths) path
   RETURNING * $$;

-- One link by which others upload as the caller.
CREATE FUNCTION storage_private.add_upload_link(role text, claims text, bucket text, path text, seconds bigint, most_uses int)
RETURNS storage.signed_urls LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  added storage.signed_urls := storage_private.add_links('upload', bucket, ARRAY[path], seconds, most_uses);
BEGIN
  INSERT INTO storage_private.link_creators VALUES (added.id, role, claims);
  RETURN added;
END $$;

-- Who sees an object may share it. Outcomes: signed, missing, denied, no_bucket.
CREATE FUNCTION storage_private.sign_download(
  role text, claims text, bucket_ref text, path text, seconds bigint, most_uses int,
  OUT outcome text, OUT bucket storage.buckets, OUT link storage.signed_urls)
LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
  ELSIF (storage_private.see_object(role, bucket.id, path)).id IS NULL THEN
    outcome := storage_private.absence(bucket, role);
  ELSE
    link := storage_private.add_links('download', bucket.id, ARRAY[path], seconds, most_uses);
    outcome := 'signed';
  END IF;
END $$;

-- The same for many: links for those of the paths that the caller sees, in no order. The first row is a header: signed,
-- denied or no_bucket.
CREATE FUNCTION storage_private.sign_downloads(
  role text, claims text, bucket_ref text, paths text[], seconds bigint, most_uses int)
RETURNS TABLE (outcome text, bucket storage.buckets, link storage.signed_urls) LANGUAGE plpgsql AS $$
DECLARE
  seen text[];
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  outcome := CASE WHEN bucket.id IS NULL THEN storage_private.no_bucket(role) ELSE 'signed' END;
  RETURN NEXT;
  IF bucket.id IS NOT NULL THEN
    role := storage_private.assume(role);
    seen := ARRAY(SELECT o.name FROM storage.objects o WHERE o.bucket_id = bucket.id AND o.name = ANY (paths));
    PERFORM set_config('role', 'none', true);
    RETURN QUERY SELECT NULL, bucket, added
                 FROM storage_private.add_links('download', bucket.id, seen, seconds, most_uses) added;
  END IF;
END $$;

-- Who may create the object, or with upsert overwrite what is there, may let others do it; he is asked again when they do.
-- Outcomes: signed, exists, denied (operation
-- says which right is missing), no_bucket.
CREATE FUNCTION storage_private.sign_upload(
  role text, claims text, bucket_ref text, path text, seconds bigint, most_uses int, upsert boolean, writer uuid,
  OUT outcome text, OUT operation text, OUT bucket storage.buckets, OUT link storage.signed_urls)
LANGUAGE plpgsql AS $$
DECLARE
  existing storage.objects;
  condition text := CASE WHEN upsert THEN 'overwrite' ELSE 'create' END;
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  IF bucket.id IS NULL THEN
    outcome := storage_private.no_bucket(role);
    RETURN;
  END IF;
  existing := storage_private.find_object(bucket.id, path);
  operation := storage_private.write_operation(existing, condition);
  IF NOT storage_private.may_write(role, bucket, existing, path, condition, writer, 'application/octet-stream') THEN
    outcome := 'denied';
    operation := storage_private.told_operation(role, bucket, existing, operation);
  ELSIF existing.id IS NOT NULL AND NOT upsert THEN
    outcome := 'exists';
  ELSE
    link := storage_private.add_upload_link(role, claims, bucket.id, path, seconds, most_uses);
    outcome := 'signed';
  END IF;
END $$;

-- Using --------------------------------------------------------------------------------------------------------------

-- What became of a link since it was signed: usable, revoked or used. One without a row is usable unless its uses count.
CREATE FUNCTION storage_private.link_state(link uuid, counted boolean) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce(
     (SELECT CASE WHEN u.revoked_at IS NOT NULL THEN 'revoked' WHEN u.uses >= u.max_uses THEN 'used' ELSE 'usable' END
      FROM storage.signed_urls u WHERE u.id = link),
     CASE WHEN counted THEN 'used' ELSE 'usable' END) $$;

-- Counts one use. Of several at a time each waits for the one before it, so there are never more than allowed.
CREATE FUNCTION storage_private.use_link(link uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH counted AS (
     UPDATE storage.signed_urls SET uses = uses + 1
     WHERE id = link AND revoked_at IS NULL AND uses < max_uses RETURNING 1)
   SELECT EXISTS (SELECT FROM counted) $$;

-- The bucket that a link was signed for, and no later one of the same id.
CREATE FUNCTION storage_private.linked_bucket(bucket text, bucket_created timestamptz) RETURNS storage.buckets
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT b FROM storage.buckets b WHERE b.id = bucket AND b.created_at = bucket_created $$;

CREATE FUNCTION storage_private.link_creator(link uuid) RETURNS storage_private.link_creators
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT c FROM storage_private.link_creators c WHERE c.link = link_creator.link $$;

-- The object of a download link; row security is not asked. Outcomes: found, missing, no_bucket, revoked, used. With spend a
-- use is counted, if it was found and they count.
CREATE FUNCTION storage_private.linked_object(
  link uuid, counted boolean, bucket_id text, bucket_created timestamptz, path text, spend boolean,
  OUT outcome text, OUT bucket storage.buckets, OUT object storage.objects)
LANGUAGE plpgsql AS $$
BEGIN
  bucket := storage_private.linked_bucket(bucket_id, bucket_created);
  IF bucket.id IS NULL THEN
    outcome := 'no_bucket';
    RETURN;
  END IF;
  outcome := storage_private.link_state(link, counted);
  IF outcome <> 'usable' THEN
    RETURN;
  END IF;
  object := storage_private.find_object(bucket.id, path);
  outcome := CASE WHEN object.id IS NULL THEN 'missing' ELSE 'found' END;
  IF outcome = 'found' AND counted AND spend AND NOT storage_private.use_link(link) THEN
    outcome := storage_private.link_state(link, counted);
  END IF;
END $$;

-- The links of a bucket go with it.
CREATE FUNCTION storage_private.bucket_links_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM storage.signed_urls u WHERE u.bucket_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER builtin_links_deleted AFTER DELETE ON storage.buckets
  FOR EACH ROW EXECUTE FUNCTION storage_private.bucket_links_deleted();

-- Listing and revoking -----------------------------------------------------------------------------------------------

-- The unexpired links of an object that the caller may revoke, newest first. The first row is a header: listed, denied or
-- no_bucket.
CREATE FUNCTION storage_private.link_list(
  role text, claims text, bucket_ref text, path text, page_limit int, page_offset int)
RETURNS TABLE (outcome text, bucket storage.buckets, link storage.signed_urls) LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  outcome := CASE WHEN bucket.id IS NULL THEN storage_private.no_bucket(role) ELSE 'listed' END;
  RETURN NEXT;
  role := storage_private.assume(role);
  RETURN QUERY SELECT NULL, bucket, u FROM storage.signed_urls u
               WHERE u.bucket_id = bucket.id AND u.name = path AND u.expires_at > now()
               ORDER BY u.created_at DESC, u.id LIMIT page_limit OFFSET page_offset;
  PERFORM set_config('role', 'none', true);
END $$;

-- Outcomes: revoked, missing (or somebody else's). To revoke twice is to revoke.
CREATE FUNCTION storage_private.link_revoke(role text, claims text, link uuid, OUT outcome text)
LANGUAGE plpgsql AS $$
BEGIN
  claims := storage_private.bind(claims);
  role := storage_private.assume(role);
  UPDATE storage.signed_urls u SET revoked_at = coalesce(u.revoked_at, clock_timestamp()) WHERE u.id = link;
  outcome := CASE WHEN FOUND THEN 'revoked' ELSE 'missing' END;
  PERFORM set_config('role', 'none', true);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA storage_private FROM PUBLIC;
CALL storage_private.fix_search_paths();

RESET ROLE;
