package io.aerodb.storage.backend.observed;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.backend.local.LocalSettings;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ObservedStorageBackendTest {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MemoryStorageBackend memory = new MemoryStorageBackend();
    private final ObservedStorageBackend observed = new ObservedStorageBackend(memory, "memory", registry);
    private final BackendFixture fixture = new BackendFixture(observed, new TrackedBuffers(), memory::unfinishedWrites);

    @Test
    void eachOperationIsTimedOnce() {
        BlobKey key = fixture.stored(bytes(10, 1));
        fixture.readAll(key);
        fixture.listed();
        observed.check().block(LIMIT);
        observed.delete(key).block(LIMIT);
        for (String operation : new String[] {"write", "read", "delete", "stat", "list", "check"}) {
            assertTimed(operation, 1);
        }
    }

    @Test
    void failuresAreTimed() {
        StepVerifier.create(observed.stat(newKey()))
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
        StepVerifier.create(fixture.read(newKey(), 0, 1))
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
        assertTimed("stat", 1);
        assertTimed("read", 1);
    }

    @Test
    void aWriteThatWaitsForItsContentIsNotTimed() {
        StepVerifier.create(fixture.write(newKey(), Flux.never())).thenCancel().verify(LIMIT);
        assertTimed("write", 0);
    }

    @Test
    void onlyTheTimeAfterTheLastByteCountsForAWrite() {
        Flux<DataBuffer> slow = fixture.content(bytes(10, 3)).delaySequence(PAUSE);
        fixture.write(newKey(), slow).block(LIMIT);
        assertTimed("write", 1);
        assertThat(total("write")).isLessThan(PAUSE);
    }

    @Test
    void onlyTheTimeToTheFirstBytesCountsForARead() {
        BlobKey key = fixture.stored(bytes(100 * BackendFixture.KIB, 4));
        Flux<Boolean> parts = observed.read(key, new ByteRange(0, 100 * BackendFixture.KIB))
                .bytes()
                .map(DataBufferUtils::release);
        StepVerifier.create(parts, 1)
                .expectNextCount(1)
                .thenAwait(PAUSE)
                .thenRequest(9)
                .thenConsumeWhile(part -> true)
                .expectComplete()
                .verify(LIMIT);
        assertTimed("read", 1);
        assertThat(total("read")).isLessThan(PAUSE);
    }

    @Test
    void whatIsReadAtOnceIsARead() {
        BlobKey key = fixture.stored(bytes(10, 6));
        StepVerifier.create(observed.readAtOnce(key, 10, ByteRange.whole(10)).map(DataBufferUtils::release))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(observed.readAtOnce(key, 11, ByteRange.whole(11)))
                .expectError(BackendException.Truncated.class)
                .verify(LIMIT);
        assertTimed("read", 2);
        assertThat(errors("read")).isEqualTo(1);
    }

    @Test
    void failuresAreCountedButForWhatIsNotThereOrIsNotTheBackends() {
        StepVerifier.create(observed.stat(newKey())).verifyError(BackendException.NotFound.class);
        StepVerifier.create(fixture.write(newKey(), Flux.error(new IllegalStateException("left"))))
                .verifyErrorMessage("left");
        assertThat(errors("stat") + errors("write")).isZero();

        BlobKey taken = fixture.stored(bytes(10, 5));
        StepVerifier.create(fixture.write(taken, fixture.content(bytes(10, 5))))
                .verifyError(BackendException.AlreadyExists.class);
        assertThat(errors("write")).isEqualTo(1);
    }

    @Test
    void callThatNobodySubscribesIsNotTimed() {
        observed.read(newKey(), new ByteRange(0, 1));
        assertThat(observed.delete(newKey())).isNotNull();
        assertThat(count("read") + count("delete")).isZero();
    }

    @Test
    void eachSubscriptionIsTimed() {
        BlobKey key = fixture.stored(bytes(10, 2));
        Flux<?> content = Flux.from(fixture.read(key, 0, 10));
        content.blockLast(LIMIT);
        content.blockLast(LIMIT);
        assertTimed("read", 2);
    }

    @Test
    void allTimersHaveTheSameTagKeys() {
        assertThat(registry.find(ObservedStorageBackend.LATENCY).meters())
                .hasSize(6)
                .extracting(Meter::getId)
                .allSatisfy(
                        id -> assertThat(id.getTags()).extracting(Tag::getKey).containsExactly("backend", "operation"));
    }

    @Test
    void fileRegionStaysAFileRegion(@TempDir Path root) {
        try (LocalStorageBackend local = LocalStorageBackend.open(new LocalSettings(root, false, 0, 1, 10, LIMIT))) {
            BlobContent content =
                    new ObservedStorageBackend(local, "local", registry).read(newKey(), new ByteRange(0, 1));
            assertThat(content).isInstanceOf(BlobContent.FileRegion.class);
        }
    }

    private void assertTimed(String operation, long times) {
        eventually(operation).until(() -> count(operation) == times);
    }

    private long count(String operation) {
        return timer(operation).count();
    }

    private Duration total(String operation) {
        return Duration.ofNanos((long) timer(operation).totalTime(TimeUnit.NANOSECONDS));
    }

    private Timer timer(String operation) {
        return registry.get(ObservedStorageBackend.LATENCY)
                .tags("operation", operation, "backend", "memory")
                .timer();
    }

    private double errors(String operation) {
        return registry.get("storage.backend.errors")
                .tags("operation", operation, "backend", "memory")
                .counter()
                .count();
    }
}
