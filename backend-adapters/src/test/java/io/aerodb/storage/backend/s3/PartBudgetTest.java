package io.aerodb.storage.backend.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PartBudgetTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final PartBudget budget = new PartBudget(100);

    @Test
    void whatFitsIsGrantedAtOnce() {
        assertThat(budget.claim(60, LONG)).isCompleted();
        assertThat(budget.claim(40, LONG)).isCompleted();
        assertThat(budget.taken()).isEqualTo(100);
    }

    @Test
    void whatDoesNotFitWaitsForWhatIsReleased() {
        budget.claim(60, LONG);
        CompletableFuture<Void> waiting = budget.claim(50, LONG);
        assertThat(waiting).isNotDone();

        budget.release(60);

        assertThat(waiting).isCompleted();
        assertThat(budget.taken()).isEqualTo(50);
    }

    @Test
    void aLargeClaimIsNotOvertaken() {
        budget.claim(60, LONG);
        CompletableFuture<Void> large = budget.claim(90, LONG);
        CompletableFuture<Void> small = budget.claim(10, LONG);
        assertThat(small).isNotDone();

        budget.release(60);

        assertThat(large).isCompleted();
        assertThat(small).isCompleted();
    }

    @Test
    void ofManyThatWaitOnlyThoseAreGrantedThatFit() {
        budget.claim(100, LONG);
        CompletableFuture<Void> first = budget.claim(100, LONG);
        CompletableFuture<Void> second = budget.claim(100, LONG);

        budget.release(100);

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(budget.taken()).isEqualTo(100);
    }

    @Test
    void aCancelledClaimTakesNothingAndLetsOthersPass() {
        budget.claim(60, LONG);
        CompletableFuture<Void> large = budget.claim(90, LONG);
        CompletableFuture<Void> small = budget.claim(10, LONG);

        large.cancel(false);

        assertThat(small).isCompleted();
        assertThat(budget.taken()).isEqualTo(70);
    }

    @Test
    void aClaimThatWaitsTooLongFailsAndTakesNothing() {
        budget.claim(100, LONG);
        CompletableFuture<Void> late = budget.claim(1, Duration.ofMillis(20));

        await().until(late::isDone);

        assertThat(late).isCompletedExceptionally();
        assertThat(late.handle((granted, failure) -> failure).getNow(null)).isInstanceOf(TimeoutException.class);
        budget.release(100);
        assertThat(budget.taken()).isZero();
    }
}
