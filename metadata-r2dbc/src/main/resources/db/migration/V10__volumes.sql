-- Which volume the files of a backend lie on, so that no gateway starts with another one, or with an empty mount point.

SET ROLE storage_owner;

CREATE TABLE storage_private.volumes (
  backend  text PRIMARY KEY,
  volume   uuid NOT NULL,
  bound_at timestamptz NOT NULL DEFAULT now()
);

-- The volume the backend is bound to: this one, when it was bound to none.
CREATE FUNCTION storage_private.bind_volume(new_backend text, new_volume uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO storage_private.volumes (backend, volume) VALUES (new_backend, new_volume) ON CONFLICT DO NOTHING;
  RETURN (SELECT v.volume FROM storage_private.volumes v WHERE v.backend = new_backend);
END $$;

REVOKE ALL ON FUNCTION storage_private.bind_volume(text, uuid) FROM PUBLIC;

RESET ROLE;
