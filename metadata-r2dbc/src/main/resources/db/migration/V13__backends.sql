-- Several backends: who chooses that of a bucket, and what a gateway has to know of those that it does not have.

SET ROLE storage_owner;

-- Where files are stored costs somebody money, and who reads past the gateway is not seen by it: the service decides both,
-- whatever policies say of the rest of the row. The argument is the column.
CREATE FUNCTION storage_private.service_chooses() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user <> 'storage_owner' AND NOT pg_has_role(current_user, 'service_role', 'USAGE') THEN
    RAISE EXCEPTION 'only service_role chooses the % of a bucket', TG_ARGV[0]
      USING ERRCODE = 'insufficient_privilege', COLUMN = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER builtin_backend_named BEFORE INSERT ON storage.buckets FOR EACH ROW
  WHEN (NEW.backend IS NOT NULL) EXECUTE FUNCTION storage_private.service_chooses('backend');
CREATE TRIGGER builtin_backend_changed BEFORE UPDATE ON storage.buckets FOR EACH ROW
  WHEN (NEW.backend IS DISTINCT FROM OLD.backend) EXECUTE FUNCTION storage_private.service_chooses('backend');
CREATE TRIGGER builtin_redirects_named BEFORE INSERT ON storage.buckets FOR EACH ROW
  WHEN (NEW.redirect_reads_from IS NOT NULL) EXECUTE FUNCTION storage_private.service_chooses('redirect_reads_from');
CREATE TRIGGER builtin_redirects_changed BEFORE UPDATE ON storage.buckets FOR EACH ROW
  WHEN (NEW.redirect_reads_from IS DISTINCT FROM OLD.redirect_reads_from)
  EXECUTE FUNCTION storage_private.service_chooses('redirect_reads_from');

-- Backends that were in use and are none of these, and still have blobs. Looks at blobs only for such.
CREATE FUNCTION storage_private.backends_missed(configured text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT ARRAY(SELECT v.backend FROM storage_private.volumes v
                WHERE v.backend <> ALL (configured)
                  AND EXISTS (SELECT FROM storage.blobs b WHERE b.backend = v.backend)
                ORDER BY v.backend) $$;

REVOKE ALL ON FUNCTION storage_private.service_chooses(), storage_private.backends_missed(text[]) FROM PUBLIC;

RESET ROLE;
