package io.aerodb.storage.gateway.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedUrlsTest {

    private static final Instant NOW = Instant.parse("2026-01-15T09:30:00Z");
    private static final HmacSecret OLD = HmacSecret.of("test", "an old secret that is long enough for HS256");
    private static final HmacSecret NEW = HmacSecret.of("test", "the new secret that is long enough for HS256");
    private static final ObjectPath PATH = new ObjectPath("photos", "2026/cat + é.png");

    private final SignedUrls urls = urls(NOW, NEW);

    private static SignedUrls urls(Instant now, HmacSecret newest, HmacSecret... previous) {
        return new SignedUrls(new SigningKeys(newest, List.of(previous)), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static Link link(@Nullable UploadTerms terms) {
        return new Link(
                UUID.randomUUID(),
                PATH.bucket(),
                "5d6c8dc5-51c8-4d0e-a9ac-1f5b52fbb0b2",
                NOW.minus(123_456_789, ChronoUnit.MICROS),
                PATH.path(),
                NOW,
                NOW.plusSeconds(60),
                "alice \"the\" owner",
                "authenticated",
                7,
                terms);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageError.class, error -> assertThat(error.code())
                .isEqualTo(code));
    }

    private void invalid(String token) {
        refused(ErrorCode.INVALID_SIGNATURE, () -> urls.download(token, PATH, Optional.empty()));
    }

    @Test
    void aTokenSaysWhatItsLinkSays() {
        Link download = link(null);
        Link upload = link(new UploadTerms(true, 20L, List.of("image/*"), "ab".repeat(32)));
        Link free = link(new UploadTerms(false, null, List.of(), null));

        assertThat(urls.download(urls.token(download), PATH, Optional.empty())).isEqualTo(download);
        assertThat(urls.upload(urls.token(upload), PATH)).isEqualTo(upload);
        assertThat(urls.upload(urls.token(free), PATH)).isEqualTo(free);
    }

    @Test
    void theBucketMayBeAskedForByItsId() {
        Link link = link(null);

        assertThat(urls.download(urls.token(link), new ObjectPath(link.bucketId(), PATH.path()), Optional.empty()))
                .isEqualTo(link);
    }

    @Test
    void itIsGoodUntilItsLastSecondEnds() {
        String token = urls.token(link(null));

        urls(NOW.plusSeconds(60).minusNanos(1), NEW).download(token, PATH, Optional.empty());
        refused(ErrorCode.EXPIRED_URL, () -> urls(NOW.plusSeconds(60), NEW).download(token, PATH, Optional.empty()));
    }

    @Test
    void anExpiryInTheAddressMustBeItsOwn() {
        String token = urls.token(link(null));
        long expiry = NOW.plusSeconds(60).getEpochSecond();

        urls.download(token, PATH, Optional.of(Long.toString(expiry)));
        for (String other : List.of(Long.toString(expiry + 1), "", "x", "0" + expiry, expiry + ".0")) {
            refused(ErrorCode.INVALID_SIGNATURE, () -> urls.download(token, PATH, Optional.of(other)));
        }
    }

    @Test
    void itsPurposeIsNoOther() {
        refused(ErrorCode.INVALID_SIGNATURE, () -> urls.upload(urls.token(link(null)), PATH));
        invalid(urls.token(link(new UploadTerms(false, null, List.of(), null))));
    }

    @Test
    void itsPathIsNoOther() {
        String token = urls.token(link(null));

        for (String other : List.of("2026/cat + é.pn", "2026/cat + é.png2", "2026/cat + é.pnG", "2026//cat + é.png")) {
            refused(
                    ErrorCode.INVALID_SIGNATURE,
                    () -> urls.download(token, new ObjectPath("photos", other), Optional.empty()));
        }
        refused(
                ErrorCode.INVALID_SIGNATURE,
                () -> urls.download(token, new ObjectPath("photo", PATH.path()), Optional.empty()));
    }

    @Test
    void aSecretThatWasReplacedStillVerifies() {
        String before = urls(NOW, OLD).token(link(null));
        SignedUrls rotated = urls(NOW, NEW, OLD);

        rotated.download(before, PATH, Optional.empty());
        rotated.download(rotated.token(link(null)), PATH, Optional.empty());
        invalid(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a.b.c",
                "!!!.###.$$$",
                "eyJhbGciOiJub25lIn0.e30.",
                "eyJhbGciOiJIUzI1NiJ9.e30.",
                "null",
                "eyJhbGciOm51bGx9.e30.AAAA"
            })
    void whatIsNoTokenIsRefused(String token) {
        invalid(token);
    }

    @Test
    void anyOneCharacterChangedIsRefused() {
        String token = urls.token(link(null));
        Random random = new Random(4);
        for (int round = 0; round < 500; round++) {
            int at = random.nextInt(token.length());
            char other = "ABCxyz019-_".charAt(random.nextInt(11));
            if (token.charAt(at) != other) {
                invalid(token.substring(0, at) + other + token.substring(at + 1));
            }
        }
    }

    @Test
    void aSignatureOfAnotherLengthIsRefused() {
        String token = urls.token(link(null));

        invalid(token.substring(0, token.lastIndexOf('.') + 1));
        invalid(token.substring(0, token.length() - 4));
        invalid(token + "AAAA");
        for (String more : List.of("=", " ", "!!", "\n")) {
            invalid(token + more);
            invalid(more + token);
        }
    }

    @Test
    void aHeaderThatDemandsMoreIsRefused() {
        String[] parts = urls.token(link(null)).split("\\.");
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
        for (String more : List.of("\"b64\":false,\"crit\":[\"b64\"],", "\"crit\":[\"exp\"],", "\"zip\":\"DEF\",")) {
            String changed = header.replace("{", "{" + more);
            invalid(Base64.getUrlEncoder().withoutPadding().encodeToString(changed.getBytes(StandardCharsets.UTF_8))
                    + "." + parts[1] + "." + parts[2]);
        }
        invalid(header.repeat(2000));
    }

    @Test
    void secretsAreNamedByWhatTheyAre() {
        String kid = Base64.getEncoder()
                .encodeToString(urls.token(link(null)).split("\\.")[0].getBytes(StandardCharsets.UTF_8));
        String again = Base64.getEncoder()
                .encodeToString(urls(NOW.plus(Duration.ofDays(1)), NEW)
                        .token(link(null))
                        .split("\\.")[0]
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(kid).isEqualTo(again);
    }
}
