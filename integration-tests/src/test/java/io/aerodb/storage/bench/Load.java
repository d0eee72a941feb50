package io.aerodb.storage.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/** Requests over some connections, each with a thread of its own, at the pace of the line. */
final class Load implements Runner {

    private static final int DIGITS = 3;
    private static final int PATIENCE_SECONDS = 300;

    private final Target target;
    private final Line line;
    private final Work work;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    Load(Target target, Line line, Work work) {
        this.target = target;
        this.line = line;
        this.work = work;
    }

    /** Begins requests for so many seconds and awaits the answers; fails when all requests do. */
    @Override
    public Round round(double seconds) throws Exception {
        numbers.set(0);
        failed.set(0);
        work.begin();
        try {
            Round round = measured(seconds);
            if (round.requests() == 0) {
                throw failure.get() == null ? new IOException("no request was made") : failure.get();
            }
            return round;
        } finally {
            work.end(numbers.get());
        }
    }

    private Round measured(double seconds) throws Exception {
        try (ResidentMemory memory = new ResidentMemory(target.processes())) {
            Jvm jvm = target.jvm();
            Compilers compilers = Compilers.now(target.processes());
            CpuSeconds before = CpuSeconds.now(target.processes());
            long start = System.nanoTime();
            Histogram latency = run(line.pace(seconds));
            double elapsed = (System.nanoTime() - start) / 1e9;
            CpuSeconds cpu = CpuSeconds.now(target.processes()).since(before);
            double compiled = Compilers.now(target.processes()).since(compilers);
            return new Round(
                    line,
                    elapsed,
                    latency,
                    failed.get(),
                    cpu,
                    target.jvm().since(jvm),
                    compiled,
                    memory.most(),
                    work.kibEach(memory.most()));
        }
    }

    private Histogram run(Pace pace) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(line.connections());
        try {
            List<Future<Histogram>> connections = new ArrayList<>();
            for (int each = 0; each < line.connections(); each++) {
                connections.add(threads.submit(() -> connection(pace)));
            }
            Histogram all = new Histogram(DIGITS);
            for (Future<Histogram> connection : connections) {
                all.add(connection.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            return all;
        } finally {
            threads.shutdownNow(); // interrupts, which closes the connections of those that still wait
        }
    }

    private Histogram connection(Pace pace) throws IOException {
        Histogram latency = new Histogram(DIGITS);
        Client client = target.connect(line.protocol());
        try {
            long due;
            Request request;
            while ((due = pace.next()) != Pace.OVER && (request = work.next(numbers.getAndIncrement())) != null) {
                if (exchanged(client, request)) {
                    latency.recordValue(Math.max(0, System.nanoTime() - due));
                } else {
                    client.close();
                    client = target.connect(line.protocol());
                }
            }
            return latency;
        } finally {
            client.close();
        }
    }

    private boolean exchanged(Client client, Request request) {
        try {
            client.exchange(request);
            return true;
        } catch (IOException refused) {
            failure.compareAndSet(null, refused);
            failed.incrementAndGet();
            return false;
        }
    }
}
