package io.aerodb.storage.bench;

import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gateway under measurement: started by {@code run} with an empty data directory, which is removed at the end. */
final class Server implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Path data;
    private final int port = freePort();
    private final int managementPort = freePort();
    private final Process process;
    private String authorization = "";

    private Server(Variant variant, Path output) throws IOException {
        data = Files.createTempDirectory(output, "data-");
        process = process(variant, output);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // should the benchmark be killed
    }

    /** Ready for requests when this returns. The output directory takes its log and, while it runs, its data. */
    static Server start(Variant variant, Path output) throws IOException, InterruptedException {
        Server server = new Server(variant, output);
        try {
            server.awaitReady(output);
            server.logIn();
            return server;
        } catch (Throwable failure) {
            server.close();
            throw failure;
        }
    }

    /** The gateway itself; its PostgreSQL is among its descendants. */
    ProcessHandle process() {
        return process.toHandle();
    }

    Connection connect() throws IOException {
        return Connection.open(address(port));
    }

    /** The head of a request of a user with a token, without a last empty line. */
    String head(Line.Verb verb, String bucket, String path) {
        return verb + " /storage/v1/object/" + bucket + "/" + path + " HTTP/1.1\r\nHost: localhost\r\n" + authorization;
    }

    /** A private bucket of that user: row-level security lets nobody else in. */
    void createBucket(String name) throws IOException {
        String json = "{\"id\": \"%s\", \"name\": \"%s\", \"public\": false}".formatted(name, name);
        ByteBuffer body = ByteBuffer.wrap(json.getBytes(StandardCharsets.US_ASCII));
        try (Connection connection = connect()) {
            connection.put(
                    "POST /storage/v1/bucket HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + authorization,
                    body,
                    body.capacity());
        }
    }

    /** Removes the files of a bucket behind the gateway's back, so that hours of uploads fit on the disk. */
    void dropFiles(String bucket) {
        Disk.deleteTree(data.resolve("objects").resolve(bucket));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly(); // should it not have heard
        Disk.deleteTree(data);
    }

    private Process process(Variant variant, Path output) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(variant.checkout().resolve("run").toString());
        command.addAll(List.of("--port=" + port, "--management-port=" + managementPort, "--data=" + data));
        command.add("--storage.embedded.binaries=" + output.resolve("postgresql"));
        variant.settings().forEach(setting -> command.add("--" + setting));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(output).toFile());
        builder.environment().put("JAVA_OPTS", String.join(" ", variant.jvmOptions()));
        return builder.start();
    }

    private static Path log(Path output) {
        return output.resolve("server.log");
    }

    private void awaitReady(Path output) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the gateway did not start, see " + log(output));
            }
            Thread.sleep(100);
        }
    }

    private void logIn() throws IOException {
        String secret = Files.readString(data.resolve("jwt-secret")).strip();
        authorization = "Authorization: Bearer " + new Tokens(secret).user("bench") + "\r\n";
    }

    private boolean ready() {
        try (Connection connection = Connection.open(address(managementPort))) {
            connection.get("GET /actuator/health/readiness HTTP/1.1\r\nHost: localhost\r\n");
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new java.io.UncheckedIOException(none);
        }
    }
}
