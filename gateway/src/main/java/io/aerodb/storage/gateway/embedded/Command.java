package io.aerodb.storage.gateway.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs of the operating system and of PostgreSQL, run in a clean environment: no PG* variable, no locale leaks in. */
final class Command {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final long PATIENCE_SECONDS = 120;

    private Command() {}

    static ProcessBuilder in(Path directory, List<String> words) {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", PATH, "LC_ALL", "C"));
        return builder;
    }

    /** Runs to the end, with this text as standard input and the output in a file. False unless it exits with 0. */
    static boolean succeeds(ProcessBuilder builder, String input, File output)
            throws InterruptedException, IOException {
        Process process = builder.redirectOutput(output).start();
        try (var stdin = process.outputWriter()) {
            stdin.write(input);
        } catch (IOException closed) {
            // it ended without reading; its exit code says why
        }
        if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            return process.exitValue() == 0;
        }
        process.destroyForcibly();
        return false;
    }

    /** The same for a small tool whose output is of no interest. False also when it is not installed. */
    static boolean succeeds(Path directory, String... words) throws InterruptedException {
        try {
            return succeeds(in(directory, List.of(words)), "", new File("/dev/null"));
        } catch (IOException missing) {
            return false;
        }
    }

    /** The last lines of a log, to be shown to whom it concerns. */
    static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
        } catch (IOException unreadable) {
            return "(%s can not be read)".formatted(log);
        }
    }
}
