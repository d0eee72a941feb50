package io.aerodb.storage.gateway.http;

import static io.aerodb.storage.gateway.http.ReadConditions.FAIL;
import static io.aerodb.storage.gateway.http.ReadConditions.HOLD;
import static io.aerodb.storage.gateway.http.ReadConditions.NOT_MODIFIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReadConditionsTest {

    private static final Instant MODIFIED = Instant.parse("2026-11-24T10:00:00.500Z");
    private static final String BEFORE = "Tue, 24 Nov 2026 09:59:59 GMT";
    private static final String THEN = "Tue, 24 Nov 2026 10:00:00 GMT";

    static Stream<Arguments> conditions() {
        return Stream.of(
                Arguments.of("", HOLD),
                Arguments.of("If-Match: \"v1\"", HOLD),
                Arguments.of("If-Match: *", HOLD),
                Arguments.of("If-Match: \"a\", \"v1\"", HOLD),
                Arguments.of("If-Match: \"a\"\nIf-Match: \"v1\"", HOLD),
                Arguments.of("If-Match: \"v2\"", FAIL),
                Arguments.of("If-Match: W/\"v1\"", FAIL),
                Arguments.of("If-Match: \"v1\"\nIf-Unmodified-Since: " + BEFORE, HOLD),
                Arguments.of("If-Unmodified-Since: " + THEN, HOLD),
                Arguments.of("If-Unmodified-Since: " + BEFORE, FAIL),
                Arguments.of("If-Unmodified-Since: Sun, 24 Nov 1963 10:00:00 GMT", FAIL),
                Arguments.of("If-Unmodified-Since: yesterday", HOLD),
                Arguments.of("If-None-Match: \"v1\"", NOT_MODIFIED),
                Arguments.of("If-None-Match: W/\"v1\"", NOT_MODIFIED),
                Arguments.of("If-None-Match: *", NOT_MODIFIED),
                Arguments.of("If-None-Match: \"a\", W/\"b\", \"v1\"", NOT_MODIFIED),
                Arguments.of("If-None-Match: \"v2\"", HOLD),
                Arguments.of("If-None-Match: v1", HOLD),
                Arguments.of("If-None-Match: \"v2\"\nIf-Modified-Since: " + THEN, HOLD),
                Arguments.of("If-Modified-Since: " + THEN, NOT_MODIFIED),
                Arguments.of("If-Modified-Since: " + BEFORE, HOLD),
                Arguments.of("If-Modified-Since: yesterday", HOLD),
                Arguments.of("If-Match: \"v2\"\nIf-None-Match: \"v1\"", FAIL),
                Arguments.of("If-Match: \"v1\"\nIf-None-Match: \"v1\"", NOT_MODIFIED));
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void conditionsAreJudgedInTheOrderOfTheStandard(String lines, ReadConditions outcome) {
        assertThat(ReadConditions.of(WriteConditionTest.headers(lines), "\"v1\"", MODIFIED))
                .isEqualTo(outcome);
    }

    @Test
    void aMalformedIfMatchIsRefused() {
        assertThatThrownBy(() -> ReadConditions.of(WriteConditionTest.headers("If-Match: v1"), "\"v1\"", MODIFIED))
                .isInstanceOfSatisfying(StorageError.class, refusal -> assertThat(refusal.details())
                        .containsEntry("field", "If-Match"));
    }
}
