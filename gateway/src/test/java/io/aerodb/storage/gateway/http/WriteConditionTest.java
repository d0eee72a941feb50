package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.http.WriteCondition.CreateOnly;
import io.aerodb.storage.gateway.http.WriteCondition.IfMatch;
import io.aerodb.storage.gateway.http.WriteCondition.MustExist;
import io.aerodb.storage.gateway.http.WriteCondition.Overwrite;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

class WriteConditionTest {

    static HttpHeaders headers(String lines) {
        HttpHeaders headers = new HttpHeaders();
        lines.lines().forEach(line -> headers.add(line.split(": ?", 2)[0], line.split(": ?", 2)[1]));
        return headers;
    }

    static Stream<Arguments> conditions() {
        WriteCondition mustBeNew = new CreateOnly(ErrorCode.PRECONDITION_FAILED);
        return Stream.of(
                Arguments.of("", new Overwrite(false)),
                Arguments.of("x-upsert: true", new Overwrite(true)),
                Arguments.of("X-Upsert: false", new CreateOnly(ErrorCode.KEY_ALREADY_EXISTS)),
                Arguments.of("If-None-Match: *", mustBeNew),
                Arguments.of("If-None-Match:  * ", mustBeNew),
                Arguments.of("If-None-Match: *\nx-upsert: false", mustBeNew),
                Arguments.of("If-None-Match: *\nx-upsert: true", mustBeNew),
                Arguments.of("If-Match: *", new MustExist()),
                Arguments.of("If-Match: \"a\"", new IfMatch(Set.of("\"a\""))),
                Arguments.of("If-Match: \"a\"\nx-upsert: true", new IfMatch(Set.of("\"a\""))),
                Arguments.of("If-Match: \"a\", \"b,c\" ,W/\"d\"", new IfMatch(Set.of("\"a\"", "\"b,c\""))),
                Arguments.of("If-Match: \"a\"\nIf-Match: \"b\"", new IfMatch(Set.of("\"a\"", "\"b\""))),
                Arguments.of("If-Match: W/\"a\"", new IfMatch(Set.of())),
                Arguments.of("If-Match: \"a\",", new IfMatch(Set.of("\"a\""))),
                Arguments.of("If-Match: \"\"", new IfMatch(Set.of("\"\""))));
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void headersStateACondition(String lines, WriteCondition condition) {
        assertThat(WriteCondition.of(headers(lines))).isEqualTo(condition);
    }

    @ParameterizedTest
    @CsvSource({"x-upsert: false,false", "x-upsert: true,true", "'',false"})
    void aPutAlwaysOverwrites(String line, boolean explicit) {
        assertThat(WriteCondition.of(HttpMethod.PUT, headers(line))).isEqualTo(new Overwrite(explicit));
    }

    @Test
    void otherConditionsOfAPutHold() {
        assertThat(WriteCondition.of(HttpMethod.PUT, headers("If-None-Match: *")))
                .isEqualTo(new CreateOnly(ErrorCode.PRECONDITION_FAILED));
        assertThat(WriteCondition.of(HttpMethod.PUT, headers("If-Match: *\nx-upsert: false")))
                .isEqualTo(new MustExist());
        assertThat(WriteCondition.of(HttpMethod.POST, headers("x-upsert: false")))
                .isEqualTo(new CreateOnly(ErrorCode.KEY_ALREADY_EXISTS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-upsert: TRUE",
                "x-upsert: yes",
                "x-upsert: ",
                "x-upsert: true\nx-upsert: true",
                "x-upsert: true, false",
                "If-None-Match: \"a\"",
                "If-None-Match: ",
                "If-Match: a",
                "If-Match: ",
                "If-Match: \"a",
                "If-Match: \"a\" \"b\"",
                "If-Match: *, \"a\"",
                "If-Match: w/\"a\"",
                "If-Match: \"a\"\nx-upsert: false",
                "If-Match: \"a\"\nIf-None-Match: *"
            })
    void otherHeadersAreRefused(String lines) {
        assertThatThrownBy(() -> WriteCondition.of(headers(lines)))
                .isInstanceOfSatisfying(
                        StorageError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-upsert: true", "X-UPSERT: false"})
    void theUpsertHeaderIsNoticed(String line) {
        assertThat(WriteCondition.upsertHeaderSent(headers(line))).isTrue();
        assertThat(WriteCondition.upsertHeaderSent(new HttpHeaders())).isFalse();
    }
}
