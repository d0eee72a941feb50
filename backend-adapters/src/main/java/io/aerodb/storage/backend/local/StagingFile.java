package io.aerodb.storage.backend.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.aerodb.storage.backend.FaultPoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is being written and has no name yet that a reader would look for. Blocking; one thread at a time. */
final class StagingFile {

    private static final Logger log = LoggerFactory.getLogger(StagingFile.class);
    private static final Set<OpenOption> NEW_FILE = Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final FileChannel channel;

    private StagingFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static StagingFile create(Path path) throws IOException {
        return new StagingFile(path, FileChannel.open(path, NEW_FILE, OWNER_ONLY));
    }

    /** Writes all remaining bytes of these buffers in order. */
    void append(ByteBuffer[] buffers, long remaining) throws IOException {
        for (long left = remaining; left > 0; ) {
            left -= channel.write(buffers);
        }
    }

    /** No more bytes: what was written is on stable storage afterwards, and its time is now. */
    void seal(Sync sync) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, NOFOLLOW_LINKS)
                .setTimes(FileTime.from(Instant.now()), null, null);
        FaultPoints.reach("local.before-fsync");
        sync.file(channel);
        FaultPoints.reach("local.after-fsync");
        channel.close();
    }

    /**
     * Gives the file its name, all at once. A hard link, because it fails when the name is taken, in one step and on every
     * kernel; a rename would replace the blob that is there, and a look beforehand could be too early.
     *
     * @throws java.nio.file.FileAlreadyExistsException when the name is taken
     * @throws java.nio.file.NoSuchFileException when this file was removed meanwhile
     */
    void linkTo(Path name) throws IOException {
        Files.createLink(name, path);
    }

    /** Gives the file its name, in the place of what had it. */
    void renameTo(Path name) throws IOException {
        Files.move(path, name, ATOMIC_MOVE);
    }

    /** Takes the staging name away; a name given by {@link #linkTo} stays. */
    void unlink() throws IOException {
        Files.delete(path);
    }

    /** Closes and removes the file. What can't be removed now is left to a delete of its key. */
    void discard() {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (IOException failure) {
            log.warn("staging file left behind: file={} reason={}", path.getFileName(), Failures.reason(failure));
        }
    }
}
