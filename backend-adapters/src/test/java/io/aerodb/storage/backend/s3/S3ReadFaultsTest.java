package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Reads, deletes, listings and checks while the network and the server fail: never a part as the whole. */
class S3ReadFaultsTest {

    private static final byte[] BYTES = bytes(MIB, 1);

    @AutoClose
    private final FaultyS3 s3 = new FaultyS3();

    private final BackendFixture fixture = s3.fixture();
    private final BlobKey key = fixture.stored(BYTES);

    @AfterEach
    void noConnectionIsLeaked() {
        s3.assertNoConnectionIsLeaked();
    }

    static Stream<Fault> breaksBeforeTheAnswer() {
        return Stream.of(Fault.answerLost(), Fault.internalError());
    }

    static Stream<Fault> breaksBeforeTheFirstByte() {
        return Stream.of(Fault.answerEnded(0), Fault.answerCut(0));
    }

    static Stream<Fault> breaksInTheBody() {
        return Stream.of(Fault.answerEnded(100 * KIB), Fault.answerCut(100 * KIB));
    }

    @ParameterizedTest
    @MethodSource("breaksBeforeTheAnswer")
    void callThatBreaksOnceIsMadeAgain(Fault fault) {
        assertBreakingOnceMakesNoDifference(fault);
    }

    @ParameterizedTest
    @MethodSource("breaksBeforeTheAnswer")
    void callThatAlwaysBreaksIsUnavailable(Fault fault) {
        s3.faults().always(S3Call.GET, fault);
        assertUnavailable(fixture.read(key, 0, BYTES.length));
    }

    @ParameterizedTest
    @MethodSource({"breaksBeforeTheFirstByte", "breaksInTheBody"})
    void bodyThatBreaksOnceIsContinuedWhereItBroke(Fault fault) {
        assertBreakingOnceMakesNoDifference(fault);
    }

    @ParameterizedTest
    @MethodSource("breaksBeforeTheFirstByte")
    void bodyThatNeverComesIsUnavailable(Fault fault) {
        s3.faults().always(S3Call.GET, fault);
        assertUnavailable(fixture.read(key, 0, BYTES.length));
    }

    @ParameterizedTest
    @MethodSource({"breaksBeforeTheFirstByte", "breaksInTheBody"})
    void bodyThatAlwaysBreaksNeverCompletesShort(Fault fault) {
        s3.faults().always(S3Call.GET, fault);
        byte[] read = fixture.read(key, 0, BYTES.length)
                .onErrorReturn(BackendException.class, BYTES)
                .block(LIMIT);
        assertThat(read).isEqualTo(BYTES);
    }

    @Test
    void aShortRangeIsOneCall() {
        assertThat(atOnce()).isEqualTo(Arrays.copyOfRange(BYTES, 7, 60_007));
        assertThat(s3.faults().count(S3Call.GET)).isEqualTo(1);
        assertThat(s3.faults().count(S3Call.HEAD)).isZero();
    }

    @ParameterizedTest
    @MethodSource({"breaksBeforeTheAnswer", "breaksBeforeTheFirstByte"})
    void aShortRangeThatBreaksOnceIsReadAllTheSame(Fault fault) {
        s3.faults().once(S3Call.GET, fault);
        assertThat(atOnce()).isEqualTo(Arrays.copyOfRange(BYTES, 7, 60_007));
        assertThat(s3.faults().count(S3Call.GET)).isBetween(2L, 3L); // also on a pooled connection that broke with it
    }

    @Test
    void whoLeavesBeforeTheAnswerOfAShortRangeGivesItsConnectionBack() {
        s3.faults().always(S3Call.GET, Fault.answerHeldBack());
        for (int round = 0; round < 10; round++) {
            StepVerifier.create(fixture.backend().readAtOnce(key, BYTES.length, new ByteRange(7, 60_000)))
                    .then(awaitGets(round + 1))
                    .thenCancel()
                    .verify(LIMIT);
        }
    }

