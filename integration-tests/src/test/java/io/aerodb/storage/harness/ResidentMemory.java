package io.aerodb.storage.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Looks at a process' resident memory every 100 ms, beside what was transferred by then, until it is closed. */
public final class ResidentMemory implements AutoCloseable {

    private static final long PERIOD_MILLIS = 100;

    private final Path status;
    private final LongSupplier transferred;
    private final long start = System.nanoTime();
    private final List<Sample> samples = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    /**
     * What was seen at one moment.
     *
     * @param millis since the first look
     * @param transferred bytes of the running transfer
     * @param resident bytes of the process that are in memory, VmRSS of proc(5)
     */
    public record Sample(long millis, long transferred, long resident) {}

    public ResidentMemory(Gateway gateway, LongSupplier transferred) {
        this.status = Path.of("/proc", Long.toString(gateway.pid()), "status");
        this.transferred = transferred;
        clock.scheduleAtFixedRate(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    public static boolean known() {
        return Files.isReadable(Path.of("/proc/self/status"));
    }

    /** Ends the looking with one last look. */
    @Override
    public void close() {
        clock.shutdownNow();
        try {
            clock.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        look();
    }

    public List<Sample> samples() {
        return samples;
    }

    private void look() {
        long bytes = transferred.getAsLong();
        samples.add(new Sample((System.nanoTime() - start) / 1_000_000, bytes, resident()));
    }

    private long resident() {
        try {
            return 1024
                    * Files.readAllLines(status).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
