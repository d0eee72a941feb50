package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import io.aerodb.storage.gateway.http.StorageError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What is remembered of verified tokens, and what makes it void. */
class VerifiedTokensTest {

    private static final long NOW = 1_000_000_000;
    private static final String TOKEN = TestTokens.hs256("{\"sub\":\"alice\",\"exp\":" + (NOW + 100) + "}");

    private final AtomicInteger verifications = new AtomicInteger();
    private final SettableClock clock = new SettableClock();
    private final SettableKeys keys = new SettableKeys();

    @BeforeEach
    void haveOneKey() throws Exception {
        keys.set(new KeySet(List.of(countingKey())));
    }

    private TokenVerifier verifier(int most) {
        return new TokenVerifier(
                keys, new ClaimRules(clock, Duration.ofSeconds(30), null, Set.of()), new VerifiedTokens(most));
    }

    private VerificationKey countingKey() throws Exception {
        return new VerificationKey(
                null, JWSAlgorithm.HS256, new CountingVerifier(new MACVerifier(TestTokens.SECRET), verifications));
    }

    @Test
    void aTokenIsVerifiedOnce() {
        TokenVerifier verifier = verifier(10);

        for (int i = 0; i < 5; i++) {
            assertThat(verifier.verify(TOKEN).block().userId()).isEqualTo("alice");
        }
        assertThat(verifications).hasValue(1);
    }

    @Test
    void aRememberedTokenExpiresToTheSecondWithTheSameTolerance() {
        TokenVerifier verifier = verifier(10);
        verifier.verify(TOKEN).block();

        clock.now = Instant.ofEpochSecond(NOW + 129);
        assertThat(verifier.verify(TOKEN).block().userId()).isEqualTo("alice");
        clock.now = Instant.ofEpochSecond(NOW + 130);
        assertThatThrownBy(() -> verifier.verify(TOKEN).block())
                .isInstanceOf(StorageError.class)
                .hasMessage("The token has expired");
        assertThat(verifications).hasValue(1);
    }

    @Test
    void anotherKeySetForgetsWhatTheLastOneVerified() throws Exception {
        TokenVerifier verifier = verifier(10);
        verifier.verify(TOKEN).block();

        keys.set(new KeySet(List.of(countingKey())));
        assertThat(verifier.verify(TOKEN).block().userId()).isEqualTo("alice");
        assertThat(verifications).hasValue(2);
        keys.set(new KeySet(List.of()));
        assertThatThrownBy(() -> verifier.verify(TOKEN).block()).isInstanceOf(StorageError.class);
    }

    @Test
    void aRefusedTokenIsNotRemembered() {
        TokenVerifier verifier = verifier(10);
        String expired = TestTokens.hs256("{\"exp\":" + (NOW - 100) + "}");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> verifier.verify(expired).block()).isInstanceOf(StorageError.class);
        }
        assertThat(verifications).hasValue(2);
    }

    @Test
    void aTokenThatDiffersInItsLastCharacterIsAnotherOne() {
        TokenVerifier verifier = verifier(10);
        verifier.verify(TOKEN).block();

        assertThatThrownBy(() -> verifier.verify(TOKEN + "A").block()).isInstanceOf(StorageError.class);
        assertThatThrownBy(() ->
                        verifier.verify(TOKEN.substring(0, TOKEN.length() - 1)).block())
                .isInstanceOf(StorageError.class);
    }

    @Test
    void sizeZeroRemembersNothing() {
        TokenVerifier verifier = verifier(0);

        verifier.verify(TOKEN).block();
        verifier.verify(TOKEN).block();

        assertThat(verifications).hasValue(2);
    }

    @Test
    void noMoreTokensAreRememberedThanAllowed() {
        TokenVerifier verifier = verifier(10);
        List<String> tokens = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> TestTokens.hs256("{\"sub\":\"u%d\",\"exp\":%d}".formatted(i, NOW + 100)))
                .toList();

        tokens.forEach(token -> verifier.verify(token).block());
        tokens.forEach(token -> verifier.verify(token).block());

        assertThat(verifications.get()).isGreaterThanOrEqualTo(190);
    }

    private static final class SettableKeys implements KeySource {
        private KeySet current = new KeySet(List.of());

        void set(KeySet next) {
            current = next;
        }

        @Override
        public KeySet current() {
            return current;
        }

        @Override
        public Mono<KeySet> newest() {
            return Mono.just(current);
        }

        @Override
        public Mono<Void> keptFresh() {
            return Mono.never();
        }
    }

    private static final class SettableClock extends Clock {
        private Instant now = Instant.ofEpochSecond(NOW);

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private record CountingVerifier(JWSVerifier verifier, AtomicInteger count) implements JWSVerifier {

        @Override
        public boolean verify(JWSHeader header, byte[] input, Base64URL signature)
                throws com.nimbusds.jose.JOSEException {
            count.incrementAndGet();
            return verifier.verify(header, input, signature);
        }

        @Override
        public Set<JWSAlgorithm> supportedJWSAlgorithms() {
            return verifier.supportedJWSAlgorithms();
        }

        @Override
        public JCAContext getJCAContext() {
            return verifier.getJCAContext();
        }
    }
}
