package io.aerodb.storage.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How the packaged gateway is started as a process of its own; each {@code with…} gives another one.
 *
 * @param data the data directory
 * @param output the file that takes what the process prints
 * @param jvm options of its JVM
 * @param prefix what stands before {@code java}, to start it as somebody else
 */
public record Launch(
        Path jar,
        Path data,
        Path output,
        int port,
        int managementPort,
        List<String> settings,
        List<String> jvm,
        List<String> prefix,
        Map<String, String> environment) {

    private static final List<String> JVM = List.of(
            "-Xmx128m",
            "-XX:MaxDirectMemorySize=64m",
            "-Dio.netty.maxDirectMemory=67108864",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dio.netty.leakDetection.level=paranoid");

    /** Without the search for lost buffers, for tests that start a gateway often. */
    public static final List<String> QUICK_JVM = List.of(
            "-Xmx192m",
            "-XX:MaxDirectMemorySize=96m",
            "-Dio.netty.maxDirectMemory=100663296",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    /** A gateway of its own in an empty directory, on free ports. */
    public static Launch fresh(String... settings) {
        Path place = place();
        Path data = place.resolve("data");
        return new Launch(
                Path.of(System.getProperty("gateway.jar")).toAbsolutePath().normalize(),
                data,
                place.resolve("output.log"),
                freePort(),
                freePort(),
                withBackend(List.of(settings)),
                JVM,
                List.of(),
                Map.of());
    }

    /** The backend that the whole suite is run with, unless the test has its own. */
    private static List<String> withBackend(List<String> settings) {
        boolean own = settings.stream()
                .anyMatch(
                        setting -> setting.startsWith("--storage.local.") || setting.startsWith("--storage.backends."));
        return own || !"s3".equals(System.getProperty("backend.under.test"))
                ? settings
                : Stream.concat(settings.stream(), StoredInS3.fresh().settings().stream())
                        .toList();
    }

    /** The same data again, on other ports. */
    public Launch elsewhere(String... moreSettings) {
        Path otherOutput = output.resolveSibling("output-" + Names.bucket("again") + ".log");
        List<String> all =
                Stream.concat(settings.stream(), Stream.of(moreSettings)).toList();
        return new Launch(jar, data, otherOutput, freePort(), freePort(), all, jvm, prefix, environment);
    }

    /** As another user, say: the command that runs the rest of the line, and what it can read and write. */
    public Launch through(List<String> command, Path readableJar, Path writable) {
        return new Launch(
                readableJar,
                writable.resolve("data"),
                output,
                port,
                managementPort,
                settings,
                jvm,
                command,
                Map.of("HOME", writable.toString(), "TMPDIR", writable.toString()));
    }

    /** With these options of the JVM instead of the usual ones. */
    public Launch onJvm(String... options) {
        return new Launch(jar, data, output, port, managementPort, settings, List.of(options), prefix, environment);
    }

    /** Another data directory. */
    public Launch in(Path otherData) {
        return new Launch(jar, otherData, output, port, managementPort, settings, jvm, prefix, environment);
    }

    /** Another jar. */
    public Launch ofJar(Path otherJar) {
        return new Launch(otherJar, data, output, port, managementPort, settings, jvm, prefix, environment);
    }

    public Gateway start() {
        return new Gateway(this);
    }

    /** For starts that must not succeed: waits for the end of the process. */
    public Exit runToEnd() throws IOException, InterruptedException {
        Process process = process();
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("the gateway did not exit:\n" + Files.readString(output));
        }
        return new Exit(process.exitValue(), Files.readString(output));
    }

    Process process() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.directory(output.getParent().toFile()).environment().putAll(environment);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // should the tests be killed
        return process;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        coverageAgent().forEach(command::add);
        command.addAll(List.of("-jar", jar.toString()));
        command.add("--server.port=" + port);
        command.add("--management.server.port=" + managementPort);
        command.add("--storage.data-dir=" + data);
        if (settings.stream().noneMatch(setting -> setting.startsWith("--storage.scrub."))) {
            command.add("--storage.scrub.enabled=false"); // reads what tests damage and count, some time or other
        }
        command.addAll(settings);
        return command;
    }

    private Stream<String> coverageAgent() {
        String agent = System.getProperty("gateway.agent", "");
        return agent.startsWith("-javaagent:") && prefix.isEmpty() ? Stream.of(agent) : Stream.empty();
    }

    private static Path place() {
        try {
            Path all = Files.createDirectories(Path.of("target", "gateways").toAbsolutePath());
            return Files.createTempDirectory(all, "gateway-");
        } catch (IOException unwritable) {
            throw new java.io.UncheckedIOException(unwritable);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new java.io.UncheckedIOException(none);
        }
    }

    /** How a process ended and all that it printed. */
    public record Exit(int code, String output) {}
}
