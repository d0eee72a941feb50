package io.aerodb.storage.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/operations.md has one line for each field, and names each operation. */
class LogFieldsDocumentTest {

    private static final Pattern FIELD = Pattern.compile("(?m)^\\| `([a-z_.]+)` \\| (?:`([a-z_.]+)`|-) \\| .+ \\|$");

    private static String logs() throws IOException {
        String document = Files.readString(Path.of("../docs/operations.md"));
        int begin = document.indexOf("\n## Logs\n");
        return document.substring(begin, document.indexOf("\n## ", begin + 1));
    }

    @Test
    void everyFieldIsDocumentedWithItsNameInEcs() throws IOException {
        List<String> documented = FIELD.matcher(logs())
                .results()
                .map(line -> line.group(1) + " " + line.group(2))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(Arrays.stream(LogField.values())
                        .map(field -> field.key() + " " + field.twin().orElse(null))
                        .toList());
    }

    @Test
    void everyOperationIsNamed() throws IOException {
        assertThat(Operation.values())
                .allSatisfy(operation -> assertThat(logs()).contains("`" + operation.word() + "`"));
    }
}
