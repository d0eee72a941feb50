package io.aerodb.storage.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command run to its end. */
public record Shell(int exitCode, String out, String err) {

    /** The repository this module belongs to. */
    public static Path repository() {
        return Path.of(System.getProperty("repository.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    public static Shell run(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = java.nio.file.Files.createTempFile("shell-", ".out");
        Path err = java.nio.file.Files.createTempFile("shell-", ".err");
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(List.of(command) + " did not end: " + read(out) + read(err));
        }
        return new Shell(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return java.nio.file.Files.readString(file, StandardCharsets.UTF_8);
    }
}
