package io.aerodb.storage.gateway.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How this process was started, as the script {@code run} says in system properties.
 *
 * @param command the words that start this program, for a shell
 * @param attended whether standard output is a terminal. Where it is not, it is somebody's log
 * @param sample a file anybody has, to try an upload with
 */
record Terminal(String command, boolean attended, Path sample) {

    static Terminal current() {
        Optional<Path> script =
                Optional.ofNullable(System.getProperty("aerodb.run")).map(Path::of);
        return new Terminal(
                script.map(StartBanner::quoted).orElseGet(Terminal::jar),
                Boolean.getBoolean("aerodb.terminal"),
                script.map(Terminal::sampleBeside).orElse(Path.of("/etc/hosts")));
    }

    /** With {@code java -jar}, the class path is the jar. */
    private static String jar() {
        return "java -jar "
                + StartBanner.quoted(
                        Path.of(System.getProperty("java.class.path")).toAbsolutePath());
    }

    private static Path sampleBeside(Path script) {
        Path readme = script.resolveSibling("README.md");
        return Files.isReadable(readme) ? readme : script;
    }
}
