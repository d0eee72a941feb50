package io.aerodb.storage.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every route has a row in the table of integration-tests that says where its callers are told apart, and every row has a
 * route. Routes are read from the source: {@code .GET("/copy", …)}.
 */
class RoutesTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path TABLES = Path.of("../integration-tests/src/test/resources/io/aerodb/storage/access");
    private static final Pattern ROUTE = Pattern.compile("\\.(GET|HEAD|POST|PUT|PATCH|DELETE)\\(([^,]+?),");
    private static final Pattern OPERATION = Pattern.compile("[a-z0-9-]+");

    @Test
    void everyRouteHasARowAndEveryRowARoute() throws IOException {
        assertThat(routes()).isNotEmpty().isEqualTo(column(0));
    }

    @Test
    void everyRowNamesAnOperationOfATable() throws IOException {
        Set<String> known = new TreeSet<>();
        for (String table : List.of("objects.txt", "buckets.txt", "changes.txt", "others.txt")) {
            rows(table).map(cells -> cells[0]).forEach(words -> OPERATION
                    .matcher(words)
                    .results()
                    .forEach(word -> known.add(table.replace(".txt", " ") + word.group())));
        }

        assertThat(known).containsAll(column(1));
    }

    private static Set<String> routes() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(RoutesTest::routesOf)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Stream<String> routesOf(Path file) {
        try {
            return ROUTE.matcher(Files.readString(file)).results().map(route -> "%s %s %s"
                    .formatted(
                            route.group(1), file.getFileName().toString().replace(".java", ""), address(route.group(2)))
                    .trim());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String address(String expression) {
        return expression
                .replace("StorageApi.BASE", "")
                .replace("ObjectPaths.ANY", "/{bucket}/{*path}")
                .replaceAll("[\"+\\s]", "");
    }

    private static Set<String> column(int index) throws IOException {
        return rows("routes.txt")
                .map(cells -> cells[index].trim().replaceAll(" +", " "))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String[]> rows(String table) throws IOException {
        return Files.readAllLines(TABLES.resolve(table)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\\|"));
    }
}
