package io.aerodb.storage.gateway.observability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file of lines that is continued at each start. When it has grown to its size it becomes {@code name.1}, that
 * {@code name.2} and so on; the oldest is deleted. What could not be written in full is taken back, so that a file holds
 * whole lines.
 */
final class AuditFile implements LogSink {

    private final Path file;
    private final long maxSize;
    private final int maxFiles;
    private FileChannel channel;

    /** @param maxFiles that are kept, the one that grows included */
    AuditFile(Path file, long maxSize, int maxFiles) throws IOException {
        this.file = file;
        this.maxSize = maxSize;
        this.maxFiles = maxFiles;
        this.channel = opened(file);
    }

    @Override
    public void write(byte[] lines, int length) throws IOException {
        if (!channel.isOpen()) {
            channel = opened(file);
        }
        if (channel.position() > 0 && channel.position() + length > maxSize) {
            rotate();
        }
        long whole = channel.position();
        try {
            ByteBuffer rest = ByteBuffer.wrap(lines, 0, length);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException failure) {
            channel.truncate(whole);
            throw failure;
        }
    }

    @Override
    public boolean mends() {
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void rotate() throws IOException {
        channel.close();
        for (int age = maxFiles - 1; age > 0; age--) {
            Path younger = age == 1 ? file : aged(age - 1);
            if (Files.exists(younger)) {
                Files.move(younger, aged(age), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (maxFiles == 1) {
            Files.deleteIfExists(file);
        }
        channel = opened(file);
    }

    private Path aged(int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }

    /** Others may not read it, nor what it becomes. */
    private static FileChannel opened(Path file) throws IOException {
        FileChannel channel = file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))
                : FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            endLine(channel);
        } catch (IOException | OverlappingFileLockException failure) {
            channel.close();
            throw failure instanceof IOException told ? told : new IOException("another process writes to it", failure);
        }
        return channel;
    }

    /** What a crash left of a line becomes one of its own. */
    private static void endLine(FileChannel channel) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        if (channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) != '\n') {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}), channel.size());
        }
        channel.position(channel.size());
    }
}
