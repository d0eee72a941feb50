package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/api.md has one line for each code, with its status and its error word. */
class ErrorDocumentTest {

    private static final Pattern LINE = Pattern.compile("(?m)^\\| ([45]\\d\\d) \\| `(\\w+)` \\| `([^`]+)` \\| .+ \\|$");

    @Test
    void everyErrorIsDocumented() throws IOException {
        assertThat(documented()).containsExactlyInAnyOrderElementsOf(existing());
    }

    private static List<String> documented() throws IOException {
        String document = Files.readString(Path.of("../docs/api.md"));
        return LINE.matcher(document)
                .results()
                .map(line -> "%s %s %s".formatted(line.group(1), line.group(2), line.group(3)))
                .toList();
    }

    private static List<String> existing() {
        return Arrays.stream(ErrorCode.values())
                .map(code -> "%d %s %s".formatted(code.status().value(), code.code(), code.word()))
                .toList();
    }
}