    @Test
    void aServerThatKnowsNoRangesGivesNotOneByte() {
        s3.faults().always(S3Call.GET, exchange -> exchange.answer(BYTES));
        ByteRange range = new ByteRange(7, 60_000);
        StepVerifier.create(fixture.backend().readAtOnce(key, BYTES.length, range))
                .expectError(BackendException.Failed.class)
                .verify(LIMIT);
        StepVerifier.create(fixture.backend().read(key, range).bytes())
                .expectError(BackendException.Failed.class)
                .verify(LIMIT);
        assertThat(s3.faults().count(S3Call.GET)).isEqualTo(2);
    }

    @Test
    void bodyThatStallsIsBrokenOffAndContinued() {
        s3.faults().once(S3Call.GET, Fault.answerStalled(100 * KIB));
        assertThat(fixture.read(key, 0, BYTES.length).block(LIMIT)).isEqualTo(BYTES);
    }

    @Test
    void readerThatPausesIsConnectedAnewWhenItGoesOn() {
        s3.faults().once(S3Call.GET, Fault.answerCut(100 * KIB));
        AtomicLong received = new AtomicLong();
        Flux<DataBuffer> bytes = fixture.backend()
                .read(key, ByteRange.whole(BYTES.length))
                .bytes()
                .doOnNext(buffer -> received.addAndGet(buffer.readableByteCount()))
                .doOnNext(DataBufferUtils::release);
        StepVerifier.create(bytes, 1)
                .expectNextCount(1)
                .then(() -> assertThat(s3.faults().count(S3Call.GET)).isEqualTo(1))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(buffer -> true)
                .expectComplete()
                .verify(LIMIT);
        assertThat(received).hasValue(BYTES.length);
        assertThat(s3.faults().count(S3Call.GET)).isEqualTo(2);
    }

    @Test
    void blobThatIsRemovedWhileItsReadIsBrokenIsNotFound() {
        s3.faults().once(S3Call.GET, exchange -> {
            Fault.answerCut(100 * KIB).strike(exchange);
            s3.bucket().delete(key.value());
        });
        StepVerifier.create(fixture.read(key, 0, BYTES.length))
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
    }

    @Test
    void refusedReadIsAFailureThatIsNotTriedAgain() {
        s3.faults().always(S3Call.GET, Fault.answered(403, "AccessDenied"));
        StepVerifier.create(fixture.read(key, 0, 10))
                .expectError(BackendException.Failed.class)
                .verify(LIMIT);
        assertThat(s3.faults().count(S3Call.GET)).isEqualTo(1);
    }

    @Test
    void missingBucketIsAFailureAndNoMissingBlob() {
        s3.faults().always(S3Call.GET, Fault.answered(404, "NoSuchBucket"));
        StepVerifier.create(fixture.read(key, 0, 10))
                .expectError(BackendException.Failed.class)
                .verify(LIMIT);
    }

    @Test
    void readersThatLeaveAtAnyByteGiveTheirConnectionsBack() {
        for (int round = 0; round < 20; round++) {
            StepVerifier.create(
                            fixture.backend()
                                    .read(key, ByteRange.whole(BYTES.length))
                                    .bytes(),
                            1 + round % 5)
                    .consumeNextWith(DataBufferUtils::release)
                    .thenCancel()
                    .verify(LIMIT);
        }
        assertThat(fixture.read(key, 0, BYTES.length).block(LIMIT)).isEqualTo(BYTES);
    }

    @Test
    void readerThatLeavesBeforeTheAnswerGivesItsConnectionBack() {
        s3.faults().always(S3Call.GET, Fault.answerHeldBack());
        for (int round = 0; round < 10; round++) {
            StepVerifier.create(fixture.read(key, 0, BYTES.length))
                    .then(awaitGets(round + 1))
                    .thenCancel()
                    .verify(LIMIT);
        }
    }

    @Test
    void callsThatFailOnceAreMadeAgain() {
        for (S3Call call : List.of(S3Call.HEAD, S3Call.LIST, S3Call.LIST_UPLOADS, S3Call.DELETE)) {
            s3.faults().once(call, Fault.internalError());
        }
        assertThat(fixture.exists(key)).isTrue();
        assertThat(fixture.listed()).containsExactly(key);
        fixture.backend().delete(key).block(LIMIT);
        assertThat(fixture.listed()).isEmpty();
    }

