package io.aerodb.storage.backend.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/** One reading of one range: a buffer for each that is asked for, none ahead, or all in one. Blocking; one thread at a time. */
final class BlobReader {

    static final int CHUNK = 128 << 10;

    private final BlobKey key;
    private final ByteRange range;
    private final FileChannel channel;
    private final NettyDataBufferFactory buffers;
    private long position;

    private BlobReader(BlobKey key, ByteRange range, FileChannel channel, NettyDataBufferFactory buffers) {
        this.key = key;
        this.range = range;
        this.channel = channel;
        this.buffers = buffers;
        this.position = range.offset();
    }

    static Flux<DataBuffer> bytes(BlobFiles files, BlobKey key, ByteRange range, NettyDataBufferFactory buffers) {
        return Flux.generate(
                () -> {
                    requireLength(key, range, files.stat(key).size());
                    return open(files, key, range, buffers);
                },
                BlobReader::next,
                BlobReader::close);
    }

    /** The whole range in one buffer, of a file that has this size. */
    static DataBuffer all(BlobFiles files, BlobKey key, long size, ByteRange range, NettyDataBufferFactory buffers)
            throws IOException {
        files.stat(key).requireSize(size);
        BlobReader reader = open(files, key, range, buffers);
        try {
            return buffers.wrap(reader.read(Math.toIntExact(range.length())));
        } finally {
            reader.close();
        }
    }

    private static BlobReader open(BlobFiles files, BlobKey key, ByteRange range, NettyDataBufferFactory buffers)
            throws IOException {
        try {
            FileChannel channel = FileChannel.open(files.file(key), StandardOpenOption.READ, NOFOLLOW_LINKS);
            return new BlobReader(key, range, channel, buffers);
        } catch (NoSuchFileException justDeleted) {
            throw files.missing(key);
        }
    }

    private BlobReader next(SynchronousSink<DataBuffer> sink) {
        try {
            if (position < range.end()) {
                sink.next(buffers.wrap(read((int) Math.min(CHUNK, range.end() - position))));
            }
            if (position >= range.end()) {
                sink.complete();
            }
        } catch (IOException | BackendException failure) {
            sink.error(failure);
        }
        return this;
    }

    private ByteBuf read(int length) throws IOException {
        ByteBuf buffer = allocate(length);
        try {
            while (buffer.isWritable()) {
                fill(buffer);
            }
            return buffer;
        } catch (IOException | RuntimeException failure) {
            buffer.release();
            throw failure;
        }
    }

    private void fill(ByteBuf buffer) throws IOException {
        int read = buffer.writeBytes(channel, position, buffer.writableBytes());
        if (read < 0) {
            throw new BackendException.Truncated(key, range.end(), position);
        }
        position += read;
    }

    /** Exhausted buffer memory passes; Reactor would take the error for a fatal one and leave the reader without an end. */
    private ByteBuf allocate(int length) {
        try {
            return buffers.getByteBufAllocator().directBuffer(length, length);
        } catch (OutOfMemoryError exhausted) {
            throw Failures.translated("read of '%s'".formatted(key), exhausted);
        }
    }

    private void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // A descriptor that was only read from has nothing to lose.
        }
    }

    private static void requireLength(BlobKey key, ByteRange range, long size) {
        if (size < range.end()) {
            throw new BackendException.Truncated(key, range.end(), size);
        }
    }
}
