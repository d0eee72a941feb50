package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Samples the resident memory of a process every 50 ms, until closed. */
final class ResidentMemory implements AutoCloseable {

    private static final int PAGE = 4096;

    private final Path statm;
    private final Thread sampler = new Thread(this::sample, "resident-memory");
    private volatile long most;

    ResidentMemory(ProcessHandle process) {
        statm = Path.of("/proc", "" + process.pid(), "statm");
        sampler.setDaemon(true);
        sampler.start();
    }

    /** The largest sample in bytes. */
    long most() {
        return most;
    }

    @Override
    public void close() {
        sampler.interrupt();
    }

    private void sample() {
        try {
            while (true) {
                most = Math.max(most, Long.parseLong(Files.readString(statm).split(" ")[1]) * PAGE);
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException ended) {
            // closed, or the process is gone
        }
    }
}
