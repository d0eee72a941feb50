package io.aerodb.storage.backend.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.OwnedVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One directory full of blobs, and whether it is the one it should be. Every method blocks.
 *
 * <pre>
 * .aerodb-volume                                                 the marker
 * .aerodb-installation                                           whose it is
 * .aerodb-token                                                  which state of its database used it last
 * .aerodb-disputed                                               that others use it, or a copy of it, too
 * .staging/{two hex}/{bucket}~{two hex}~{uuid}~{name}~{random}   unfinished writes, found by key
 * {bucket}/{two hex}/{uuid}~{name}                               blobs
 * </pre>
 */
final class Volume {

    static final String STAGING = ".staging";

    private static final String PROBE = "probe-";
    private static final byte[] PROBE_BYTES = {1, 2, 3, 4};

    private final Path root;
    private final Directories directories;
    private final Sync sync;
    private final BlobFiles blobs;
    private volatile @Nullable UUID owner;

    private Volume(Path root, Directories directories, Sync sync, BlobFiles blobs) {
        this.root = root;
        this.directories = directories;
        this.sync = sync;
        this.blobs = blobs;
    }

    /** Opens a volume, or makes one of an absent or empty directory. */
    static Volume open(LocalSettings settings, Sync sync) throws IOException {
        Directories directories = new Directories(sync);
        directories.ensureAll(settings.root().toAbsolutePath());
        Path root = settings.root().toRealPath();
        if (!VolumeMarker.isPresent(root)) {
            mark(root, directories, sync);
        }
        directories.ensure(root.resolve(STAGING));
        removeOldProbes(root.resolve(STAGING));
        FreeSpace freeSpace = new FreeSpace(Files.getFileStore(root), settings.minFreeBytes());
        return new Volume(
                root, directories, sync, new BlobFiles(root, VolumeMarker.read(root), directories, sync, freeSpace));
    }

    private static void mark(Path root, Directories directories, Sync sync) throws IOException {
        VolumeMarker.requireNew(root);
        StagingFile file = stage(root, directories, PROBE);
        try {
            VolumeMarker.create(root, file, sync);
        } finally {
            file.discard();
        }
    }

    /** What {@link #probe} leaves when the process dies; files right in the staging directory are nobody's blob. */
    private static void removeOldProbes(Path staging) throws IOException {
        Instant old = Instant.now().minus(Duration.ofMinutes(1));
        try (DirectoryStream<Path> probes = Files.newDirectoryStream(staging, PROBE + "*")) {
            for (Path probe : probes) {
                if (Files.getLastModifiedTime(probe, NOFOLLOW_LINKS).toInstant().isBefore(old)) {
                    Files.deleteIfExists(probe);
                }
            }
        }
    }

    /** The installation that the volume belongs to: this one, when it belonged to none. */
    UUID own(UUID installation) throws IOException {
        blobs.requireVolume();
        if (Directories.attributes(root.resolve(VolumeMarker.OWNER)) == null) {
            staged(file -> VolumeMarker.own(root, installation, file, sync));
        }
        owner = owner();
        return owner;
    }

    /** What is absent is so on this volume, and not because it was unmounted meanwhile. */
    OwnedVolume.Sign sign() throws IOException {
        blobs.requireVolume();
        UUID token = VolumeMarker.token(root);
        boolean disputed = VolumeMarker.isDisputed(root);
        blobs.requireVolume();
        return new OwnedVolume.Sign(token, disputed);
    }

    void mark(UUID token) throws IOException {
        staged(file -> VolumeMarker.mark(root, token, file, sync));
    }

    void dispute() throws IOException {
        staged(file -> VolumeMarker.dispute(root, file, sync));
    }

    void settle() throws IOException {
        blobs.requireVolume();
        VolumeMarker.settle(root, sync);
    }

    private void staged(Marking marking) throws IOException {
        blobs.requireVolume();
        StagingFile file = stage(root, directories, PROBE);
        try {
            marking.write(file);
        } finally {
            file.discard();
        }
    }

    @FunctionalInterface
    private interface Marking {

        void write(StagingFile file) throws IOException;
    }

    UUID owner() throws IOException {
        return VolumeMarker.owner(root);
    }

    private static StagingFile stage(Path root, Directories directories, String purpose) throws IOException {
        directories.ensure(root.resolve(STAGING));
        return StagingFile.create(root.resolve(STAGING).resolve(unique(purpose)));
    }

    UUID id() {
        return blobs.volume();
    }

    BlobFiles blobs() {
        return blobs;
    }

    /** Fails when this is not the volume that was opened or it can not be written durably. */
    void probe() throws IOException {
        blobs.requireVolume();
        requireOwner();
        Path name = root.resolve(STAGING).resolve(unique(PROBE));
        StagingFile file = stage(root, directories, PROBE);
        try {
            file.append(new ByteBuffer[] {ByteBuffer.wrap(PROBE_BYTES)}, PROBE_BYTES.length);
            file.seal(sync);
            file.linkTo(name);
            Files.delete(name);
        } finally {
            file.discard();
        }
    }

    /** The same as before, once it was said whose it is. */
    private void requireOwner() throws IOException {
        UUID before = owner;
        if (before != null && !before.equals(owner())) {
            throw new BackendException.Failed("the volume belongs to another installation now", null);
        }
    }

    /** A file name nobody else will think of. */
    static String unique(String prefix) {
        return prefix + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }
}
