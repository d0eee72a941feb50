package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a killed gateway or server leaves in PostgreSQL's data directory: processes that still work there, and
 * {@code postmaster.pid}. The number in that file is not asked: it may be anybody's by now. What counts is whether a
 * process is a postgres, alive, and works in the directory (Linux' {@code /proc}).
 */
final class Leftovers {

    private static final Duration BY_ITSELF = Duration.ofSeconds(3);
    private static final Duration FAST = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE = Duration.ofSeconds(5);

    private final Path cluster;

    Leftovers(Path cluster) {
        this.cluster = cluster;
    }

    /**
     * Returns when no server works in the directory and nothing says that one does. The caller holds the directory's
     * lock. A server of a gateway that is gone ends by itself, and is stopped when it does not within seconds.
     *
     * @throws StartRefused when a server works there that no gateway has started
     */
    void clear() throws IOException, InterruptedException {
        if (!(gone(BY_ITSELF) || stopped("INT", FAST) || stopped("QUIT", IMMEDIATE))) {
            long process = running().get(0);
            throw new StartRefused("Process %d runs PostgreSQL in %s. Stop it (kill -INT %d), then start again."
                    .formatted(process, cluster, process));
        }
        Files.deleteIfExists(cluster.resolve("postmaster.pid"));
    }

    private boolean stopped(String signal, Duration patience) throws InterruptedException {
        List<Long> ours = running().stream().filter(Leftovers::startedByGateway).toList();
        if (ours.isEmpty()) {
            return running().isEmpty();
        }
        for (long process : ours) {
            Command.succeeds(cluster, "sh", "-c", "kill -%s %d".formatted(signal, process));
        }
        return gone(patience);
    }

    private boolean gone(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!running().isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return true;
    }

    /** The processes of servers that work in the directory; usually none. */
    List<Long> running() {
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes
                    .map(ProcessHandle::pid)
                    .filter(Leftovers::isLivingPostgres)
                    .filter(this::worksHere)
                    .toList();
        }
    }

    /** {@code /proc/N/stat} starts like {@code 4711 (postgres) S}. */
    private static boolean isLivingPostgres(long process) {
        String stat = read(process, "stat");
        return stat.contains("(postgres) ") && !stat.contains(") Z");
    }

    private boolean worksHere(long process) {
        try {
            return Files.readSymbolicLink(proc(process, "cwd")).equals(cluster.toRealPath());
        } catch (IOException forbidden) {
            return commandLine(process).contains(cluster.toString());
        }
    }

    private static boolean startedByGateway(long process) {
        return commandLine(process).contains(ServerProcess.CLUSTER_NAME);
    }

    private static String commandLine(long process) {
        return read(process, "cmdline");
    }

    private static String read(long process, String file) {
        try {
            return new String(Files.readAllBytes(proc(process, file)), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static Path proc(long process, String file) {
        return Path.of("/proc", Long.toString(process), file);
    }
}
