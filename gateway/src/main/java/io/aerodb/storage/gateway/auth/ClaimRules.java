package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What verified claims must say (RFC 7519, 4.1; docs/api.md, "Identity"), and the context they make.
 *
 * @param clock for {@code exp} and {@code nbf}
 * @param skew tolerance for both
 * @param issuer when not null, {@code iss} must equal it
 * @param audience when not empty, {@code aud} must name one of them
 */
record ClaimRules(Clock clock, Duration skew, @Nullable String issuer, Set<String> audience) {

    private static final BigDecimal HUNDRED_YEARS =
            BigDecimal.valueOf(Duration.ofDays(36525).toSeconds());
    private static final int MOST_SUBJECT_BYTES = 256;
    /** Only a signed URL's token has it: such a token opens one object and is nobody's identity. */
    private static final String PURPOSE = "url";

    ClaimRules {
        audience = Set.copyOf(audience);
    }

    /** @throws io.aerodb.storage.gateway.http.StorageError Unauthorized when a claim is missing, wrong or of another type */
    Identity identity(ObjectNode claims) {
        refuseUnstorable(claims);
        refuse(claims.has(PURPOSE), "The token is made for a signed URL");
        BigDecimal expiry = expiry(claims);
        checkStart(claims);
        checkParties(claims);
        return new Identity(meant(claims), expiry);
    }

    /** Whom these claims mean, whenever and by whomever they were made. */
    static RlsContext context(ObjectNode claims) {
        refuseUnstorable(claims);
        return meant(claims);
    }

    private static RlsContext meant(ObjectNode claims) {
        Role role = role(claims.get("role"));
        String subject = subject(claims.get("sub"));
        claims.put("role", role.databaseName());
        return new RlsContext(subject, role, JsonObjects.text(claims));
    }

    /** @throws io.aerodb.storage.gateway.http.StorageError Unauthorized when this time is over */
    void refuseExpired(BigDecimal expiry) {
        refuse(expiry.add(tolerance()).compareTo(now()) <= 0, "The token has expired");
    }

    private static void refuseUnstorable(ObjectNode claims) {
        refuse(
                JsonObjects.notStorable(claims).isPresent(),
                "The claims of the token hold characters that are not allowed");
    }

    private BigDecimal expiry(ObjectNode claims) {
        BigDecimal expiry = time(claims.get("exp")).orElseThrow(() -> InvalidToken.because("The token has no expiry"));
        refuseExpired(expiry);
        refuse(expiry.subtract(now()).compareTo(HUNDRED_YEARS) > 0, "The expiry of the token is too far away");
        return expiry;
    }

    private void checkStart(ObjectNode claims) {
        BigDecimal start = time(claims.get("nbf")).orElseGet(this::now);
        refuse(start.subtract(tolerance()).compareTo(now()) > 0, "The token is not valid yet");
    }

    private BigDecimal now() {
        return BigDecimal.valueOf(clock.instant().getEpochSecond());
    }

    private BigDecimal tolerance() {
        return BigDecimal.valueOf(skew.toSeconds());
    }

    private static Optional<BigDecimal> time(@Nullable JsonNode claim) {
        refuse(claim != null && !claim.isNumber(), "A time in the token is not a number");
        return Optional.ofNullable(claim).map(JsonNode::decimalValue);
    }

    private void checkParties(ObjectNode claims) {
        refuse(issuer != null && !isText(claims.get("iss"), Set.of(issuer)), "The token has another issuer");
        refuse(!audience.isEmpty() && !isForUs(claims.get("aud")), "The token is for another audience");
    }

    private boolean isForUs(@Nullable JsonNode claim) {
        return claim != null && claim.isArray()
                ? StreamSupport.stream(claim.spliterator(), false).anyMatch(one -> isText(one, audience))
                : isText(claim, audience);
    }

    private static boolean isText(@Nullable JsonNode claim, Set<String> allowed) {
        return claim != null && claim.isString() && allowed.contains(claim.stringValue());
    }

    private static Role role(@Nullable JsonNode claim) {
        if (claim == null || claim.isNull()) {
            return Role.AUTHENTICATED;
        }
        return Optional.of(claim)
                .filter(JsonNode::isString)
                .flatMap(name -> Role.named(name.stringValue()))
                .orElseThrow(() -> InvalidToken.because("The role of the token is not known"));
    }

    private static @Nullable String subject(@Nullable JsonNode claim) {
        if (claim == null || claim.isNull()) {
            return null;
        }
        refuse(!claim.isString() || claim.stringValue().isEmpty(), "The subject of the token is not a text");
        String subject = claim.stringValue();
        refuse(bytes(subject) > MOST_SUBJECT_BYTES, "The subject of the token is too long");
        return subject;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void refuse(boolean condition, String reason) {
        if (condition) {
            throw InvalidToken.because(reason);
        }
    }
}
