package io.aerodb.storage.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.FaultPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Fault points are documented, and nothing in the product arms them. */
class FaultPointsTest {

    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern REACHED = Pattern.compile("FaultPoints\\.reach\\(\\s*\"([^\"]*)\"");
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| `([a-z0-9-]+\\.[a-z0-9-]+)` \\|");

    @Test
    void eachHasAPlaceInTheCodeAndALineInTheDocumentation() throws IOException {
        List<String> points = points();

        assertThat(points).hasSizeGreaterThanOrEqualTo(20).doesNotHaveDuplicates();
        assertThat(listed()).containsExactlyInAnyOrderElementsOf(points);
    }

    @Test
    void nothingInTheProductArmsThem() {
        assertThat(ServiceLoader.load(FaultPoints.Hook.class)).isEmpty();
        assertThat(Product.CLASSES)
                .filteredOn(type -> type.isAssignableTo(FaultPoints.Hook.class) && !type.isInterface())
                .isEmpty();
    }

    private static List<String> points() throws IOException {
        try (Stream<Path> modules = Stream.of("backend-adapters", "metadata-r2dbc", "gateway")
                .map(module -> REPOSITORY.resolve(module).resolve("src/main/java"))) {
            return modules.flatMap(FaultPointsTest::sources)
                    .flatMap(source -> matches(REACHED, source))
                    .toList();
        }
    }

    private static List<String> listed() {
        return matches(LISTED, REPOSITORY.resolve("docs/reliability.md")).toList();
    }

    private static Stream<Path> sources(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static Stream<String> matches(Pattern pattern, Path file) {
        try {
            return pattern.matcher(Files.readString(file)).results().map(match -> match.group(1)).toList().stream();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
