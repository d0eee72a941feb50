package io.aerodb.storage.backend.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The disk's way to stable storage, written down, and failing or doing something else first when told so. */
final class RecordedSync implements Sync {

    /** What happens before one sync. */
    interface Step {
        void run() throws IOException;
    }

    private final Sync disk = new Disk();
    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final AtomicInteger countdown = new AtomicInteger(-1);
    private volatile Step step = () -> {};

    /** "file", or the name of the directory, in order. */
    List<String> steps() {
        return steps;
    }

    /** Runs a step before the sync of this number, counted from 0 now. */
    void before(int number, Step step) {
        steps.clear();
        this.step = step;
        countdown.set(number);
    }

    @Override
    public void file(FileChannel file) throws IOException {
        record("file");
        disk.file(file);
    }

    @Override
    public void directory(Path directory) throws IOException {
        record(directory.getFileName().toString());
        disk.directory(directory);
    }

    private void record(String name) throws IOException {
        steps.add(name);
        if (countdown.getAndDecrement() == 0) {
            step.run();
        }
    }
}
