package io.aerodb.storage.gateway.embedded;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One gateway per data directory. The operating system keeps the lock for as long as this process lives, so nothing has
 * to be cleaned up after a crash; the file stays, and names the process that held it last.
 */
final class DirectoryLock implements AutoCloseable {

    /** Closing any descriptor of a file gives up the process's locks on it, so a file is never opened twice in here. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** @throws StartRefused when another gateway, in this process or another, has the directory */
    static DirectoryLock acquire(DataDirectory directory) {
        Path file = directory.lock();
        if (!HELD_HERE.add(file)) {
            throw taken(directory, ProcessHandle.current().pid() + "");
        }
        try {
            return acquire(directory, file);
        } catch (IOException failure) {
            HELD_HERE.remove(file);
            throw new StartRefused("The file %s can not be locked: %s".formatted(file, failure), failure);
        } catch (StartRefused refused) {
            HELD_HERE.remove(file);
            throw refused;
        }
    }

    private static DirectoryLock acquire(DataDirectory directory, Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(CREATE, READ, WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (channel.tryLock() == null) {
            channel.close();
            throw taken(directory, Files.readString(file).strip());
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        return new DirectoryLock(file, channel);
    }

    private static StartRefused taken(DataDirectory directory, String process) {
        return new StartRefused(
                "Another gateway (process %s) uses the data directory %s. Stop it, or start this one with --data DIR."
                        .formatted(process, directory.root()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD_HERE.remove(file);
    }
}
