-- What is found out about stored bytes, and about rights.

SET ROLE storage_owner;

-- Corrupt blobs ------------------------------------------------------------------------------------------------------

ALTER TABLE storage.blobs ADD COLUMN corrupt_since timestamptz;
COMMENT ON COLUMN storage.blobs.corrupt_since IS 'When its bytes were first found missing or other than stored; null for never';
CREATE INDEX blobs_corrupt ON storage.blobs (corrupt_since) WHERE corrupt_since IS NOT NULL;

-- The bytes of a live blob are missing or not what was stored. True the first time: then each object that has the blob gets
-- its event.
CREATE FUNCTION storage_private.blob_corrupt(blob_key text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ WITH marked AS (
     UPDATE storage.blobs b SET corrupt_since = clock_timestamp()
     WHERE b.key = blob_key AND b.state = 'live' AND b.corrupt_since IS NULL RETURNING b.key),
   told AS (
     INSERT INTO storage.events (type, bucket_id, bucket, object_id, path, owner_id, size, content_type, version)
     SELECT 'storage.object.corrupted', o.bucket_id, b.name, o.id, o.name, o.owner_id, o.size, o.content_type, o.version
     FROM marked m JOIN storage.objects o ON o.blob_key = m.key JOIN storage.buckets b ON b.id = o.bucket_id)
   SELECT EXISTS (SELECT FROM marked) $$;

REVOKE ALL ON FUNCTION storage_private.blob_corrupt(text) FROM PUBLIC;

RESET ROLE;
