package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Seconds of processor time since some start, to be subtracted from a later reading. From /proc, in steps of 10 ms.
 *
 * @param server all processes of the server that is measured
 * @param database its PostgreSQL
 * @param client this process
 * @param machine all that ran on the machine, the above included
 * @param stolen what the hypervisor gave to others
 */
record CpuSeconds(double server, double database, double client, double machine, double stolen) {

    private static final double TICKS_PER_SECOND = 100;

    static CpuSeconds now(Processes server) throws IOException {
        String[] machine = Files.readString(Path.of("/proc/stat"))
                .lines()
                .findFirst()
                .orElseThrow()
                .split(" +");
        return new CpuSeconds(
                server.serverCpu(),
                server.databaseCpu(),
                Processes.ticks(ProcessHandle.current(), 2) / TICKS_PER_SECOND,
                sum(machine, 1, 3) + sum(machine, 6, 7),
                sum(machine, 8, 8));
    }

    CpuSeconds since(CpuSeconds start) {
        return new CpuSeconds(
                server - start.server,
                database - start.database,
                client - start.client,
                machine - start.machine,
                stolen - start.stolen);
    }

    /** What ran beside the benchmark. */
    double others() {
        return Math.max(0, machine - server - database - client);
    }

    private static double sum(String[] words, int first, int last) {
        return Arrays.stream(words, first, last + 1).mapToLong(Long::parseLong).sum() / TICKS_PER_SECOND;
    }
}
