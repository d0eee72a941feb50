package io.aerodb.storage.bench;

import io.aerodb.storage.harness.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * From the start of a process to readiness, over and over. The database is another one on a server that runs, and has its
 * schema from the first start, which is not counted.
 */
final class Starts implements Runner {

    private static final Request READY = new Request("GET", "/actuator/health/readiness", "");
    private static final int STEP_MILLIS = 5;
    private static final int CACHE = 25; // the first version whose -XX:AOTCacheOutput does all in one run

    private final Server server;
    private final Line line;
    private final Path directory;
    private final List<String> database;
    private List<String> program;

    private Starts(Contestant contestant, Line line, String name) throws IOException {
        this.server = contestant.server();
        this.line = line;
        this.directory = Files.createTempDirectory(server.setup().output(), name + "-");
        this.database = database(server.database(), "start_" + name);
        this.program = List.of("-jar", jar().toString());
    }

    /** The packaged jar as it is. */
    static Starts plain(Contestant contestant, Line line) throws Exception {
        Starts starts = new Starts(contestant, line, "plain");
        starts.one(List.of());
        return starts;
    }

    /** The jar unpacked, with a cache of its classes that a run before has written. */
    static Starts cached(Contestant contestant, Line line) throws Exception {
        Starts starts = new Starts(contestant, line, "cached");
        Path unpacked = starts.directory.resolve("unpacked");
        starts.unpack(unpacked);
        Path cache = starts.directory.resolve("classes.cache");
        boolean aot = Runtime.version().feature() >= CACHE;
        starts.program = List.of("-jar", unpacked.resolve(jarName()).toString());
        starts.one(List.of((aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + cache));
        if (!Files.exists(cache)) {
            throw new IOException("the JVM wrote no cache, see " + starts.log());
        }
        starts.program = new ArrayList<>(starts.program);
        starts.program.add(0, (aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + cache);
        return starts;
    }

    @Override
    public Round round(double seconds) throws Exception {
        CpuSeconds before = CpuSeconds.now(Processes.UNKNOWN);
        Start start = one(List.of());
        Histogram latency = new Histogram(3);
        latency.recordValue(start.nanos());
        CpuSeconds since = CpuSeconds.now(Processes.UNKNOWN).since(before);
        CpuSeconds cpu = new CpuSeconds(start.cpu(), 0, since.client(), since.machine(), since.stolen());
        return new Round(
                line, start.nanos() / 1e9, latency, 0, cpu, Jvm.UNKNOWN, Double.NaN, start.resident(), Double.NaN);
    }

    @Override
    public void close() {
        server.setup().leftovers().discard(directory);
    }

    private record Start(long nanos, double cpu, long resident) {}

    private Start one(List<String> options) throws IOException, InterruptedException {
        int managementPort = Child.freePort();
        List<String> command = new ArrayList<>(List.of(Setup.java()));
        command.addAll(Server.JVM);
        command.addAll(options);
        command.addAll(program);
        command.addAll(database);
        command.add("--server.port=" + Child.freePort());
        command.add("--management.server.port=" + managementPort);
        command.add("--storage.data-dir=" + directory.resolve("data"));
        long begin = System.nanoTime();
        try (Child child = Child.start(command, server.setup().processors(), Map.of(), log())) {
            child.awaitReady(managementPort, READY, STEP_MILLIS);
            long nanos = System.nanoTime() - begin;
            Processes processes = Processes.family(child.handle());
            return new Start(nanos, processes.serverCpu(), processes.resident());
        }
    }

    private void unpack(Path target) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Setup.java(),
                        "-Djarmode=tools",
                        "-jar",
                        jar().toString(),
                        "extract",
                        "--destination",
                        target.toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("the jar was not unpacked, see " + log());
        }
    }

    private Path log() {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    private Path jar() {
        return server.variant().checkout().resolve("gateway/target").resolve(jarName());
    }

    private static String jarName() {
        return "aerodb-storage-exec.jar";
    }

    private static List<String> database(Database server, String name) {
        server.execute("CREATE DATABASE " + name);
        return List.of(
                "--storage.database.host=" + server.host(),
                "--storage.database.port=" + server.port(),
                "--storage.database.name=" + name,
                "--storage.database.username=" + name + "_login",
                "--storage.database.password=password-of-" + name,
                "--storage.database.ssl-mode=disable",
                "--storage.database.migration.username=" + server.user(),
                "--storage.database.migration.password=" + server.password());
    }
}
