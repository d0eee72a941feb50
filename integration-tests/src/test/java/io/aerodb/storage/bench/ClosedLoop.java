package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Runs rounds against one server: each connection has a thread that sends its next request when it has the last answer.
 * A request that fails ends the benchmark.
 */
final class ClosedLoop {

    private static final int DIGITS = 3;
    private static final int CONTENT = 1024 * 1024;

    private final Server server;
    private final ByteBuffer content = ByteBuffer.allocateDirect(CONTENT);
    private final AtomicLong buckets = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();

    ClosedLoop(Server server) {
        this.server = server;
        byte[] random = new byte[CONTENT];
        new Random(1).nextBytes(random);
        content.put(random).flip();
    }

    /** Stores what the downloads of these lines ask for. */
    void prepare(List<Line> lines) throws IOException {
        List<Line> bySize = lines.stream()
                .filter(line -> line.verb() == Line.Verb.GET)
                .map(line -> new Line(Line.Verb.PUT, line.bytes(), 1))
                .distinct()
                .toList();
        for (Line line : bySize) {
            server.createBucket(downloads(line));
            try (Connection connection = server.connect()) {
                for (int file = 0; file < line.files(); file++) {
                    put(connection, line, downloads(line), file);
                }
            }
        }
    }

    /** Begins requests for so many seconds and awaits the answers; twice as long when they are large. */
    Round round(Line line, int seconds) throws Exception {
        String bucket = line.verb() == Line.Verb.GET ? downloads(line) : newBucket();
        try (ResidentMemory memory = new ResidentMemory(server.process())) {
            CpuSeconds before = CpuSeconds.now(server.process());
            long start = System.nanoTime();
            Histogram latency =
                    run(line, bucket, start + TimeUnit.SECONDS.toNanos(line.large() ? 2L * seconds : seconds));
            double elapsed = (System.nanoTime() - start) / 1e9;
            CpuSeconds cpu = CpuSeconds.now(server.process()).since(before);
            return new Round(line, elapsed, latency, cpu, memory.most());
        } finally {
            if (line.verb() == Line.Verb.PUT) {
                server.dropFiles(bucket);
            }
        }
    }

    private Histogram run(Line line, String bucket, long deadline) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(line.connections());
        try {
            List<Future<Histogram>> connections = new ArrayList<>();
            for (int each = 0; each < line.connections(); each++) {
                connections.add(threads.submit(() -> connection(line, bucket, deadline)));
            }
            Histogram all = new Histogram(DIGITS);
            for (Future<Histogram> connection : connections) {
                all.add(connection.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private Histogram connection(Line line, String bucket, long deadline) throws IOException {
        Histogram latency = new Histogram(DIGITS);
        try (Connection connection = server.connect()) {
            long start;
            while ((start = System.nanoTime()) < deadline) {
                request(connection, line, bucket);
                latency.recordValue(System.nanoTime() - start);
            }
        }
        return latency;
    }

    private void request(Connection connection, Line line, String bucket) throws IOException {
        long number = requests.getAndIncrement();
        switch (line.verb()) {
            case PUT -> put(connection, line, bucket, number);
            case GET -> get(connection, line, bucket, number % line.files());
        }
    }

    private void put(Connection connection, Line line, String bucket, long number) throws IOException {
        connection.put(server.head(Line.Verb.PUT, bucket, "folder/" + number), content, line.bytes());
    }

    private void get(Connection connection, Line line, String bucket, long number) throws IOException {
        long length = connection.get(server.head(Line.Verb.GET, bucket, "folder/" + number));
        if (length != line.bytes()) {
            throw new IOException(line + " came with " + length + " bytes");
        }
    }

    private static String downloads(Line line) {
        return "downloads-" + line.bytes();
    }

    private String newBucket() throws IOException {
        String bucket = "uploads-" + buckets.incrementAndGet();
        server.createBucket(bucket);
        return bucket;
    }
}
