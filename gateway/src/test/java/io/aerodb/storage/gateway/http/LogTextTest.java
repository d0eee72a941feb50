package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {

    @Test
    void plainTextStaysPlain() {
        assertThat(LogText.value("/storage/v1/object/b/a%20b;c")).isEqualTo("/storage/v1/object/b/a%20b;c");
    }

    @Test
    void whatCouldForgeALineIsEscaped() {
        assertThat(LogText.value("a\nb\r\u001b[31m")).isEqualTo("\"a\\u000ab\\u000d\\u001b[31m\"");
        assertThat(LogText.value("a status=200")).isEqualTo("\"a status=200\"");
        assertThat(LogText.value("a\"b\\")).isEqualTo("\"a\\\"b\\\\\"");
        assertThat(LogText.value("ü\u2028")).isEqualTo("\"\\u00fc\\u2028\"");
        assertThat(LogText.value("")).isEqualTo("\"\"");
    }

    @Test
    void longTextIsCut() {
        assertThat(LogText.value("a".repeat(10_000))).hasSizeLessThan(2100).endsWith("…\"");
    }
}
