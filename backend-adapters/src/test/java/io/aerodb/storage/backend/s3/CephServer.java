package io.aerodb.storage.backend.s3;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Ceph with its S3 gateway, of the programs installed on this machine, with its store in memory. */
final class CephServer {

    static final String PACKAGES = "ceph-mon ceph-osd radosgw ceph-common";

    private static final List<String> PROGRAMS = List.of("ceph-mon", "ceph-osd", "radosgw", "ceph", "curl");
    private static final Path SCRIPTS = Path.of("src", "test", "ceph");
    private static final Path DIRECTORY = Path.of("target", "ceph").toAbsolutePath();

    private final S3Endpoint endpoint;

    private CephServer(S3Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    static boolean isInstalled() {
        return PROGRAMS.stream().allMatch(CephServer::isOnThePath);
    }

    /** Takes about seven seconds. */
    static CephServer start() throws Exception {
        int port = freePort();
        CephServer server = new CephServer(new S3Endpoint(
                URI.create("http://127.0.0.1:" + port),
                "test-access-key",
                "test-secret-key",
                S3Settings.Checksums.WHEN_REQUIRED));
        try {
            server.run("ceph-up.sh", Integer.toString(port));
            return server;
        } catch (IllegalStateException failure) {
            server.stop();
            throw failure;
        }
    }

    S3Endpoint endpoint() {
        return endpoint;
    }

    void stop() throws Exception {
        run("ceph-down.sh");
    }

    private void run(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString(), DIRECTORY.toString()));
        command.addAll(List.of(arguments));
        File output = Path.of("target", script + ".log").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        builder.environment().put("S3_ACCESS_KEY", endpoint.accessKey());
        builder.environment().put("S3_SECRET_KEY", endpoint.secretKey());
        Process process = builder.start();
        if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(script + " failed: " + Files.readString(output.toPath()));
        }
    }

    private static boolean isOnThePath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** One whose next seventy are likely free too: below those that the system gives to clients. */
    private static int freePort() {
        int port = 16_000 + 100 * ThreadLocalRandom.current().nextInt(150);
        return isFree(port) && isFree(port + 10) ? port : freePort();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
