package io.aerodb.storage.backend;

import java.nio.file.Path;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * The bytes of one range of one blob, not yet read. Nothing is opened before {@link #bytes()} is subscribed or the region
 * is sent, so content that nobody reads costs nothing.
 */
public sealed interface BlobContent {

    ByteRange range();

    /**
     * The range in order, in buffers of at most 256 KiB that the subscriber releases. Fails with
     * {@link BackendException.NotFound} when there is no such blob and with {@link BackendException.Truncated} when the
     * blob ends before the range does; never completes short. Reads no further ahead than the subscriber asks. Cancelling
     * closes what was opened. Each subscription reads anew.
     */
    Flux<DataBuffer> bytes();

    /** Content that has to pass through this process. */
    record Streamed(ByteRange range, Flux<DataBuffer> bytes) implements BlobContent {}

    /**
     * Content that is a region of a regular file, for servers that can send one without copying. The file is immutable
     * and stays in place until the blob is deleted; an open descriptor outlives even that.
     */
    record FileRegion(Path file, ByteRange range, Flux<DataBuffer> bytes) implements BlobContent {}
}
