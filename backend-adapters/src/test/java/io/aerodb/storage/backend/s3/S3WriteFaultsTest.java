package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Writes while the network and the server fail: no success that is none, and nothing left behind a failure. */
class S3WriteFaultsTest {

    private static final byte[] SMALL = bytes(100 * KIB, 1);
    /** Three parts. */
    private static final byte[] BIG = bytes(10 * MIB + 100 * KIB, 2);

    @AutoClose
    private final FaultyS3 s3 = new FaultyS3();

    private final BackendFixture fixture = s3.fixture();
    private final BlobKey key = newKey();

    @AfterEach
    void noConnectionIsLeaked() {
        s3.assertNoConnectionIsLeaked();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "CREATE_UPLOAD", "UPLOAD_PART", "COMPLETE_UPLOAD"})
    void callThatIsAskedToSlowDownIsMadeAgainAndTheContentSubscribedOnce(S3Call call) {
        AtomicInteger subscriptions = new AtomicInteger();
        s3.faults().once(call, Fault.slowDown());
        fixture.write(key, content(call).doOnSubscribe(subscription -> subscriptions.incrementAndGet()))
                .block(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(bytesFor(call));
        assertThat(subscriptions).hasValue(1);
        assertThat(s3.faults().count(call)).isEqualTo(call == S3Call.UPLOAD_PART ? 4 : 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "UPLOAD_PART"})
    void requestWhoseConnectionIsCutIsMadeAgain(S3Call call) {
        s3.faults().once(call, Fault.requestCut(50 * KIB));
        fixture.write(key, content(call)).block(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(bytesFor(call));
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "CREATE_UPLOAD", "UPLOAD_PART", "COMPLETE_UPLOAD"})
    void serverThatNeverRecoversIsUnavailableAndNothingIsLeft(S3Call call) {
        s3.faults().always(call, Fault.internalError());
        assertThat(failure(content(call))).isInstanceOf(BackendException.Unavailable.class);
        assertThat(s3.faults().count(call)).isBetween(2L, 15L);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"UPLOAD_PART", "COMPLETE_UPLOAD"})
    void anUploadThatSomebodyAbortedMeanwhileMayBeTriedAgain(S3Call call) {
        s3.faults().always(call, Fault.answered(404, "NoSuchUpload"));
        assertThat(failure(content(call))).isInstanceOf(BackendException.Unavailable.class);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "CREATE_UPLOAD", "UPLOAD_PART", "COMPLETE_UPLOAD"})
    void refusalIsAFailureThatIsNotTriedAgain(S3Call call) {
        s3.faults().always(call, Fault.answered(403, "AccessDenied"));
        assertThat(failure(content(call))).isInstanceOf(BackendException.Failed.class);
        assertThat(s3.faults().count(call)).isLessThanOrEqualTo(call == S3Call.UPLOAD_PART ? 3 : 1);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "CREATE_UPLOAD", "UPLOAD_PART", "COMPLETE_UPLOAD"})
    void aQuotaThatIsReachedIsTheStateUntilAWriteSucceeds(S3Call call) {
        s3.faults().always(call, Fault.answered(403, "QuotaExceeded"));
        assertThat(failure(content(call))).isInstanceOf(BackendException.InsufficientStorage.class);
        StepVerifier.create(fixture.backend().check())
                .expectErrorMatches(state -> state instanceof BackendException.InsufficientStorage
                        && !state.getMessage().contains(key.value()))
                .verify(LIMIT);

        s3.faults().heal();
        fixture.write(newKey(), content(call)).block(LIMIT);
        StepVerifier.create(fixture.backend().check()).expectComplete().verify(LIMIT);
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "UPLOAD_PART"})
    void connectionsThatAreAlwaysCutAreUnavailabilityAndNothingIsLeft(S3Call call) {
        s3.faults().always(call, Fault.requestCut(50 * KIB));
        assertThat(failure(content(call))).isInstanceOf(BackendException.Unavailable.class);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "CREATE_UPLOAD", "UPLOAD_PART", "COMPLETE_UPLOAD"})
    void answerThatIsLostOnceMakesNoDifference(S3Call call) {
        s3.faults().once(call, Fault.answerLost());
        fixture.write(key, content(call)).block(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(bytesFor(call));
        s3.faults().heal();
        fixture.backend().delete(key).block(LIMIT);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "CREATE_UPLOAD", "UPLOAD_PART", "COMPLETE_UPLOAD"})
    void answersThatAreAlwaysLostAreNoWrongSuccessAndDeleteRemovesWhatWasDone(S3Call call) {
        s3.faults().always(call, Fault.answerLost());
        Optional<Throwable> failure = outcome(content(call));
        s3.faults().heal();
        assertSuccessOrUnavailable(failure, call);
        fixture.backend().delete(key).block(LIMIT);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"PUT", "COMPLETE_UPLOAD"})
    void answerThatNeverComesIsNotWaitedForForEverAndDeleteRemovesWhatWasDone(S3Call call) {
        s3.faults().once(call, Fault.answerHeldBack());
        Optional<Throwable> failure = outcome(content(call));
        s3.faults().heal();
        assertSuccessOrUnavailable(failure, call);
        fixture.backend().delete(key).block(LIMIT);
        assertNothingIsLeft();
    }

    @Test
    void completionMayTakeLongerThanOtherCalls() {
        s3.faults().once(S3Call.COMPLETE_UPLOAD, Fault.late(FaultyS3.ANSWER_TIMEOUT.plusMillis(500)));
        fixture.write(key, content(BIG)).block(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(BIG);
        assertThat(s3.faults().count(S3Call.COMPLETE_UPLOAD)).isEqualTo(1);
    }

    @Test
    void completionThatSays200AndFailedIsNoSuccess() {
        s3.faults().always(S3Call.COMPLETE_UPLOAD, Fault.answered(200, "InternalError"));
        assertThat(failure(content(BIG))).isInstanceOf(BackendException.Unavailable.class);
        assertNothingIsLeft();
    }

    @Test
    void completionThatSays200AndFailedInPassingIsMadeAgain() {
        s3.faults().once(S3Call.COMPLETE_UPLOAD, Fault.answered(200, "InternalError"));
        fixture.write(key, content(BIG)).block(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(BIG);
    }

    @Test
    void uploadThatCanNotBeAbortedNowIsRemovedByDelete() {
        s3.faults().always(S3Call.UPLOAD_PART, Fault.answered(403, "AccessDenied"));
        s3.faults().always(S3Call.ABORT_UPLOAD, Fault.internalError());
        assertThat(failure(content(BIG))).isInstanceOf(BackendException.Failed.class);
        assertThat(s3.bucket().openUploads()).hasSize(1);
        s3.faults().heal();
        fixture.backend().delete(key).block(LIMIT);
        assertNothingIsLeft();
    }

    @Test
    void objectThatCanNotBeLookedAtAfterItsCompletionIsNoSuccess() {
        s3.faults().always(S3Call.COMPLETE_UPLOAD, Fault.answerLost());
        s3.faults().always(S3Call.HEAD, Fault.internalError());
        assertThat(failure(content(BIG))).isInstanceOf(BackendException.Unavailable.class);
        s3.faults().heal();
        fixture.backend().delete(key).block(LIMIT);
        assertNothingIsLeft();
    }

    @Test
    void foreignObjectStaysWhenTheAnswersOfAWriteAreLost() {
        fixture.store(key, SMALL);
        s3.faults().always(S3Call.PUT, Fault.answerLost());
        assertThat(failure(content(bytes(KIB, 3)))).isInstanceOf(BackendException.class);
        s3.faults().heal();
        assertThat(fixture.readAll(key)).isEqualTo(SMALL);
    }

    @Test
    void writeCancelledAtAnyByteOnASlowNetworkLeavesNothing() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        s3.faults().always(S3Call.UPLOAD_PART, Fault.late(Duration.ofMillis(50)));
        for (int round = 0; round < 8; round++) {
            cancelAt(random.nextInt(BIG.length), "seed %d, round %d".formatted(seed, round));
            assertNothingIsLeft();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE_UPLOAD", "UPLOAD_PART"})
    void writeCancelledWhileAnAnswerIsAwaitedLeavesNothing(S3Call call) {
        cancelDuring(call, content(BIG).concatWith(Flux.never()));
        assertNothingIsLeft();
    }

    @Test
    void writeCancelledDuringItsOnlyCallLeavesNothing() {
        cancelDuring(S3Call.PUT, content(SMALL));
        assertNothingIsLeft();
    }

    @Test
    void writeCancelledDuringItsCompletionLeavesNothing() {
        cancelDuring(S3Call.COMPLETE_UPLOAD, content(BIG));
        assertNothingIsLeft();
    }

    @Test
    void uploadThatWasBegunTwiceLeavesNoSecondOne() {
        s3.faults().once(S3Call.CREATE_UPLOAD, Fault.answerLost());
        fixture.write(key, fixture.content(BIG)).block(LIMIT);
        assertThat(s3.faults().count(S3Call.CREATE_UPLOAD)).isEqualTo(2);
        eventually("no upload is open").until(fixture::hasNothingUnfinished);
        assertThat(fixture.readAll(key)).isEqualTo(BIG);
    }

    @Test
    void uploadThatWasBegunOnceAsksForNoOther() {
        fixture.write(key, fixture.content(BIG)).block(LIMIT);
        assertThat(s3.faults().count(S3Call.CREATE_UPLOAD)).isEqualTo(1);
        assertThat(s3.faults().count(S3Call.LIST_UPLOADS)).isZero();
    }

    @Test
    void killedServerIsUnavailableAndLaterDeleteRemovesTheUpload() {
        try (S3ProxyServer server = S3ProxyServer.inMemory();
                FaultyS3 mortal = new FaultyS3(server.endpoint())) {
            Flux<DataBuffer> content = mortal.fixture().content(BIG).concatWith(Flux.defer(() -> {
                eventually("a part stored").until(() -> mortal.bucket().storedParts() > 0);
                server.kill();
                return mortal.fixture().content(BIG);
            }));
            StepVerifier.create(mortal.fixture().write(key, content))
                    .expectError(BackendException.Unavailable.class)
                    .verify(LIMIT);
            server.restart();
            mortal.fixture().backend().delete(key).block(LIMIT);
            assertThat(mortal.bucket().openUploads()).isEmpty();
            mortal.fixture().store(key, SMALL);
        }
    }

    private void cancelAt(int position, String situation) {
        AtomicInteger sent = new AtomicInteger();
        Flux<DataBuffer> content = content(BIG)
                .doOnNext(buffer -> sent.addAndGet(buffer.readableByteCount()))
                .concatWith(Flux.never());
        Disposable write = fixture.write(key, content).subscribe();
        eventually(situation).until(() -> sent.get() >= position);
        write.dispose();
    }

    private void cancelDuring(S3Call call, Flux<DataBuffer> content) {
        s3.faults().once(call, Fault.late(Duration.ofMillis(300)));
        Disposable write = fixture.write(key, content).subscribe();
        eventually("called").until(() -> s3.faults().count(call) > 0);
        write.dispose();
    }

    private void assertSuccessOrUnavailable(Optional<Throwable> failure, S3Call call) {
        if (failure.isPresent()) {
            assertThat(failure.get()).isInstanceOf(BackendException.Unavailable.class);
        } else {
            assertThat(fixture.readAll(key)).isEqualTo(bytesFor(call));
        }
    }

    private void assertNothingIsLeft() {
        s3.faults().heal();
        eventually("no unfinished upload").until(fixture::hasNothingUnfinished);
        eventually("no object").until(() -> !fixture.exists(key));
        fixture.buffers().assertAllReleased();
        eventually("no memory of parts").until(() -> s3.backend().memoryTaken() == 0);
    }

    private Throwable failure(Flux<DataBuffer> content) {
        return outcome(content).orElseThrow(() -> new AssertionError("the write succeeded"));
    }

    private Optional<Throwable> outcome(Flux<DataBuffer> content) {
        return fixture.write(key, content)
                .<Optional<Throwable>>map(stored -> Optional.empty())
                .onErrorResume(failure -> Mono.just(Optional.of(failure)))
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private Flux<DataBuffer> content(S3Call call) {
        return content(bytesFor(call));
    }

    private Flux<DataBuffer> content(byte[] bytes) {
        return fixture.content(bytes);
    }

    private static byte[] bytesFor(S3Call call) {
        return call == S3Call.PUT ? SMALL : BIG;
    }
}
