package io.aerodb.storage.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The Helm chart, rendered by Helm itself as a library, without a cluster. */
final class Chart {

    static final Path DIRECTORY = Shell.repository().resolve("helm/aerodb-storage");
    static final String RELEASE = "files";
    static final String NAMESPACE = "storage";

    private static final String KUBERNETES = "1.34.0";
    private static final Path WITHOUT_HOOKS = withoutHooks();
    private static final Map<String, Manifests> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    /** The names of the files below {@code ci}. */
    static List<String> examples() {
        try (Stream<Path> files = Files.list(DIRECTORY.resolve("ci"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String example(String name) {
        return read(DIRECTORY.resolve("ci").resolve(name));
    }

    static Map<String, Object> values() {
        return new Yaml().load(read(DIRECTORY.resolve("values.yaml")));
    }

    /** All objects, hooks and tests included, of one of the examples. */
    static Manifests ofExample(String name) {
        return RENDERED.computeIfAbsent(name, example -> of(example(example)));
    }

    /** The same of these values, a document of YAML; of several ones the last word counts. */
    static Manifests of(String... values) {
        return ofRelease(RELEASE, values);
    }

    /** The same of a release of another name. @throws IllegalStateException with Helm's words, when it refuses */
    static Manifests ofRelease(String release, String... values) {
        var template = new Helm(WITHOUT_HOOKS)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
        Stream.of(values).map(Chart::file).forEach(template::withValuesFile);
        return Manifests.of(template.call());
    }

    /** What Helm says at the end of an installation. */
    static String notes(String... values) {
        var install = new Helm(DIRECTORY)
                .install()
                .clientOnly()
                .dryRun()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
        Stream.of(values).map(Chart::file).forEach(install::withValuesFile);
        return install.call().getOutput().replaceFirst("(?s)^.*\nNOTES:\n", "");
    }

    /** What {@code helm lint --strict} finds in a chart with these values as its own. */
    static LintResult lint(Map<String, Object> values) throws IOException {
        Path copy = copy(DIRECTORY, Files.createTempDirectory("chart-"), false);
        Files.writeString(copy.resolve("values.yaml"), new Yaml().dump(values));
        return new Helm(copy).lint().strict().call();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Path file(String values) {
        try {
            Path file = Files.writeString(Files.createTempFile("values-", ".yaml"), values);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** The library leaves hooks out of what it renders; with another annotation they are none. */
    private static Path withoutHooks() {
        try {
            return copy(DIRECTORY, Files.createTempDirectory("chart-"), true);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static Path copy(Path from, Path parent, boolean hooksRenamed) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Disk.deleteTree(parent)));
        Path to = parent.resolve("aerodb-storage");
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : tree.toList()) {
                Path target = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    String text = Files.readString(source);
                    Files.writeString(
                            target, hooksRenamed ? text.replace("helm.sh/hook:", Manifests.HOOK + ":") : text);
                }
            }
        }
        return to;
    }
}
