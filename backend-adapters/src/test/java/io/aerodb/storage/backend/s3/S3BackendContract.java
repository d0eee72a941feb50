package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.CleanupContract;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackendContract;
import io.aerodb.storage.backend.TrackedBuffers;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The contract against an S3 server, each test in a bucket of its own. */
abstract class S3BackendContract extends StorageBackendContract implements CleanupContract {

    @AutoClose
    private final TestBucket bucket;

    S3BackendContract(S3Endpoint server) {
        bucket = server.newBucket();
    }

    TestBucket bucket() {
        return bucket;
    }

    @Override
    protected StorageBackend open(TrackedBuffers buffers) {
        return S3StorageBackend.open(bucket.settings());
    }

    @Override
    protected long unfinishedWrites() {
        return bucket.openUploads().size();
    }

    /** With enough content for a multipart upload: before its first part is full a write has left nothing to remove. */
    @Test
    @Override
    public void deleteRemovesTheUnfinishedWriteOfItsKey() {
        BlobKey key = newKey();
        Sinks.Empty<DataBuffer> end = Sinks.empty();
        Flux<DataBuffer> content = fixture().content(bytes(18 * MIB, 1)).concatWith(end.asMono());
        StepVerifier.create(fixture().write(key, content))
                .then(() -> {
                    eventually("two parts stored").until(() -> bucket.storedParts() == 2);
                    fixture().backend().delete(key).block(LIMIT);
                    assertThat(bucket.openUploads()).isEmpty();
                })
                .then(end::tryEmitEmpty)
                .expectError(BackendException.class)
                .verify(LIMIT);
        assertThat(fixture().exists(key)).isFalse();
    }
}
