-- Pages of objects by keyset, never by counting rows off: a page costs what it shows. Folders are skipped through, one
-- index probe each, however much is in them.

SET ROLE storage_owner;

CREATE FUNCTION storage.parent(name text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN regexp_replace(name, '[^/]*$', '');

ALTER TABLE storage.objects ADD COLUMN parent text COLLATE "C" GENERATED ALWAYS AS (storage.parent(name)) STORED;
COMMENT ON COLUMN storage.objects.parent IS 'The folder with its last slash; empty at the top';

CREATE INDEX objects_by_creation ON storage.objects (bucket_id, created_at, name);
CREATE INDEX objects_by_update ON storage.objects (bucket_id, updated_at, name);
CREATE INDEX objects_of_owner_by_creation ON storage.objects (bucket_id, owner_id, created_at, name);
CREATE INDEX objects_of_owner_by_update ON storage.objects (bucket_id, owner_id, updated_at, name);
CREATE INDEX objects_in_folder_by_creation ON storage.objects (bucket_id, parent, created_at, name);
CREATE INDEX objects_in_folder_by_update ON storage.objects (bucket_id, parent, updated_at, name);

-- Made anew to be the last: of indexes that look equally cheap, as all do while a table is empty, PostgreSQL takes the youngest.
-- Each of the above has bucket_id and name, too, and would be read for all of the bucket by a plan that was made then.
ALTER TABLE storage.objects DROP CONSTRAINT objects_bucket_id_name_key;
ALTER TABLE storage.objects ADD CONSTRAINT objects_bucket_id_name_key UNIQUE (bucket_id, name);

-- The first text behind all that begin so, in the order of code points; null when there is no simple one.
CREATE FUNCTION storage_private.prefix_end(prefix text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN prefix = '' OR ascii(right(prefix, 1)) IN (55295, 1114111) THEN NULL
  ELSE left(prefix, -1) || chr(ascii(right(prefix, 1)) + 1) END;

-- Where a page by name begins: from here on going up, before this going down.
CREATE FUNCTION storage_private.page_start(prefix text, descending boolean, after_folder boolean, after_name text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN after_name IS NULL THEN CASE WHEN descending THEN storage_private.prefix_end(prefix) ELSE prefix END
  WHEN descending THEN after_name
  WHEN after_folder THEN left(after_name, -1) || '0' -- the character behind the slash
  ELSE after_name || chr(1) END;

-- The statement of a page. Row security is judged before whatever else might look at a row, and all functions of texts
-- might: only comparisons of columns with plain values reach an index. Hence the column next, and own, which says once more
-- what row security says of callers who see just what they own. Parameters:
--   $1 bucket  $2 prefix  $3 end of the prefix or null  $4 first character behind the prefix  $5 page_start
--   $6 name and $7 time of the last object before  $8 caller  $9 search or null  $10 rows to skip  $11 rows to return
--   $12 the bucket's name
CREATE FUNCTION storage_private.page_query(delimited boolean, sort text, descending boolean, behind_folders boolean, own boolean)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  direction text := CASE WHEN descending THEN 'DESC' ELSE 'ASC' END;
  visible text := 'FROM storage.objects o WHERE o.bucket_id = $1' || CASE WHEN own THEN ' AND o.owner_id = $8' ELSE '' END;
  below text := ' AND o.name >= $2 AND ($3 IS NULL OR o.name < $3) AND starts_with(o.name, $2)';
  child text := 'left(%1$s, $4 - 1 + strpos(substr(%1$s, $4), ''/''))';
  behind text := 'left(%s, -1) || ''0'''; -- the character behind the slash
  deeper text := 'strpos(substr(%s, $4), ''/'') > 0';
  wanted text := ' ($9 IS NULL OR strpos(lower(substr(%s, $4)), lower($9)) > 0) ';
  folder text := format(child, 'o.name');
  files text;
BEGIN
  IF sort = 'name' AND NOT delimited THEN
    RETURN format('SELECT NULL::text, $12::text, NULL::text, o %s AND ($5 IS NULL OR o.name %s $5) AND %s ORDER BY o.name %s LIMIT $11 OFFSET $10',
      visible || below, CASE WHEN descending THEN '<' ELSE '>=' END, format(wanted, 'o.name'), direction);
  ELSIF sort = 'name' THEN
    RETURN format($q$
      WITH RECURSIVE page AS (
        (%1$s %2$s AND ($5 IS NULL OR o.name %3$s $5) ORDER BY o.name %4$s LIMIT 1)
        UNION ALL
        SELECT n.* FROM page p CROSS JOIN LATERAL (%1$s %2$s AND o.name %3$s p.next ORDER BY o.name %4$s LIMIT 1) n)
      SELECT NULL::text, $12::text, folder, CASE WHEN folder IS NULL THEN object END
      FROM page WHERE %5$s LIMIT $11 OFFSET $10 $q$,
      format('SELECT CASE WHEN %1$s THEN %2$s END AS folder, o AS object, CASE WHEN %1$s THEN %3$s ELSE %4$s END AS next ',
        format(deeper, 'o.name'), folder,
        CASE WHEN descending THEN folder ELSE format(behind, folder) END,
        CASE WHEN descending THEN 'o.name' ELSE 'o.name || chr(1)' END),
      visible || below, CASE WHEN descending THEN '<' ELSE '>=' END, direction,
      format(wanted, 'coalesce(left(folder, -1), (object).name)'));
  END IF;
  files := format('SELECT NULL::text AS folder, o AS object %s %s AND ($7 IS NULL OR (o.%I, o.name) %s ($7, $6)) AND %s ORDER BY o.%3$I %6$s, o.name %6$s LIMIT $10::bigint + $11',
    visible || below, CASE WHEN delimited THEN 'AND o.parent = storage.parent($2)' ELSE '' END, sort,
    CASE WHEN descending THEN '<' ELSE '>' END, format(wanted, 'o.name'), direction);
  IF NOT delimited OR behind_folders THEN
    RETURN format('SELECT NULL::text, $12::text, folder, object FROM (%s) files LIMIT $11 OFFSET $10', files);
  END IF;
  folder := format(child, 'o.parent');
  RETURN format($q$ -- the parts of an append are read one after the other
    WITH RECURSIVE folders AS (
      (%1$s AND o.parent >= $5 AND %2$s ORDER BY o.parent LIMIT 1)
      UNION ALL
      SELECT n.* FROM folders f CROSS JOIN LATERAL (%1$s AND o.parent >= f.next AND %2$s ORDER BY o.parent LIMIT 1) n)
    SELECT NULL::text, $12::text, folder, object FROM (
      SELECT folder, NULL::storage.objects AS object FROM folders WHERE %3$s
      UNION ALL
      SELECT * FROM (%4$s) files) entries
    LIMIT $11 OFFSET $10 $q$,
    format('SELECT %s AS folder, %s AS next %s', folder, format(behind, folder), visible),
    '($3 IS NULL OR o.parent < $3) AND starts_with(o.parent, $2) AND ' || format(deeper, 'o.parent'),
    format(wanted, 'left(folder, -1)'), files);
END $$;

-- A page of a bucket as the caller sees it. The first row is a header whose outcome is page, denied or no_bucket. Every
-- further one has the bucket's name and a folder (its full name, only when delimited) or an object.
--   sort     name, created_at, updated_at or last_accessed_at; names break ties; where times sort, folders come first
--   after_…  the last entry of the page before: the folder's or object's name, and the object's time where times sort
--   search   a part of the entry's own name, in upper or lower case; null for all
-- Entries come out of an index in their order. What row security lets through is taken for so little that PostgreSQL would rather read
-- all of a folder by bitmap and sort it, for each entry anew; it is told not to.
CREATE FUNCTION storage_private.object_page(
  role text, claims text, bucket_ref text, prefix text, delimited boolean, search text, sort text, descending boolean,
  after_folder boolean, after_name text, after_time timestamptz, skip int, size int)
RETURNS TABLE (outcome text, bucket_name text, folder text, object storage.objects)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
  bucket storage.buckets;
  caller text;
  own boolean; -- the caller sees no more than what he owns
  statement text;
  start text;
  stop text;
BEGIN
  claims := storage_private.bind(claims);
  bucket := storage_private.find_bucket(bucket_ref);
  caller := storage_private.caller_id();
  own := NOT storage_private.reads_whole(bucket, role, caller) AND NOT storage_private.has_operator_policies();
  outcome := CASE WHEN bucket.id IS NULL THEN storage_private.no_bucket(role)
                  WHEN role = 'anon' AND own THEN 'denied'
                  ELSE 'page' END;
  RETURN NEXT;
  IF outcome <> 'page' THEN RETURN; END IF;
  statement := storage_private.page_query(delimited, sort, descending, after_name IS NOT NULL AND NOT after_folder, own);
  start := storage_private.page_start(prefix, descending AND sort = 'name', after_folder, after_name);
  stop := storage_private.prefix_end(prefix);
  role := storage_private.assume(role);
  RETURN QUERY EXECUTE statement
    USING bucket.id, prefix, stop, length(prefix) + 1, start, after_name, after_time, caller, search, skip, size, bucket.name;
  PERFORM set_config('role', 'none', true);
END $$;

RESET ROLE;
