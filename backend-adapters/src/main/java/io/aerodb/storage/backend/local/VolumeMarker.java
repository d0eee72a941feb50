package io.aerodb.storage.backend.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.aerodb.storage.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The files that say that a directory is a volume of ours, and which, and of which installation: one line with a UUID in each.
 */
final class VolumeMarker {

    static final String NAME = ".aerodb-volume";
    static final String OWNER = ".aerodb-installation";
    static final String TOKEN = ".aerodb-token";
    static final String DISPUTED = ".aerodb-disputed";

    private static final int MAX_BYTES = 64;
    /** What a new volume may hold: our own first steps, and what mkfs puts at the root of a file system. */
    private static final Set<String> NOTHING = Set.of(Volume.STAGING, "lost+found");

    private VolumeMarker() {}

    static boolean isPresent(Path root) throws IOException {
        return Directories.attributes(root.resolve(NAME)) != null;
    }

    /** The id of the volume; fails when the marker is absent or damaged. */
    static UUID read(Path root) throws IOException {
        return read(root, NAME);
    }

    /** The installation that the volume belongs to; fails when that is not said. */
    static UUID owner(Path root) throws IOException {
        return read(root, OWNER);
    }

    /** Opens nothing but a file: a pipe would keep its reader for ever. */
    private static UUID read(Path root, String name) throws IOException {
        BasicFileAttributes found = Directories.attributes(root.resolve(name));
        if (found != null && !found.isRegularFile()) {
            throw new BackendException.Failed("the marker " + name + " is no file", null);
        }
        try (InputStream marker = Files.newInputStream(root.resolve(name), NOFOLLOW_LINKS)) {
            return UUID.fromString(new String(marker.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII).strip());
        } catch (NoSuchFileException absent) {
            throw new BackendException.Failed("the marker " + name + " is missing", absent);
        } catch (IllegalArgumentException noUuid) {
            throw new BackendException.Failed("the marker " + name + " holds no id", noUuid);
        }
    }

    /** Makes the directory a volume with a fresh id, unless another process was faster. */
    static void create(Path root, StagingFile file, Sync sync) throws IOException {
        create(root, NAME, UUID.randomUUID(), file, sync);
    }

    /** Makes it an installation's for good, unless another was faster. */
    static void own(Path root, UUID installation, StagingFile file, Sync sync) throws IOException {
        create(root, OWNER, installation, file, sync);
    }

    /** Null when there is none. */
    static @Nullable UUID token(Path root) throws IOException {
        return Directories.attributes(root.resolve(TOKEN)) == null ? null : read(root, TOKEN);
    }

    static boolean isDisputed(Path root) throws IOException {
        return Directories.attributes(root.resolve(DISPUTED)) != null;
    }

    static void dispute(Path root, StagingFile file, Sync sync) throws IOException {
        create(root, DISPUTED, UUID.randomUUID(), file, sync);
    }

    static void settle(Path root, Sync sync) throws IOException {
        Files.deleteIfExists(root.resolve(DISPUTED));
        sync.directory(root);
    }

    /** In the place of the last one. */
    static void mark(Path root, UUID token, StagingFile file, Sync sync) throws IOException {
        write(file, token, sync);
        file.renameTo(root.resolve(TOKEN));
        sync.directory(root);
    }

    private static void create(Path root, String name, UUID id, StagingFile file, Sync sync) throws IOException {
        try {
            write(file, id, sync);
            file.linkTo(root.resolve(name));
            sync.directory(root);
        } catch (FileAlreadyExistsException faster) {
            sync.directory(root);
        }
    }

    private static void write(StagingFile file, UUID id, Sync sync) throws IOException {
        byte[] line = (id + "\n").getBytes(StandardCharsets.US_ASCII);
        file.append(new ByteBuffer[] {ByteBuffer.wrap(line)}, line.length);
        file.seal(sync);
    }

    /** Fails when the directory holds anything and is no volume. */
    static void requireNew(Path root) throws IOException {
        try (DirectoryStream<Path> foreign = Files.newDirectoryStream(
                root, entry -> !NOTHING.contains(entry.getFileName().toString()))) {
            if (foreign.iterator().hasNext() && !isPresent(root)) {
                throw new BackendException.Failed(
                        "the directory is not empty and has no marker " + NAME + ": it is no volume of this product",
                        null);
            }
        }
    }
}
