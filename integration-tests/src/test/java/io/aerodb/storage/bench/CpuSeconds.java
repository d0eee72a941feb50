package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Seconds of processor time since some start, to be subtracted from a later reading. From /proc, in steps of 10 ms.
 *
 * @param gateway the JVM of the gateway
 * @param database its PostgreSQL with all processes, also those that have ended
 * @param client this process
 * @param machine all that ran on the machine, the above included
 * @param stolen what the hypervisor gave to others
 */
record CpuSeconds(double gateway, double database, double client, double machine, double stolen) {

    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux of today

    static CpuSeconds now(ProcessHandle gateway) throws IOException {
        String[] machine = Files.readString(Path.of("/proc/stat"))
                .lines()
                .findFirst()
                .orElseThrow()
                .split(" +");
        return new CpuSeconds(
                ticks(gateway, 2) / TICKS_PER_SECOND,
                database(gateway) / TICKS_PER_SECOND,
                ticks(ProcessHandle.current(), 2) / TICKS_PER_SECOND,
                (sum(machine, 1, 3) + sum(machine, 6, 7)) / TICKS_PER_SECOND,
                sum(machine, 8, 8) / TICKS_PER_SECOND);
    }

    CpuSeconds since(CpuSeconds start) {
        return new CpuSeconds(
                gateway - start.gateway,
                database - start.database,
                client - start.client,
                machine - start.machine,
                stolen - start.stolen);
    }

    /** What ran beside the benchmark. */
    double others() {
        return Math.max(0, machine - gateway - database - client);
    }

    /** A backend that ended is counted in its parent, the postmaster, which waited for it. */
    private static long database(ProcessHandle gateway) {
        try (Stream<ProcessHandle> processes = gateway.descendants()) {
            return processes.mapToLong(process -> ticks(process, 4)).sum();
        }
    }

    /** The first so many of utime, stime, cutime and cstime of proc_pid_stat(5); 0 for a process that is gone. */
    private static long ticks(ProcessHandle process, int fields) {
        try {
            String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return sum(words, 11, 10 + fields);
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static long sum(String[] words, int first, int last) {
        return Arrays.stream(words, first, last + 1)
                .flatMapToLong(word -> LongStream.of(Long.parseLong(word)))
                .sum();
    }
}
