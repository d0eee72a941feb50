package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ContentDigests;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.work.BlobThreads;
import io.aerodb.storage.backend.work.ForkedTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.core.io.buffer.DataBuffer;

/** An open write: bytes go in, a stored blob comes out. Blocking; one thread at a time. */
final class BlobSink {

    /** How many bytes are written between two looks at the free space. */
    private static final long SPACE_CHECK = 64L << 20;

    /** From so many bytes on it pays to hash them on another thread while they are written. */
    private static final long WORTH_A_THREAD = 256 << 10;

    private final BlobFiles files;
    private final BlobThreads threads;
    private final BlobKey key;
    private final OptionalLong declaredLength;
    private final ContentDigests digests;
    private final StagingFile file;
    private long size;
    private long nextSpaceCheck = SPACE_CHECK;

    private BlobSink(BlobFiles files, BlobThreads threads, BlobKey key, WriteHints hints, StagingFile file) {
        this.files = files;
        this.threads = threads;
        this.key = key;
        this.declaredLength = hints.declaredLength();
        this.digests = new ContentDigests(hints.digests());
        this.file = file;
    }

    /** Fails when the key is taken or the content can not fit. */
    static BlobSink open(BlobFiles files, BlobThreads threads, BlobKey key, WriteHints hints) throws IOException {
        if (files.exists(key)) {
            throw new BackendException.AlreadyExists(key);
        }
        files.freeSpace().require(hints.declaredLength().orElse(0));
        return new BlobSink(files, threads, key, hints, files.stage(key));
    }

    /** Hashes and writes these buffers, at the same time if they are large. They stay the caller's, who may release them afterwards. */
    void append(List<DataBuffer> batch) throws IOException {
        List<ByteBuffer> bytes = new ArrayList<>(batch.size());
        batch.forEach(buffer -> addTo(bytes, buffer));
        long count = bytes.stream().mapToLong(ByteBuffer::remaining).sum();
        size += count;
        requireAcceptable();
        if (count < WORTH_A_THREAD) {
            bytes.forEach(digests::update);
            write(bytes, count);
        } else {
            appendLarge(bytes, count);
        }
        FaultPoints.reach("local.appended");
    }

    private void appendLarge(List<ByteBuffer> bytes, long count) throws IOException {
        List<ByteBuffer> hashed = bytes.stream().map(ByteBuffer::duplicate).toList();
        ForkedTask hashing = threads.fork(() -> hashed.forEach(digests::update));
        try {
            write(bytes, count);
        } finally {
            hashing.join();
        }
    }

    private void write(List<ByteBuffer> bytes, long count) throws IOException {
        file.append(bytes.toArray(ByteBuffer[]::new), count);
    }

    /** Bytes so far. */
    long size() {
        return size;
    }

    /** Makes the file the blob of its key, on stable storage. */
    StoredBlob publish() throws IOException {
        if (declaredLength.orElse(size) != size) {
            throw new BackendException.LengthMismatch(declaredLength.orElse(size), size);
        }
        files.publish(file, key);
        return new StoredBlob(key, size, digests.hex());
    }

    void discard() {
        file.discard();
    }

    private void requireAcceptable() throws IOException {
        if (declaredLength.orElse(size) < size) {
            throw new BackendException.LengthMismatch(declaredLength.orElse(size), size);
        }
        if (size >= nextSpaceCheck) {
            files.freeSpace().require(0);
            nextSpaceCheck = size + SPACE_CHECK;
        }
    }

    /** The views outlive their iterator because the buffer itself is not released before they are written. */
    private static void addTo(List<ByteBuffer> bytes, DataBuffer buffer) {
        try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
            parts.forEachRemaining(bytes::add);
        }
    }
}
