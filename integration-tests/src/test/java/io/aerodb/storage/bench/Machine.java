package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Where and when the figures were made. */
record Machine(String time, String processor, int processors, String kernel, String java, String files, String load) {

    static Machine here(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                line("/proc/cpuinfo", "model name").replaceFirst(".*: ", ""),
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                store.type(),
                Files.readString(Path.of("/proc/loadavg")).strip());
    }

    @Override
    public String toString() {
        return "%s. %d × %s, Linux %s, %s, data on %s. Load average before: %s."
                .formatted(time, processors, processor, kernel, java, files, load);
    }

    private static String line(String file, String start) throws IOException {
        return Files.readString(Path.of(file))
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElse("unknown processor");
    }
}
