package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MimePatternsTest {

    @ParameterizedTest
    @CsvSource({
        "image/png, image/png, true",
        "image/png, IMAGE/PNG; q=1, true",
        "Image/*, image/svg+xml, true",
        "*/*, text/plain, true",
        "image/png; a=b, image/png, true",
        "image/png, image/pngx, false",
        "image/*, imagex/png, false",
        "image/*, text/plain, false"
    })
    void typesAreComparedWithoutCaseAndParameters(String pattern, String type, boolean allowed) {
        assertThat(MimePatterns.allow(List.of(pattern), type)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"text/plain", "application/octet-stream"})
    void withoutPatternsEveryTypeIsAllowed(String type) {
        assertThat(MimePatterns.allow(List.of(), type)).isTrue();
    }
}
