package io.aerodb.storage.upgrade;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packaged gateway as a later version of it: with one migration more, which adds to all there is. */
final class NewerGateway {

    static final int MIGRATION = 9999;

    /** What a migration may do while gateways of an older version run. */
    private static final String ADDITIONS = """
            SET ROLE storage_owner;
            DO $$
            DECLARE
              existing regclass;
              function regprocedure;
            BEGIN
              FOR existing IN SELECT oid FROM pg_class
                WHERE relnamespace IN ('storage'::regnamespace, 'storage_private'::regnamespace) AND relkind = 'r'
                ORDER BY oid
              LOOP
                EXECUTE format('ALTER TABLE %s ADD COLUMN later text NOT NULL DEFAULT ''so''', existing);
              END LOOP;
              FOR function IN SELECT oid FROM pg_proc WHERE pronamespace = 'storage_private'::regnamespace LOOP
                EXECUTE pg_get_functiondef(function); -- as when it was made faster: whoever has a plan of it makes a new one
              END LOOP;
            END $$;
            CREATE TABLE storage_private.later (id uuid PRIMARY KEY);
            CREATE INDEX objects_later ON storage.objects (bucket_id, later);
            CREATE FUNCTION storage_private.later(role text, claims text) RETURNS text
            LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT 'so' $$;
            REVOKE ALL ON FUNCTION storage_private.later FROM PUBLIC;
            RESET ROLE;
            """;

    private NewerGateway() {}

    /** Made once. */
    static Path jar() {
        return Jar.MADE;
    }

    private static final class Jar {

        static final Path MADE = made();

        private static Path made() {
            try {
                Path all = Files.createDirectories(Path.of("target", "gateways").toAbsolutePath());
                Path newer = Files.createTempDirectory(all, "newer-").resolve("newer.jar");
                Files.copy(Path.of(System.getProperty("gateway.jar")), newer);
                try (FileSystem jar = FileSystems.newFileSystem(newer)) {
                    Path migrations = jar.getPath("BOOT-INF/classes/db/migration");
                    Files.createDirectories(migrations);
                    Files.writeString(migrations.resolve("V%d__later.sql".formatted(MIGRATION)), ADDITIONS);
                }
                return newer;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
