package io.aerodb.storage.backend.s3.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * One round: some uploads at once.
 *
 * @param cpu seconds of this process
 * @param others seconds of all else on the machine, the S3 server included
 */
record Run(double seconds, double mebibytes, double cpu, double others) {

    private static final double TICKS_PER_SECOND = 100;

    static Run of(Uploader uploader, int clients, int mebibytes) {
        double cpu = processSeconds();
        double machine = machineSeconds();
        long start = System.nanoTime();
        List<CompletableFuture<String>> uploads = IntStream.range(0, clients)
                .mapToObj(i -> uploader.upload((long) mebibytes << 20))
                .toList();
        List<String> names = new ArrayList<>();
        uploads.forEach(upload -> names.add(upload.join()));
        double seconds = (System.nanoTime() - start) / 1e9;
        double spent = processSeconds() - cpu;
        Run run = new Run(seconds, (double) clients * mebibytes, spent, machineSeconds() - machine - spent);
        names.forEach(uploader::delete);
        return run;
    }

    double megabytesPerSecond() {
        return mebibytes * 1.048576 / seconds;
    }

    double cpuSecondsPerGibibyte() {
        return cpu / mebibytes * 1024;
    }

    /** Of the S3 server and whatever else ran. */
    double othersCpuSecondsPerGibibyte() {
        return others / mebibytes * 1024;
    }

    static String spread(List<Run> runs, ToDoubleFunction<Run> value) {
        return spread(runs.stream().mapToDouble(value));
    }

    static String ratios(List<Run> ours, List<Run> theirs) {
        return spread(IntStream.range(0, ours.size())
                .mapToDouble(
                        i -> ours.get(i).megabytesPerSecond() / theirs.get(i).megabytesPerSecond()));
    }

    private static String spread(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return "%.3g (%.3g-%.3g)".formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    private static double processSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** User, nice, system, interrupts of all cores, from proc_stat(5). */
    private static double machineSeconds() {
        try (java.util.stream.Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] words = lines.findFirst().orElseThrow().split(" +");
            return LongStream.of(1, 2, 3, 6, 7)
                            .map(i -> Long.parseLong(words[(int) i]))
                            .sum()
                    / TICKS_PER_SECOND;
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
