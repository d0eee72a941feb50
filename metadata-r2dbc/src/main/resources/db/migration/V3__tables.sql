SET ROLE storage_owner;

CREATE TABLE storage.buckets (
  id                  text COLLATE "C" PRIMARY KEY,
  name                text COLLATE "C" NOT NULL UNIQUE,
  owner_id            text,
  policy              text NOT NULL DEFAULT 'private'
                      CHECK (policy IN ('public', 'authenticated', 'private', 'personal')),
  public              boolean GENERATED ALWAYS AS (policy = 'public') STORED,
  allowed_mime_types  text[],
  max_file_size       bigint CHECK (max_file_size > 0),
  backend             text CHECK (backend ~ '^[a-z0-9-]{1,63}$'),
  redirect_reads_from bigint CHECK (redirect_reads_from >= 0),
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN storage.buckets.id IS 'A UUID, or the name where a client asked for it; ids and names never collide';
COMMENT ON COLUMN storage.buckets.owner_id IS 'sub of the creator; null for a bucket made by service_role without one';
COMMENT ON COLUMN storage.buckets.max_file_size IS 'Bytes; null for no limit but the gateway''s own';
COMMENT ON COLUMN storage.buckets.backend IS 'Where new objects go; null for the gateway''s default. Those that are there stay where they are';
COMMENT ON COLUMN storage.buckets.redirect_reads_from IS 'Bytes; objects from this size on are read from their backend itself, by a link; null for none';

-- The ledger: every blob that exists or may exist in a backend.
--   writing -> live -> garbage -> deleting -> row gone;  writing -> garbage when the writer failed or died
CREATE TABLE storage.blobs (
  key           text COLLATE "C" PRIMARY KEY,
  backend       text NOT NULL,
  state         text NOT NULL DEFAULT 'writing',
  bucket_id     text COLLATE "C" NOT NULL,
  name          text COLLATE "C" NOT NULL,
  owner_id      text,
  version       uuid NOT NULL,
  writer        uuid NOT NULL,
  size          bigint,
  sha256        text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  not_before    timestamptz,
  last_verified timestamptz,
  CHECK (CASE state WHEN 'writing' THEN true -- one CHECK: every statement prepares each anew
                    WHEN 'live' THEN size >= 0 AND size IS NOT NULL AND sha256 IS NOT NULL
                    ELSE state IN ('garbage', 'deleting') AND not_before IS NOT NULL END)
);
-- For the sweeper and the collector, whose questions have to contain these conditions beside the state. Conditions on the
-- state itself would offer these indexes to questions by key: while they are empty they look cheaper than the primary key,
-- and a plan made then scans all of the index at every commit later on.
CREATE INDEX blobs_writing ON storage.blobs (writer) WHERE size IS NULL;
CREATE INDEX blobs_due ON storage.blobs (not_before) WHERE not_before IS NOT NULL;
COMMENT ON COLUMN storage.blobs.bucket_id IS 'Together with name and owner_id: what the blob is written for, and by whom';
COMMENT ON COLUMN storage.blobs.writer IS 'The gateway instance that writes or wrote it';
COMMENT ON COLUMN storage.blobs.not_before IS 'The bytes of garbage stay at least until then';

CREATE TABLE storage.objects (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  bucket_id        text COLLATE "C" NOT NULL REFERENCES storage.buckets (id),
  name             text COLLATE "C" NOT NULL -- whoever writes it: none that a client could not address
                   CHECK (octet_length(name) BETWEEN 1 AND 1024 AND name !~ '^/|[\x01-\x1f\x7f]|(^|/)\.\.?(/|$)'),
  owner_id         text,
  version          uuid NOT NULL,
  blob_key         text COLLATE "C" NOT NULL REFERENCES storage.blobs (key),
  backend          text NOT NULL,
  size             bigint NOT NULL,
  checksum         text NOT NULL,
  content_type     text NOT NULL,
  cache_control    text NOT NULL,
  content_encoding text,
  user_metadata    jsonb CHECK (jsonb_typeof(user_metadata) = 'object'),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  last_accessed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (bucket_id, name)
);
CREATE INDEX objects_by_owner ON storage.objects (bucket_id, owner_id, name);
CREATE INDEX objects_by_blob ON storage.objects (blob_key);
COMMENT ON COLUMN storage.objects.name IS 'The path inside the bucket; the API calls it path';
COMMENT ON COLUMN storage.objects.checksum IS 'Lower-case hex of the SHA-256 of the bytes';
COMMENT ON COLUMN storage.objects.version IS 'New with every write of bytes or metadata; the ETag is this in quotation marks';

-- What happened, written in the transaction that did it. Rows are numbered later: see V18.
CREATE TABLE storage.events (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sequence      bigint UNIQUE,
  type          text NOT NULL,
  bucket_id     text COLLATE "C" NOT NULL,
  bucket        text COLLATE "C" NOT NULL,
  bucket_policy text,
  object_id     uuid,
  path          text COLLATE "C",
  old_bucket_id text COLLATE "C",
  old_bucket    text COLLATE "C",
  old_path      text COLLATE "C",
  owner_id      text,
  size          bigint,
  content_type  text,
  version       uuid,
  actor         text,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX events_unnumbered ON storage.events (id) WHERE sequence IS NULL;
CREATE INDEX events_of_gone_buckets ON storage.events (bucket_id, id) WHERE type = 'storage.bucket.deleted';
COMMENT ON COLUMN storage.events.sequence IS 'The order in which all readers get them, without holes; null until it is given';
COMMENT ON COLUMN storage.events.bucket_policy IS 'That of the bucket at the time: who could read then; null when the same statement deleted the bucket';

CREATE TABLE storage.instances (
  id           uuid PRIMARY KEY,
  version      text NOT NULL,
  started_at   timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE storage.instances IS 'Leases of the running gateways: one that stops beating is dead and its unfinished blobs are swept';

-- An object on its way to another bucket: between its DELETE and its INSERT, both by the caller, its blob stays live and its
-- identity is kept here. Only the gateway's login role can make an entry; it does not outlive its transaction.
CREATE TABLE storage_private.moves (
  object_id  uuid PRIMARY KEY,
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  blob_key   text COLLATE "C" NOT NULL,
  owner_id   text,
  version    uuid NOT NULL,
  created_at timestamptz NOT NULL,
  bucket_id  text COLLATE "C" NOT NULL,
  path       text COLLATE "C" NOT NULL
);

-- What triggers have to know, also when a plain SQL client fires them. One row.
CREATE TABLE storage_private.configuration (
  only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  installation  uuid NOT NULL DEFAULT gen_random_uuid(),
  failed_grace  interval NOT NULL DEFAULT interval '15 minutes',
  deleted_grace interval NOT NULL DEFAULT interval '24 hours',
  migration     int NOT NULL DEFAULT 0,
  serves_since  int NOT NULL DEFAULT 0
);
COMMENT ON COLUMN storage_private.configuration.migration IS 'The number of the last one';
COMMENT ON COLUMN storage_private.configuration.serves_since IS
  'Gateways whose last migration is an older one can not work with this schema. Raised by a migration that takes away what they use';
INSERT INTO storage_private.configuration DEFAULT VALUES;

CREATE VIEW storage.storage_buckets WITH (security_invoker = true) AS
SELECT id, name, owner_id, policy, allowed_mime_types, max_file_size, backend, redirect_reads_from, created_at, updated_at
FROM storage.buckets;

CREATE VIEW storage.storage_objects WITH (security_invoker = true) AS
SELECT id, bucket_id, name AS path, owner_id, size, content_type, checksum, user_metadata AS metadata, created_at, updated_at
FROM storage.objects;

GRANT SELECT, INSERT, UPDATE, DELETE ON storage.buckets, storage.objects TO anon, authenticated, service_role;
GRANT SELECT ON storage.storage_buckets, storage.storage_objects TO anon, authenticated, service_role;

RESET ROLE;
