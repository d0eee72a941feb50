package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ContentDigests;
import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.metadata.StorageObject;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/** One reading of a whole object, hashed on the way by the thread that brings the bytes. */
final class VerifiedBytes {

    private final StorageObject object;
    private final ContentDigests digests = new ContentDigests(Set.of());
    private long left;

    private VerifiedBytes(StorageObject object) {
        this.object = object;
        this.left = object.size();
    }

    /**
     * The same bytes; but the last buffer comes only when all bytes have the object's SHA-256, else
     * {@link BackendException.Corrupt} does.
     *
     * @param bytes all of the object
     */
    static Flux<DataBuffer> of(StorageObject object, Flux<DataBuffer> bytes) {
        return Flux.defer(() -> bytes.handle(new VerifiedBytes(object)::pass));
    }

    /** The same of all bytes in one buffer. */
    static Mono<DataBuffer> of(StorageObject object, Mono<DataBuffer> bytes) {
        return Mono.defer(() -> bytes.handle(new VerifiedBytes(object)::pass));
    }

    private void pass(DataBuffer buffer, SynchronousSink<DataBuffer> sink) {
        hash(buffer);
        String actual = left > 0 ? object.checksum() : digests.hex().get(Digest.SHA_256);
        if (object.checksum().equals(actual)) {
            sink.next(buffer);
        } else {
            DataBufferUtils.release(buffer);
            sink.error(new BackendException.Corrupt(
                    new BlobKey(object.blobKey()), object.checksum(), String.valueOf(actual)));
        }
    }

    private void hash(DataBuffer buffer) {
        left -= buffer.readableByteCount();
        try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
            parts.forEachRemaining(digests::update);
        }
    }
}
