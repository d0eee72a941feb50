package io.aerodb.storage.gateway.scrub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.cleanup.VolumeGuard;
import io.aerodb.storage.metadata.ScrubRepository.ExpectedBlob;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Every buffer is released, however a reading ends, and hashed by a thread of the verifier. */
class VerifierTest {

    private static final String KEY = "b/00/00000000-0000-4000-8000-000000000000~x";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final byte[] content = new byte[300_000];
    private final TrackedBuffers buffers = new TrackedBuffers();
    private final Scheduler hashing = Schedulers.newBoundedElastic(1, 100, "hashing", 60, true);
    private final Verifier verifier = new Verifier(new VolumeGuard(UUID.randomUUID()), hashing, Duration.ofMillis(1));

    {
        new Random(1).nextBytes(content);
    }

    @AfterEach
    void nothingIsLeft() {
        buffers.assertAllReleased();
        hashing.dispose();
    }

    @Test
    void bytesAsStoredAreVerified() throws Exception {
        assertThat(outcome(buffers.content(content, 1000))).isEqualTo(Outcome.VERIFIED);
        assertThat(buffers.made()).isEqualTo(300);
    }

    @Test
    void oneBitTooManyIsNot() throws Exception {
        String expected = sha256();
        content[299_999] ^= 1;
        assertThat(verified(buffers.content(content, 1000), expected).block(LIMIT))
                .isEqualTo(Outcome.CHECKSUM);
    }

    @Test
    void whoIsStoppedWhileABufferWaitsHoldsNothing() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        hashing.schedule(() -> await().atMost(LIMIT).until(() -> busy.getCount() == 0));
        Disposable reading = verified(buffers.content(content, 1000), sha256()).subscribe();
        await().atMost(LIMIT).until(() -> buffers.made() > 0);

        reading.dispose();
        busy.countDown();

        buffers.assertAllReleased();
        assertThat(buffers.made()).isLessThan(3);
    }

    @Test
    void whoIsStoppedWhileHeReadsHoldsNothing() throws Exception {
        Flux<DataBuffer> endless = buffers.content(content, 1000).take(50).concatWith(Flux.never());
        Disposable reading = verified(endless, sha256()).subscribe();
        await().atMost(LIMIT).until(() -> buffers.made() == 50);

        reading.dispose();

        buffers.assertAllReleased();
    }

    @Test
    void whatNoThreadTakesIsReleased() throws Exception {
        hashing.dispose();
        assertThatThrownBy(() -> outcome(buffers.content(content, 1000)))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void readsNoBufferAhead() throws Exception {
        assertThat(outcome(buffers.content(content, 1000)
                        .doOnRequest(asked -> assertThat(asked).isLessThanOrEqualTo(1))))
                .isEqualTo(Outcome.VERIFIED);
    }

    @Test
    void hashesOnItsOwnThread() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>("");
        Mono<Outcome> verified = verified(buffers.content(content, 1000), sha256())
                .doOnNext(outcome -> thread.set(Thread.currentThread().getName()));

        verified.block(LIMIT);

        assertThat(thread.get()).startsWith("hashing");
    }

    private Outcome outcome(Flux<DataBuffer> bytes) throws Exception {
        return verified(bytes, sha256()).block(LIMIT);
    }

    private Mono<Outcome> verified(Flux<DataBuffer> bytes, String sha256) {
        StorageBackend backend = new ForwardingBackend(new MemoryStorageBackend()) {
            @Override
            public Mono<BlobStat> stat(BlobKey key) {
                return Mono.just(new BlobStat(key, content.length, Instant.EPOCH));
            }

            @Override
            public BlobContent read(BlobKey key, ByteRange range) {
                return new BlobContent.Streamed(range, bytes);
            }
        };
        return verifier.verify(backend, new ExpectedBlob(KEY, content.length, sha256), new Pace(0));
    }

    private String sha256() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
