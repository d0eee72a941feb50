package io.aerodb.storage.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Many subscribers to server-sent events, read by one thread; how long each event was on its way. */
final class Listeners implements AutoCloseable {

    private static final String TIMESTAMP = "\"timestamp\":\"";
    private static final int MOST_LATENCIES = 4_000_000;

    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final Thread reader = new Thread(this::read, "listeners");
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicLong told = new AtomicLong();
    private final int[] micros = new int[MOST_LATENCIES];
    private volatile int measuredFrom;

    Listeners(InetSocketAddress server) throws IOException {
        this.server = server;
    }

    void open(String token, String bucket) throws IOException {
        SocketChannel channel = SocketChannel.open(server);
        channel.write(ByteBuffer.wrap(
                "GET /storage/v1/events?bucket=%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
                        .formatted(bucket, token)
                        .getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
    }

    void start() {
        reader.setDaemon(true);
        reader.start();
    }

    /** Streams that have begun. */
    int begun() {
        return begun.get();
    }

    /** Events that came, of all subscribers together. */
    long told() {
        return told.get();
    }

    /** From now on. */
    void measure() {
        measuredFrom = (int) told();
    }

    /** Of the measured events, those of a later call included; in microseconds: p50, p99, longest. */
    int[] latencies() {
        int[] sorted = Arrays.copyOfRange(micros, measuredFrom, (int) told());
        Arrays.sort(sorted);
        return new int[] {sorted[sorted.length / 2], sorted[sorted.length * 99 / 100], sorted[sorted.length - 1]};
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private void read() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> receive((SocketChannel) key.channel(), (StringBuilder) key.attachment()));
            }
        } catch (IOException | java.nio.channels.ClosedSelectorException closed) {
            // the end
        }
    }

    private void receive(SocketChannel channel, StringBuilder text) {
        try {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                throw new IOException("a stream ended");
            }
            text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            int end = text.lastIndexOf("\n\n");
            if (end >= 0) {
                count(text.substring(0, end));
                text.delete(0, end);
            }
        } catch (IOException broken) {
            try {
                channel.close();
            } catch (IOException again) {
                throw new java.io.UncheckedIOException(again);
            }
        }
    }

    private void count(String text) {
        begun.addAndGet(text.contains("retry: ") ? 1 : 0);
        Instant now = Instant.now();
        for (int at = text.indexOf(TIMESTAMP); at >= 0; at = text.indexOf(TIMESTAMP, at + 1)) {
            int from = at + TIMESTAMP.length();
            Instant happened = Instant.parse(text.substring(from, text.indexOf('"', from)));
            micros[(int) told.getAndIncrement()] =
                    (int) (Duration.between(happened, now).toNanos() / 1000);
        }
    }
}
