package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;

import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.TrackedBuffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

/** An S3 backend with few connections and little patience behind a proxy that injects faults, and its bucket. */
final class FaultyS3 implements AutoCloseable {

    static final Duration ANSWER_TIMEOUT = Duration.ofMillis(1500);
    static final Duration STALL_TIMEOUT = Duration.ofMillis(4000);

    private static final int CONNECTIONS = 3;
    private static final S3Settings.Transfer TRANSFER = new S3Settings.Transfer(
            5 * MIB,
            3,
            64L * MIB,
            CONNECTIONS,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            ANSWER_TIMEOUT,
            STALL_TIMEOUT,
            4,
            1000);

    private final S3FaultProxy faults;
    private final TestBucket bucket;
    private final S3StorageBackend backend;
    private final BackendFixture fixture;

    FaultyS3() {
        this(S3ProxyServer.shared().endpoint());
    }

    FaultyS3(S3Endpoint server) {
        faults = S3FaultProxy.to(server.uri());
        bucket = server.newBucket();
        S3StorageBackend.open(bucket.settings()).close(); // patiently: the first calls of a JVM take long
        backend = S3StorageBackend.open(server.via(faults.uri()).settings(bucket.name(), "", TRANSFER));
        fixture = new BackendFixture(
                backend, new TrackedBuffers(), () -> (long) bucket.openUploads().size());
        faults.heal();
    }

    S3FaultProxy faults() {
        return faults;
    }

    /** Without the proxy in between. */
    TestBucket bucket() {
        return bucket;
    }

    S3StorageBackend backend() {
        return backend;
    }

    BackendFixture fixture() {
        return fixture;
    }

    /** Proves that every connection is free by using all at once: as many readers that stop after their first bytes. */
    void assertNoConnectionIsLeaked() {
        faults.heal();
        BlobKey key = fixture.stored(bytes(MIB, 1));
        AtomicInteger reading = new AtomicInteger();
        Stream.generate(() -> heldReader(key, reading))
                .limit(CONNECTIONS)
                .toList()
                .forEach(reader -> {
                    eventually("every connection reads").until(() -> reading.get() == CONNECTIONS);
                    reader.dispose();
                });
        backend.delete(key).block(LIMIT);
    }

    private Disposable heldReader(BlobKey key, AtomicInteger reading) {
        return backend.read(key, ByteRange.whole(MIB))
                .bytes()
                .doOnNext(DataBufferUtils::release)
                .doOnNext(buffer -> reading.incrementAndGet())
                .subscribeWith(new OneBuffer());
    }

    @Override
    public void close() {
        try {
            backend.close();
            bucket.close();
            faults.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Asks for one buffer and no more. */
    private static final class OneBuffer extends BaseSubscriber<DataBuffer> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(1);
        }
    }
}
