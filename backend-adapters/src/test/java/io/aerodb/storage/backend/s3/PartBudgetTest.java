package io.aerodb.storage.backend.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PartBudgetTest {

    private final PartBudget budget = new PartBudget(100, Duration.ofMinutes(1));

    @Test
    void whatFitsIsGrantedAtOnce() {
        assertThat(budget.claim(60)).isCompleted();
        assertThat(budget.claim(40)).isCompleted();
        assertThat(budget.taken()).isEqualTo(100);
    }

    @Test
    void whatDoesNotFitWaitsForWhatIsReleased() {
        budget.claim(60);
        CompletableFuture<Void> waiting = budget.claim(50);
        assertThat(waiting).isNotDone();

        budget.release(60);

        assertThat(waiting).isCompleted();
        assertThat(budget.taken()).isEqualTo(50);
    }

    @Test
    void aLargeClaimIsNotOvertaken() {
        budget.claim(60);
        CompletableFuture<Void> large = budget.claim(90);
        CompletableFuture<Void> small = budget.claim(10);
        assertThat(small).isNotDone();

        budget.release(60);

        assertThat(large).isCompleted();
        assertThat(small).isCompleted();
    }

    @Test
    void ofManyThatWaitOnlyThoseAreGrantedThatFit() {
        budget.claim(100);
        CompletableFuture<Void> first = budget.claim(100);
        CompletableFuture<Void> second = budget.claim(100);

        budget.release(100);

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(budget.taken()).isEqualTo(100);
    }

    @Test
    void aCancelledClaimTakesNothingAndLetsOthersPass() {
        budget.claim(60);
        CompletableFuture<Void> large = budget.claim(90);
        CompletableFuture<Void> small = budget.claim(10);

        large.cancel(false);

        assertThat(small).isCompleted();
        assertThat(budget.taken()).isEqualTo(70);
    }

    @Test
    void aClaimThatWaitsTooLongFailsAndTakesNothing() {
        PartBudget impatient = new PartBudget(100, Duration.ofMillis(20));
        impatient.claim(100);
        CompletableFuture<Void> late = impatient.claim(1);

        await().until(late::isDone);

        assertThat(late).isCompletedExceptionally();
        assertThat(late.handle((granted, failure) -> failure).getNow(null)).isInstanceOf(TimeoutException.class);
        impatient.release(100);
        assertThat(impatient.taken()).isZero();
    }
}
