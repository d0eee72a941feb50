package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** One fetch from a real server, good or bad. */
class JwksUrlTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String KIB = "x".repeat(1024);

    private final KeyProvider provider = new KeyProvider();

    @AfterEach
    void stop() {
        provider.close();
    }

    private Mono<PublishedJwks> fetch(Duration timeout) {
        return new JwksUrl(provider.url(), timeout).fetch();
    }

    private void refused(String sentence) {
        StepVerifier.create(fetch(PATIENCE))
                .expectErrorSatisfies(failure -> assertThat(failure).hasMessageContaining(sentence))
                .verify(PATIENCE);
    }

    @Test
    void theBodyArrivesWithItsFreshness() {
        provider.answers(response ->
                response.header("Cache-Control", "public, max-age=45").sendString(Mono.just("{\"keys\":[]}")));

        StepVerifier.create(fetch(PATIENCE))
                .expectNext(new PublishedJwks("{\"keys\":[]}", "public, max-age=45"))
                .expectComplete()
                .verify(PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 400, 401, 404, 500, 503})
    void anotherStatusIsRefused(int status) {
        provider.answers(response -> response.status(status).send());

        refused("The JWK set was answered with status " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirectsAreNotFollowed(int status) {
        try (KeyProvider elsewhere = new KeyProvider()) {
            provider.answers(response -> response.status(status)
                    .header("Location", elsewhere.url().toString())
                    .send());

            refused("The JWK set was answered with status " + status);
            assertThat(elsewhere.requests()).isZero();
        }
    }

    @Test
    void aMebibyteIsAcceptedAndNotAByteMore() {
        provider.answers(response -> response.sendString(Flux.range(0, 1024).map(i -> KIB)));
        StepVerifier.create(fetch(PATIENCE))
                .expectNextMatches(jwks -> jwks.json().length() == 1024 * 1024)
                .expectComplete()
                .verify(PATIENCE);

        provider.answers(response ->
                response.sendString(Flux.range(0, 1024).map(i -> KIB).concatWithValues("x")));
        refused("The JWK set is larger than 1 MiB");
    }

    @Test
    void aBodyWithoutEndIsCutOff() {
        provider.answers(response -> response.sendString(Flux.generate(sink -> sink.next(KIB))));

        refused("The JWK set is larger than 1 MiB");
    }

    @Test
    void aProviderThatSaysNothingIsGivenUp() {
        provider.answers(response -> Mono.never());

        StepVerifier.create(fetch(Duration.ofMillis(200)))
                .expectError(TimeoutException.class)
                .verify(PATIENCE);
    }

    @Test
    void aProviderThatTricklesIsGivenUp() {
        provider.answers(response -> response.sendString(
                Flux.interval(Duration.ofMillis(20)).map(tick -> " "), java.nio.charset.StandardCharsets.US_ASCII));

        StepVerifier.create(fetch(Duration.ofMillis(300)))
                .expectError(TimeoutException.class)
                .verify(PATIENCE);
    }

    @Test
    void aBodyThatBreaksOffIsRefused() {
        Flux<String> broken = Flux.just("{\"keys\":").concatWith(Mono.error(new IllegalStateException("broken")));
        provider.answers(response -> response.sendString(broken));

        StepVerifier.create(fetch(PATIENCE)).expectError(IOException.class).verify(PATIENCE);
    }

    @Test
    void aProviderThatIsNotThereIsRefused() {
        Mono<PublishedJwks> fetch = fetch(PATIENCE);
        provider.close();

        StepVerifier.create(fetch).expectError(IOException.class).verify(PATIENCE);
    }

    @Test
    void cancellingClosesTheConnection() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        provider.answers(response -> {
            response.withConnection(connection -> connection.onDispose(left::countDown));
            asked.countDown();
            return Mono.never();
        });

        Disposable fetch = fetch(PATIENCE).subscribe();
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        fetch.dispose();

        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingIsAskedBeforeSubscription() {
        fetch(PATIENCE);

        assertThat(provider.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://auth.example/jwks",
                "http://127.0.0.1.example.com/jwks",
                "http://192.168.0.1/jwks",
                "http://localhost.example.com/",
                "ftp://localhost/jwks",
                "file:///etc/jwks.json",
                "auth.example/jwks",
                "/jwks",
                "https:///jwks",
                ""
            })
    void anAddressWhoseKeysOthersCouldChangeIsRefused(String url) {
        assertThatThrownBy(() -> new JwksUrl(URI.create(url), PATIENCE))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("storage.auth.jwks-url must begin with https://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://auth.example/jwks",
                "HTTPS://auth.example:8443/jwks?a=b",
                "http://localhost:9000/jwks",
                "http://127.0.0.1/jwks",
                "http://[::1]:80/jwks"
            })
    void httpsAndThisMachineAreFine(String url) {
        assertThatCode(() -> new JwksUrl(URI.create(url), PATIENCE)).doesNotThrowAnyException();
    }
}
