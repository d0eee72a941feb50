package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Processor time that a server's JVM has spent on compiling, from /proc. Thread by thread, as the JVM starts and ends them at will;
 * what one did that has ended is not known.
 *
 * @param ticks of each thread; none of a server that is no JVM
 */
record Compilers(boolean known, Map<Path, Long> ticks) {

    private static final Set<String> NAMES = Set.of("C1 CompilerThre", "C2 CompilerThre"); // cut off by the kernel

    static Compilers now(Processes server) {
        Map<Path, Long> ticks = new HashMap<>();
        server.own().forEach(process -> read(Processes.directory(process).resolve("task"), ticks));
        return new Compilers(server.root().isPresent(), ticks);
    }

    /** Seconds; NaN of a server that somebody else started. */
    double since(Compilers start) {
        long sum = ticks.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - start.ticks.getOrDefault(thread.getKey(), 0L))
                .filter(spent -> spent > 0) // the number of a thread that ended may be another's now
                .sum();
        return known ? sum / Processes.TICKS_PER_SECOND : Double.NaN;
    }

    private static void read(Path threads, Map<Path, Long> ticks) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                if (NAMES.contains(name(thread))) {
                    ticks.put(thread, Processes.ticks(thread, 2));
                }
            }
        } catch (IOException gone) {
            // with all of its threads
        }
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException ended) {
            return "";
        }
    }
}
