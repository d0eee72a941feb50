-- Who may create buckets: a setting of the gateway that a policy has to know, also when another SQL client acts.

SET ROLE storage_owner;

ALTER TABLE storage_private.configuration ADD COLUMN bucket_creation text NOT NULL DEFAULT 'authenticated'
  CHECK (bucket_creation IN ('authenticated', 'service_role'));
COMMENT ON COLUMN storage_private.configuration.bucket_creation IS 'What the gateway that started last was told';

-- For the policy, whose caller may not see the configuration.
CREATE FUNCTION storage_private.users_create_buckets() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT bucket_creation = 'authenticated' FROM storage_private.configuration $$;

ALTER POLICY builtin_create ON storage.buckets WITH CHECK (
  owner_id = (SELECT storage_private.caller_id()) AND (SELECT storage_private.users_create_buckets()));

CREATE FUNCTION storage_private.permit_bucket_creation(creators text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ UPDATE storage_private.configuration SET bucket_creation = creators WHERE bucket_creation <> creators $$;

REVOKE ALL ON FUNCTION storage_private.users_create_buckets(), storage_private.permit_bucket_creation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION storage_private.users_create_buckets() TO anon, authenticated, service_role;

RESET ROLE;
