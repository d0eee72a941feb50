package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** When keys are fetched, for whom, and what holds meanwhile: refreshed each 60 s, asked for each 30 s at most. */
class PublishedKeysTest {

    private static final Duration REFRESH = Duration.ofSeconds(60);
    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final String ONE = TestKeys.jwks(TestKeys.rsaJwk("one", TestKeys.rsa()));
    private static final String TWO = TestKeys.jwks(TestKeys.rsaJwk("two", TestKeys.rsa()));

    private final AtomicInteger fetches = new AtomicInteger();
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private Mono<PublishedJwks> answer = answer(ONE);
    private final PublishedKeys keys = keys();

    private PublishedKeys keys() {
        Mono<PublishedJwks> provider =
                Mono.defer(() -> answer).doOnSubscribe(subscription -> fetches.incrementAndGet());
        return new PublishedKeys(List.of(TestKeys.secret()), provider, REFRESH, RETRY, () -> Schedulers.parallel()
                .now(TimeUnit.NANOSECONDS));
    }

    private static Mono<PublishedJwks> answer(String json) {
        return Mono.just(new PublishedJwks(json, null));
    }

    @BeforeEach
    void stopTheClock() {
        VirtualTimeScheduler.set(time);
    }

    @AfterEach
    void letTheClockRun() {
        VirtualTimeScheduler.reset();
    }

    private List<String> known() {
        return ids(keys.current());
    }

    private static List<String> ids(KeySet set) {
        return set.keys().stream().map(key -> String.valueOf(key.id())).toList();
    }

    @Test
    void beforeTheFirstFetchTheOtherKeysCount() {
        assertThat(known()).containsExactly("null");
    }

    @Test
    void publishedKeysCountBesideTheOthers() {
        keys.newest()
                .as(StepVerifier::create)
                .assertNext(set -> assertThat(ids(set)).containsExactly("null", "one"))
                .verifyComplete();
        assertThat(known()).containsExactly("null", "one");
    }

    @Test
    void whoeverAsksDuringAFetchSharesIt() {
        Sinks.One<PublishedJwks> slow = Sinks.one();
        answer = slow.asMono();
        StepVerifier all = Flux.range(0, 50)
                .flatMap(i -> keys.newest(), 50)
                .map(PublishedKeysTest::ids)
                .distinct()
                .as(StepVerifier::create)
                .expectNext(List.of("null", "one"))
                .expectComplete()
                .verifyLater();

        slow.tryEmitValue(new PublishedJwks(ONE, null)).orThrow();

        all.verify(Duration.ofSeconds(5));
        assertThat(fetches).hasValue(1);
    }

    @Test
    void whoeverLeavesDuringAFetchDoesNotEndIt() {
        Sinks.One<PublishedJwks> slow = Sinks.one();
        answer = slow.asMono();
        Disposable first = keys.newest().subscribe();

        first.dispose();
        slow.tryEmitValue(new PublishedJwks(ONE, null)).orThrow();

        assertThat(known()).containsExactly("null", "one");
    }

    @Test
    void askingAgainFetchesAgainAfterTheRetryIntervalOnly() {
        keys.newest().block();
        answer = answer(TWO);
        time.advanceTimeBy(RETRY.minusMillis(1));
        assertThat(ids(keys.newest().block())).containsExactly("null", "one");
        assertThat(fetches).hasValue(1);

        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(ids(keys.newest().block())).containsExactly("null", "two");
        assertThat(fetches).hasValue(2);
    }

    @Test
    void theSameAnswerIsTheSameSet() {
        KeySet first = keys.newest().block();
        time.advanceTimeBy(RETRY);

        assertThat(keys.newest().block()).isSameAs(first);
        assertThat(fetches).hasValue(2);
    }

    @Test
    void aProviderThatNeverToldItsKeysIsNotAvailable() {
        answer = Mono.error(new IllegalStateException("down"));

        keys.newest()
                .as(StepVerifier::create)
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).isInstanceOfSatisfying(StorageError.class, error -> assertThat(error.code())
                            .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE));
                    assertThat(((StorageError) failure).headers()).containsEntry("Retry-After", "30");
                })
                .verify();
    }

    @Test
    void theLastGoodKeysHoldWhileTheProviderFails() {
        keys.newest().block();
        for (Mono<PublishedJwks> bad : List.<Mono<PublishedJwks>>of(
                Mono.error(new IllegalStateException("down")), answer("not json"), answer("{\"keys\":[]}"))) {
            answer = bad;
            time.advanceTimeBy(RETRY);
            assertThat(ids(keys.newest().block())).containsExactly("null", "one");
        }
        assertThat(fetches).hasValue(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "<html></html>", "{\"keys\":[1]}", "{\"keys\":[{\"kty\":\"RSA\"}]}"})
    void whatIsNoJwkSetIsNoAnswer(String content) {
        answer = answer(content);

        keys.newest().as(StepVerifier::create).verifyError(StorageError.class);
        assertThat(known()).containsExactly("null");
    }

    @Test
    void keysAreRefreshedOnceAnInterval() {
        Disposable refreshing = keys.keptFresh().subscribe();
        answer = answer(TWO);
        time.advanceTimeBy(REFRESH.minusMillis(1));
        assertThat(known()).containsExactly("null", "one");

        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(known()).containsExactly("null", "two");
        time.advanceTimeBy(REFRESH.multipliedBy(3));
        assertThat(fetches).hasValue(5);
        refreshing.dispose();
        time.advanceTimeBy(REFRESH.multipliedBy(3));
        assertThat(fetches).hasValue(5);
    }

    @Test
    void whoeverAsksBetweenPutsTheNextRefreshOffByOneIntervalAtMost() {
        Disposable refreshing = keys.keptFresh().subscribe();
        time.advanceTimeBy(Duration.ofSeconds(40));
        keys.newest().block();
        answer = answer(TWO);

        time.advanceTimeBy(REFRESH.minusMillis(1));
        assertThat(known()).containsExactly("null", "one");
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(known()).containsExactly("null", "two");
        refreshing.dispose();
    }

    @Test
    void aFailedFetchIsTriedAgainSooner() {
        answer = Mono.error(new IllegalStateException("down"));
        Disposable refreshing = keys.keptFresh().subscribe();
        answer = answer(ONE);

        time.advanceTimeBy(RETRY);

        assertThat(known()).containsExactly("null", "one");
        refreshing.dispose();
    }

    @Test
    void aProviderMayWantToBeAskedSooner() {
        answer = Mono.just(new PublishedJwks(ONE, "max-age=40"));
        Disposable refreshing = keys.keptFresh().subscribe();

        time.advanceTimeBy(Duration.ofSeconds(120));

        assertThat(fetches).hasValue(4);
        refreshing.dispose();
    }
}
