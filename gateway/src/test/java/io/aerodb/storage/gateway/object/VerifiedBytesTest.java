package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.metadata.StorageObject;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class VerifiedBytesTest {

    private static final long SEED = System.nanoTime();

    private final TrackedBuffers buffers = new TrackedBuffers();
    private final Random random = new Random(SEED);

    @AfterEach
    void everyBufferIsReleased() {
        buffers.assertAllReleased();
    }

    @Test
    void bytesThatAreAsStoredPassWhateverTheSizeOfTheBuffers() throws Exception {
        for (int round = 0; round < 300; round++) {
            byte[] content = content(1 + random.nextInt(2_000));
            int buffer = 1 + random.nextInt(700);
            ByteArrayOutputStream sent = new ByteArrayOutputStream();

            VerifiedBytes.of(object(content), buffers.content(content, buffer))
                    .doOnNext(part -> take(part, sent))
                    .as(StepVerifier::create)
                    .thenConsumeWhile(part -> true)
                    .verifyComplete();

            assertThat(sent.toByteArray()).as("seed %d", SEED).isEqualTo(content);
        }
    }

    @Test
    void whereverAByteIsWrongTheLastBufferDoesNotPass() throws Exception {
        for (int round = 0; round < 300; round++) {
            byte[] content = content(1 + random.nextInt(2_000));
            int buffer = 1 + random.nextInt(700);
            StorageObject object = object(content);
            content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
            ByteArrayOutputStream sent = new ByteArrayOutputStream();

            VerifiedBytes.of(object, buffers.content(content, buffer))
                    .doOnNext(part -> take(part, sent))
                    .as(StepVerifier::create)
                    .thenConsumeWhile(part -> true)
                    .verifyError(BackendException.Corrupt.class);

            int last = (content.length - 1) / buffer * buffer;
            assertThat(sent.toByteArray()).as("seed %d", SEED).isEqualTo(Arrays.copyOf(content, last));
        }
    }

    @Test
    void eachReadingIsVerifiedAnew() throws Exception {
        byte[] content = content(1_000);
        var verified = VerifiedBytes.of(object(content), buffers.content(content, 100));

        for (int i = 0; i < 2; i++) {
            verified.doOnNext(DataBufferUtils::release)
                    .as(StepVerifier::create)
                    .expectNextCount(10)
                    .verifyComplete();
        }
    }

    @Test
    void aClientThatLeavesEndsTheReading() throws Exception {
        byte[] content = content(1_000);

        VerifiedBytes.of(object(content), buffers.content(content, 100))
                .doOnNext(DataBufferUtils::release)
                .as(flux -> StepVerifier.create(flux, 3))
                .expectNextCount(3)
                .thenCancel()
                .verify();
    }

    @Test
    void oneBufferOfAllBytesComesOnlyWhenTheyAreRight() throws Exception {
        byte[] content = content(1_000);
        byte[] damaged = content.clone();
        damaged[3] ^= 1;

        VerifiedBytes.of(object(content), Mono.fromCallable(() -> buffers.copy(content, 0, 1_000)))
                .doOnNext(DataBufferUtils::release)
                .as(StepVerifier::create)
                .expectNextCount(1)
                .verifyComplete();
        VerifiedBytes.of(object(content), Mono.fromCallable(() -> buffers.copy(damaged, 0, 1_000)))
                .as(StepVerifier::create)
                .verifyError(BackendException.Corrupt.class);
    }

    private static void take(DataBuffer part, ByteArrayOutputStream sent) {
        byte[] bytes = new byte[part.readableByteCount()];
        part.read(bytes);
        DataBufferUtils.release(part);
        sent.writeBytes(bytes);
    }

    private byte[] content(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    private static StorageObject object(byte[] content) throws Exception {
        String checksum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        UUID id = UUID.randomUUID();
        Instant now = Instant.now();
        return new StorageObject(
                id,
                "b",
                "b",
                "file",
                "alice",
                id,
                "\"%s\"".formatted(id),
                "b/00/" + id + "~file",
                "local",
                content.length,
                checksum,
                "text/plain",
                "no-cache",
                null,
                null,
                now,
                now,
                now);
    }
}
