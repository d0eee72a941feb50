package io.aerodb.storage.backend.s3.bench;

import io.aerodb.storage.backend.s3.S3ProxyServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The S3 server of the tests in a process of its own, so that its processor time is not the client's. */
final class S3ProxyProcess implements AutoCloseable {

    private final Process process;
    private final URI endpoint;

    private S3ProxyProcess(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** With its objects below {@code backend-adapters/target}. Ends with this process. */
    static S3ProxyProcess start() throws IOException {
        Path target = Path.of(S3ProxyProcess.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .resolveSibling("bench-s3");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx1g",
                        "-Dlogback.configurationFile=test-logging.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        S3ProxyProcess.class.getName(),
                        Files.createDirectories(target).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith("http")) {
            line = output.readLine();
        }
        return new S3ProxyProcess(process, URI.create(String.valueOf(line)));
    }

    URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** Serves until standard input ends. */
    public static void main(String... arguments) throws IOException {
        try (S3ProxyServer server = S3ProxyServer.on(Path.of(arguments[0]))) {
            System.out.println(server.endpoint().uri());
            while (System.in.read() != -1) {
                // nobody writes
            }
        }
        System.exit(0);
    }
}