    @Test
    void callsThatAlwaysFailAreUnavailable() {
        for (S3Call call : List.of(S3Call.HEAD, S3Call.LIST, S3Call.DELETE, S3Call.GET)) {
            s3.faults().always(call, Fault.internalError());
        }
        assertUnavailable(fixture.backend().stat(key));
        assertUnavailable(fixture.backend().list());
        assertUnavailable(fixture.backend().delete(key));
        assertUnavailable(fixture.backend().check());
    }

    @Test
    void callsThatAreNotAnsweredAreUnavailableInTime() {
        for (S3Call call : List.of(S3Call.HEAD, S3Call.LIST, S3Call.DELETE, S3Call.GET)) {
            s3.faults().always(call, Fault.answerHeldBack());
        }
        Flux.merge(
                        failed(fixture.backend().stat(key)),
                        failed(fixture.backend().list()),
                        failed(fixture.backend().delete(key)),
                        failed(fixture.backend().check()))
                .as(StepVerifier::create)
                .expectNextCount(4)
                .expectComplete()
                .verify(FaultyS3.ANSWER_TIMEOUT.plusSeconds(4));
    }

    @Test
    void listingWhoseAnswerIsCutNeverCompletesShort() {
        for (int i = 0; i < 10; i++) {
            fixture.stored(bytes(10, i));
        }
        s3.faults().always(S3Call.LIST, Fault.answerEnded(1000));
        assertUnavailable(fixture.backend().list());
        s3.faults().heal();
        s3.faults().always(S3Call.LIST, Fault.answerCut(1000));
        assertUnavailable(fixture.backend().list());
    }

    @Test
    void deleteWhoseUnfinishedUploadsCanNotBeListedIsNotDone() {
        s3.faults().always(S3Call.LIST_UPLOADS, Fault.internalError());
        assertUnavailable(fixture.backend().delete(key));
        s3.faults().heal();
        fixture.backend().delete(key).block(LIMIT);
    }

    @Test
    void deleteWhoseAnswerIsLostIsMadeAgain() {
        s3.faults().once(S3Call.DELETE, Fault.answerLost());
        fixture.backend().delete(key).block(LIMIT);
        assertThat(fixture.exists(key)).isFalse();
    }

    @Test
    void killedServerIsUnavailableUntilItIsBack() {
        try (S3ProxyServer server = S3ProxyServer.inMemory();
                FaultyS3 mortal = new FaultyS3(server.endpoint())) {
            BlobKey stored = mortal.fixture().stored(BYTES);
            server.kill();
            assertUnavailable(mortal.backend().check());
            assertUnavailable(mortal.fixture().read(stored, 0, 10));
            server.restart();
            mortal.backend().check().block(LIMIT);
            assertThat(mortal.fixture().readAll(stored)).isEqualTo(BYTES);
        }
    }

    private byte[] atOnce() {
        return fixture.backend()
                .readAtOnce(key, BYTES.length, new ByteRange(7, 60_000))
                .map(BackendFixture::released)
                .block(LIMIT);
    }

    private void assertBreakingOnceMakesNoDifference(Fault fault) {
        s3.faults().once(S3Call.GET, fault);
        assertThat(fixture.read(key, 7, BYTES.length - 7).block(LIMIT))
                .isEqualTo(Arrays.copyOfRange(BYTES, 7, BYTES.length));
        assertThat(s3.faults().count(S3Call.GET)).isEqualTo(2);
    }

    private Runnable awaitGets(int count) {
        return () -> BackendFixture.eventually("asked").until(() -> s3.faults().count(S3Call.GET) >= count);
    }

    private static void assertUnavailable(Publisher<?> call) {
        StepVerifier.create(Flux.from(call).then())
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
    }

    private static Mono<Boolean> failed(Publisher<?> call) {
        return Flux.from(call)
                .then(Mono.just(false))
                .onErrorReturn(BackendException.Unavailable.class, true)
                .filter(failed -> failed);
    }
}
