-- Several backends: who chooses that of a bucket, and what a gateway has to know of those that it does not have.

SET ROLE storage_owner;

-- Where files are stored costs somebody money: the service decides, whatever policies say of the rest of the row.
CREATE FUNCTION storage_private.backend_chosen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user <> 'storage_owner' AND NOT pg_has_role(current_user, 'service_role', 'USAGE') THEN
    RAISE EXCEPTION 'only service_role chooses the backend of a bucket'
      USING ERRCODE = 'insufficient_privilege', COLUMN = 'backend';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER builtin_backend_named BEFORE INSERT ON storage.buckets FOR EACH ROW
  WHEN (NEW.backend IS NOT NULL) EXECUTE FUNCTION storage_private.backend_chosen();
CREATE TRIGGER builtin_backend_changed BEFORE UPDATE ON storage.buckets FOR EACH ROW
  WHEN (NEW.backend IS DISTINCT FROM OLD.backend) EXECUTE FUNCTION storage_private.backend_chosen();

-- Backends that were in use and are none of these, and still have blobs. Looks at blobs only for such.
CREATE FUNCTION storage_private.backends_missed(configured text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT ARRAY(SELECT v.backend FROM storage_private.volumes v
                WHERE v.backend <> ALL (configured)
                  AND EXISTS (SELECT FROM storage.blobs b WHERE b.backend = v.backend)
                ORDER BY v.backend) $$;

REVOKE ALL ON FUNCTION storage_private.backend_chosen(), storage_private.backends_missed(text[]) FROM PUBLIC;

RESET ROLE;
