package io.aerodb.storage.bench;

/** Samples the resident memory of a server every 50 ms, until closed. */
final class ResidentMemory implements AutoCloseable {

    private final Processes server;
    private final Thread sampler = new Thread(this::sample, "resident-memory");
    private volatile long most;

    ResidentMemory(Processes server) {
        this.server = server;
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
                most = Math.max(most, server.resident());
                Thread.sleep(50);
            }
        } catch (InterruptedException closed) {
            // the end
        }
    }
}
