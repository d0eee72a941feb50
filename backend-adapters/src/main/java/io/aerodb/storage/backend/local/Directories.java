package io.aerodb.storage.backend.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.aerodb.storage.backend.BackendException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The directories of one volume: for the owner only, never a symbolic link, and durable before a blob is in them. */
final class Directories {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int MAX_REMEMBERED = 50_000;

    private final Sync sync;
    /** Directories whose own entry is known to be on stable storage; forgetting one only costs a sync. */
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    Directories(Sync sync) {
        this.sync = sync;
    }

    /** What stands at this path itself, links not followed; null when there is nothing. */
    static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /** Whether the directory is there; fails when a link or anything else has its name. */
    boolean exists(Path directory) throws IOException {
        BasicFileAttributes attributes = attributes(directory);
        if (attributes != null && !attributes.isDirectory()) {
            throw new BackendException.Failed("'%s' is not a directory".formatted(directory.getFileName()), null);
        }
        return attributes != null;
    }

    /** Makes sure that the directory is there; says whether this call made it. */
    boolean ensure(Path directory) throws IOException {
        if (exists(directory)) {
            return false;
        }
        try {
            Files.createDirectory(directory, OWNER_ONLY);
            return true;
        } catch (FileAlreadyExistsException another) {
            return !exists(directory);
        }
    }

    /**
     * Makes sure that the directory is there and on stable storage. Finding it is not enough: another writer may have
     * made it and not yet synced its parent.
     */
    void ensureDurable(Path directory) throws IOException {
        boolean made = ensure(directory);
        if (made || !durable.contains(directory)) {
            sync.directory(parentOf(directory));
            remember(directory);
        }
    }

    /** Makes sure that a path of directories is there, links above the volume followed. */
    void ensureAll(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (Files.isDirectory(directory)) {
            return;
        }
        if (parent != null) {
            ensureAll(parent);
        }
        ensureDurable(directory);
    }

    static Path parentOf(Path path) {
        return Objects.requireNonNull(path.getParent(), "a path below the root has a parent");
    }

    private void remember(Path directory) {
        if (durable.size() >= MAX_REMEMBERED) {
            durable.clear();
        }
        durable.add(directory);
    }
}
