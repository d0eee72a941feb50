package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.FaultPoints;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a volume, by blob key. Every method blocks.
 *
 * <p>Symbolic links below the root are never followed: each directory on the way is looked at itself before its child is
 * used, and files are opened with NOFOLLOW_LINKS. The directories are ours alone (0700), so nobody who could win the race
 * between the two needs to; Java's SecureDirectoryStream would close it but can make neither directories nor links.
 */
final class BlobFiles {

    private static final Logger log = LoggerFactory.getLogger(BlobFiles.class);

    private final Path root;
    private final UUID volume;
    private final Directories directories;
    private final Sync sync;
    private final FreeSpace freeSpace;

    BlobFiles(Path root, UUID volume, Directories directories, Sync sync, FreeSpace freeSpace) {
        this.root = root;
        this.volume = volume;
        this.directories = directories;
        this.sync = sync;
        this.freeSpace = freeSpace;
    }

    Path root() {
        return root;
    }

    /** The id of the volume that was opened. */
    UUID volume() {
        return volume;
    }

    /** Fails when another volume, or none, stands there now: what is written then would be lost when ours is back. */
    void requireVolume() throws IOException {
        if (!marked().equals(volume)) {
            throw new BackendException.Unavailable("another volume stands where this one was opened", null);
        }
    }

    private UUID marked() throws IOException {
        try {
            return VolumeMarker.read(root);
        } catch (BackendException.Failed notMounted) {
            throw new BackendException.Unavailable(String.valueOf(notMounted.getMessage()), notMounted);
        }
    }

    FreeSpace freeSpace() {
        return freeSpace;
    }

    Path file(BlobKey key) {
        return root.resolve(key.value());
    }

    /** Whether the blob is there; fails when something foreign has its name or stands in the way. */
    boolean exists(BlobKey key) throws IOException {
        BasicFileAttributes attributes = attributes(key);
        if (attributes != null && !attributes.isRegularFile()) {
            throw new BackendException.Failed("'%s' is no regular file".formatted(key), null);
        }
        return attributes != null;
    }

    /** The blob's facts; fails when something foreign stands in the way. */
    BlobStat stat(BlobKey key) throws IOException {
        BasicFileAttributes attributes = attributes(key);
        if (attributes == null) {
            throw missing(key);
        }
        if (!attributes.isRegularFile()) {
            requireVolume();
            throw new BackendException.Displaced(key);
        }
        return new BlobStat(
                key, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    private @Nullable BasicFileAttributes attributes(BlobKey key) throws IOException {
        Path file = file(key);
        return reachable(file) ? Directories.attributes(file) : null;
    }

    /** What is not there is missing only where the volume is. */
    BackendException missing(BlobKey key) throws IOException {
        requireVolume();
        return new BackendException.NotFound(key);
    }

    /** A new staging file for this key. */
    StagingFile stage(BlobKey key) throws IOException {
        requireVolume();
        directories.ensure(root.resolve(Volume.STAGING));
        Path directory = staging(key);
        directories.ensure(directory);
        return StagingFile.create(directory.resolve(StagingName.of(key)));
    }

    /**
     * Makes a staged file the blob of this key, bytes first, then name, then every directory on the way. When this fails
     * there is no blob.
     */
    void publish(StagingFile file, BlobKey key) throws IOException {
        Path name = file(key);
        Path fanOut = Directories.parentOf(name);
        seal(file, key);
        requireVolume();
        directories.ensureDurable(Directories.parentOf(fanOut));
        directories.ensureDurable(fanOut);
        FaultPoints.reach("local.before-link");
        link(file, key);
        try {
            FaultPoints.reach("local.after-link");
            file.unlink();
            FaultPoints.reach("local.before-directory-fsync");
            sync.directory(fanOut);
            FaultPoints.reach("local.after-directory-fsync");
        } catch (NoSuchFileException gone) {
            retract(key);
            throw swept(key, gone);
        } catch (IOException | RuntimeException failure) {
            retract(key);
            throw failure;
        }
    }

    private void seal(StagingFile file, BlobKey key) throws IOException {
        try {
            file.seal(sync);
        } catch (NoSuchFileException gone) {
            requireVolume();
            throw swept(key, gone);
        }
    }

    private void link(StagingFile file, BlobKey key) throws IOException {
        try {
            file.linkTo(file(key));
        } catch (FileAlreadyExistsException taken) {
            throw new BackendException.AlreadyExists(key);
        } catch (NoSuchFileException gone) {
            throw swept(key, gone);
        }
    }

    /** Somebody took the writer for dead; another write of the same content is welcome. */
    private static BackendException swept(BlobKey key, IOException gone) {
        return new BackendException.Unavailable("'%s' was deleted while it was written".formatted(key), gone);
    }

    /** Takes back a blob whose writer was told nothing yet. */
    void retract(BlobKey key) {
        try {
            Files.deleteIfExists(file(key));
            sync.directory(Directories.parentOf(file(key)));
        } catch (IOException failure) {
            log.warn("blob not taken back: key={} reason={}", key, Failures.reason(failure));
        }
    }

    /** Staging files first: a writer that links in between is then met by the removal of the blob itself. */
    void delete(BlobKey key) throws IOException {
        deleteStaged(key);
        FaultPoints.reach("local.staged-deleted");
        Path file = file(key);
        if (exists(key)) {
            Files.deleteIfExists(file);
        }
        FaultPoints.reach("local.blob-unlinked");
        if (reachable(file)) {
            sync.directory(Directories.parentOf(file)); // also when absent: an earlier try may have died before this
        }
    }

    private void deleteStaged(BlobKey key) throws IOException {
        Path directory = staging(key);
        if (!reachable(directory.resolve(StagingName.prefix(key)))) {
            return;
        }
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(
                directory, entry -> entry.getFileName().toString().startsWith(StagingName.prefix(key)))) {
            for (Path file : unfinished) {
                Files.deleteIfExists(file);
            }
        }
        sync.directory(directory);
    }

    /** Whether the two directories between the root and this path are there, as directories. */
    private boolean reachable(Path path) throws IOException {
        Path parent = Directories.parentOf(path);
        return directories.exists(Directories.parentOf(parent)) && directories.exists(parent);
    }

    private Path staging(BlobKey key) {
        return root.resolve(Volume.STAGING).resolve(key.value().split("/")[1]);
    }
}
