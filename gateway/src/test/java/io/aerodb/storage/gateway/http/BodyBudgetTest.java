package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.TrackedBuffers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class BodyBudgetTest {

    private static final int BOUND = 10_000;
    private static final Caller ANN = new Caller("Ann", true);
    private static final Caller BEN = new Caller("Ben", true);
    private static final Caller SERVICE = new Caller("service", false);

    private final TrackedBuffers buffers = new TrackedBuffers();
    private final BodyBudget budget =
            new BodyBudget(DataSize.ofBytes(BOUND), DataSize.ofBytes(8_000), new SimpleMeterRegistry());
    private final Bodies bodies = new Bodies(DataSize.ofBytes(8_000), budget);

    @AfterEach
    void nothingIsHeld() {
        assertThat(budget.taken()).isZero();
        assertThat(budget.callers()).as("callers who are remembered").isZero();
        buffers.assertAllReleased();
    }

    private Flux<DataBuffer> json(int size) {
        String text = "{\"a\":\"%s\"}".formatted("x".repeat(size - 8));
        return buffers.content(text.getBytes(StandardCharsets.UTF_8), 700);
    }

    private Flux<DataBuffer> unfinished(int size) {
        return json(size).concatWith(Flux.never());
    }

    private static void refused(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOfSatisfying(StorageError.class, error -> assertThat(error.code())
                .isEqualTo(code));
    }

    @Test
    void aBodyBeyondTheBoundIsRefusedForNowAndTheOthersKeepWhatTheyHave() {
        Disposable first = bodies.json(ANN, unfinished(6_000)).subscribe();
        long held = budget.taken();
        assertThat(held).isBetween(6_000L - BodyBudget.FREE, 8_000L - BodyBudget.FREE);
        assertThat(buffers.held()).as("buffers are released when they come").isZero();

        StepVerifier.create(bodies.json(BEN, json(6_000))).verifyErrorSatisfies(failure -> {
            refused(failure, ErrorCode.SERVICE_UNAVAILABLE);
            assertThat(((StorageError) failure).headers()).containsEntry("Retry-After", "1");
        });
        assertThat(budget.taken()).isEqualTo(held);
        first.dispose();
    }

    @Test
    void oneCallerHasOnlyHisPartAndOthersHaveTheirs() {
        BodyBudget.Lease anns = budget.lease(ANN);
        anns.take(5_000 + BodyBudget.FREE);

        StepVerifier.create(bodies.json(ANN, json(6_000)))
                .verifyErrorSatisfies(failure -> refused(failure, ErrorCode.SLOW_DOWN));
        StepVerifier.create(bodies.json(BEN, json(4_000)).map(fields -> fields.has("a")))
                .expectNext(true)
                .verifyComplete();
        anns.close();
        StepVerifier.create(bodies.json(ANN, json(6_000)).map(fields -> fields.has("a")))
                .expectNext(true)
                .verifyComplete();
    }

    @Test
    void aSmallBodyIsReadWhenTheBudgetIsSpent() {
        BodyBudget.Lease all = budget.lease(SERVICE);
        all.take(BOUND + BodyBudget.FREE);

        StepVerifier.create(bodies.json(ANN, json(BodyBudget.FREE)).map(fields -> fields.has("a")))
                .expectNext(true)
                .verifyComplete();
        StepVerifier.create(bodies.json(ANN, json(BodyBudget.FREE + 1)))
                .verifyErrorSatisfies(failure -> refused(failure, ErrorCode.SERVICE_UNAVAILABLE));
        all.close();
    }

    @Test
    void aBodyThatEndsGivesBackBeforeItsFieldsAreUsed() {
        StepVerifier.create(bodies.json(ANN, json(6_000)).map(fields -> budget.taken()))
                .expectNext(0L)
                .verifyComplete();
    }

    @Test
    void aBodyThatFailsGivesBack() {
        StepVerifier.create(bodies.json(ANN, json(6_000).concatWith(Flux.error(new IllegalStateException("reset")))))
                .verifyErrorMessage("reset");
        assertThat(budget.taken()).isZero();
        StepVerifier.create(bodies.json(ANN, json(8_001)))
                .verifyErrorSatisfies(failure -> refused(failure, ErrorCode.ENTITY_TOO_LARGE));
    }

    @Test
    void aClientThatLeavesGivesBack() {
        Disposable client = bodies.json(ANN, unfinished(6_000)).subscribe();
        assertThat(budget.taken()).isPositive();
        client.dispose();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void whatComesAfterTheEndIsNotTakenAndNothingIsGivenBackTwice() {
        BodyBudget.Lease lease = budget.lease(SERVICE);
        lease.take(5_000);
        lease.close();
        lease.take(5_000);
        lease.close();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void roomIsNeverMoreThanTwiceOfWhatCameAndNotMoreThanTheMost() {
        try (BodyBudget.Lease lease = budget.lease(SERVICE)) {
            LeasedBytes bytes = new LeasedBytes(lease, 6_000);
            for (int i = 0; i < 6_000; i++) {
                bytes.append((byte) i);
                assertThat(budget.taken()).isLessThan(Math.max(256, Math.min(2 * (i + 1), 6_000)));
            }
            assertThat(budget.taken()).isEqualTo(6_000 - BodyBudget.FREE);
            assertThat(bytes.toByteArray()).hasSize(6_000);
        }
    }
}
