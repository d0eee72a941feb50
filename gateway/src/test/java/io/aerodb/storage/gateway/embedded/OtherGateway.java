package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A JVM of its own with the embedded server of a data directory in it: the part of a gateway that matters here. */
final class OtherGateway implements AutoCloseable {

    private final Process process;

    private OtherGateway(Process process) {
        this.process = process;
    }

    static OtherGateway launch(Path dataDirectory) throws IOException {
        return new OtherGateway(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherGateway.class.getName(),
                        dataDirectory.toString())
                .start());
    }

    /** Runs in the other JVM. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            EmbeddedDatabase database = Servers.in(Path.of(arguments[0])).start();
            System.out.println(String.join(" ", "ready", Integer.toString(database.port()), database.password()));
            new CountDownLatch(1).await();
        } catch (StartRefused refused) {
            System.err.println(refused.getMessage());
            System.exit(1);
        }
    }

    /** Waits until its server is ready. */
    EmbeddedDatabase database() throws IOException {
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready ")) {
                String[] words = line.split(" ");
                return new EmbeddedDatabase(
                        ServerProcess.HOST, Integer.parseInt(words[1]), Cluster.DATABASE, Cluster.SUPERUSER, words[2]);
            }
        }
        throw new IOException("the other gateway did not start: " + errors());
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    String errors() throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** With signal 9, and waits until it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** The shells between it and its server. */
    List<ProcessHandle> watchdogs() {
        return process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("sh"))
                .toList();
    }

    @Override
    public void close() {
        kill();
    }
}
