package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory full of blobs. Every method blocks.
 *
 * <pre>
 * .aerodb-volume                                         the marker
 * .staging/{two hex}/{bucket}~{two hex}~{uuid}~{name}~{random}   unfinished writes, found by key
 * {bucket}/{two hex}/{uuid}~{name}                       blobs
 * </pre>
 *
 * <p>Symbolic links below the root are never followed: each directory on the way is looked at itself before its child is
 * used, and files are opened with NOFOLLOW_LINKS. The directories are ours alone (0700), so nobody who could win the race
 * between the two needs to; Java's SecureDirectoryStream would close it but can neither make directories nor links.
 */
final class Volume {

    static final String STAGING = ".staging";

    private static final Logger log = LoggerFactory.getLogger(Volume.class);
    private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

    private final Path root;
    private final Directories directories;
    private final FreeSpace freeSpace;
    private final UUID id;

    private Volume(Path root, Directories directories, FreeSpace freeSpace) throws IOException {
        this.root = root;
        this.directories = directories;
        this.freeSpace = freeSpace;
        this.id = VolumeMarker.read(root);
    }

    /** Opens a volume, or makes one of an absent or empty directory. */
    static Volume open(LocalSettings settings) throws IOException {
        Directories directories = new Directories(settings.fsync());
        directories.ensureAll(settings.root().toAbsolutePath());
        Path root = settings.root().toRealPath();
        if (!VolumeMarker.isPresent(root)) {
            mark(root, directories);
        }
        FreeSpace freeSpace = new FreeSpace(Files.getFileStore(root), settings.minFreeBytes());
        return new Volume(root, directories, freeSpace);
    }

    private static void mark(Path root, Directories directories) throws IOException {
        VolumeMarker.requireNew(root);
        StagingFile file = stage(root, directories, "marker");
        try {
            VolumeMarker.create(root, file, directories);
        } finally {
            file.discard();
        }
    }

    private static StagingFile stage(Path root, Directories directories, String purpose) throws IOException {
        directories.ensure(root.resolve(STAGING));
        return StagingFile.create(root.resolve(STAGING).resolve(unique(purpose)));
    }

    UUID id() {
        return id;
    }

    FreeSpace freeSpace() {
        return freeSpace;
    }

    Path root() {
        return root;
    }

    Path file(BlobKey key) {
        return root.resolve(key.value());
    }

    /** The blob's facts, null when there is none; fails when something foreign has its name or stands in the way. */
    @Nullable
    BlobStat find(BlobKey key) throws IOException {
        Path file = file(key);
        BasicFileAttributes attributes = reachable(file) ? Directories.attributes(file) : null;
        if (attributes == null) {
            return null;
        }
        if (!attributes.isRegularFile()) {
            throw new BackendException.Failed("'%s' is no regular file".formatted(key), null);
        }
        return new BlobStat(
                key, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    BlobStat stat(BlobKey key) throws IOException {
        BlobStat found = find(key);
        if (found == null) {
            throw new BackendException.NotFound(key);
        }
        return found;
    }

    /** A new staging file for this key. */
    StagingFile stage(BlobKey key) throws IOException {
        directories.ensure(root.resolve(STAGING));
        Path directory = staging(key);
        directories.ensure(directory);
        return StagingFile.create(directory.resolve(unique(stagingPrefix(key))));
    }

    /**
     * Makes a staged file the blob of this key, bytes first, then name, then every directory on the way. When this fails
     * there is no blob.
     */
    void publish(StagingFile file, BlobKey key) throws IOException {
        Path name = file(key);
        Path fanOut = Directories.parentOf(name);
        file.seal(directories);
        directories.ensureDurable(Directories.parentOf(fanOut));
        directories.ensureDurable(fanOut);
        link(file, key);
        try {
            file.unlink();
            directories.sync(fanOut);
        } catch (IOException | RuntimeException failure) {
            retract(key);
            throw failure;
        }
    }

    private void link(StagingFile file, BlobKey key) throws IOException {
        try {
            file.linkTo(file(key));
        } catch (FileAlreadyExistsException taken) {
            throw new BackendException.AlreadyExists(key);
        } catch (NoSuchFileException gone) {
            throw new BackendException.Failed("'%s' was deleted while it was written".formatted(key), gone);
        }
    }

    /** Takes back a blob whose writer was told nothing yet. */
    void retract(BlobKey key) {
        try {
            Files.deleteIfExists(file(key));
            directories.sync(Directories.parentOf(file(key)));
        } catch (IOException failure) {
            log.warn("blob not taken back: key={} reason={}", key, Failures.reason(failure));
        }
    }

    /** Staging files first: a writer that links in between is then met by the removal of the blob itself. */
    void delete(BlobKey key) throws IOException {
        deleteStaged(key);
        Path file = file(key);
        if (find(key) != null) {
            Files.deleteIfExists(file);
        }
        if (reachable(file)) {
            directories.sync(Directories.parentOf(file)); // also when absent: an earlier try may have died before this
        }
    }

    private void deleteStaged(BlobKey key) throws IOException {
        Path directory = staging(key);
        if (!reachable(directory.resolve(stagingPrefix(key)))) {
            return;
        }
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(
                directory, entry -> entry.getFileName().toString().startsWith(stagingPrefix(key)))) {
            for (Path file : unfinished) {
                Files.deleteIfExists(file);
            }
        }
        directories.sync(directory);
    }

    /** Fails when this is not the volume that was opened or it can not be written durably. */
    void probe() throws IOException {
        if (!VolumeMarker.read(root).equals(id)) {
            throw new BackendException.Failed("another volume stands where this one was opened", null);
        }
        Path name = root.resolve(STAGING).resolve(unique("probe"));
        StagingFile file = stage(root, directories, "probe");
        try {
            file.append(new ByteBuffer[] {ByteBuffer.wrap(PROBE)}, PROBE.length);
            file.seal(directories);
            file.linkTo(name);
            Files.delete(name);
        } finally {
            file.discard();
        }
    }

    /** Whether the two directories between the root and this path are there, as directories. */
    private boolean reachable(Path path) throws IOException {
        Path parent = Directories.parentOf(path);
        return directories.exists(Directories.parentOf(parent)) && directories.exists(parent);
    }

    private Path staging(BlobKey key) {
        return root.resolve(STAGING).resolve(key.value().split("/")[1]);
    }

    private static String stagingPrefix(BlobKey key) {
        return key.value().replace('/', '~') + "~";
    }

    private static String unique(String prefix) {
        return prefix + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }
}
