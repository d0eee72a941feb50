package io.aerodb.storage.gateway.observability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes events from any thread, event loops included, without ever waiting, and writes them by a thread of its own. When
 * whoever takes the lines is slower than they come, so many wait; further ones are dropped, counted, and told of in a line
 * once there is room.
 */
public final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final int BATCH = 256;
    private static final long PATIENCE_MS = 1000;
    private static final long STOP_MS = 5000;

    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private int queueSize = 8192;
    private LogSink sink = LogSink.standardOutput();
    private @Nullable Encoder<ILoggingEvent> encoder;
    private BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(1);
    private @Nullable Thread writer;
    private long told;

    /** Events that wait at most. */
    public void setQueueSize(int queueSize) {
        this.queueSize = queueSize;
    }

    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    void setSink(LogSink sink) {
        this.sink = sink;
    }

    /** Events that were not written, since the start. */
    long dropped() {
        return dropped.get();
    }

    /** Attempts to write that failed, since the start. */
    long failures() {
        return failures.get();
    }

    /** The part of the queue that is taken, from 0 to 1. */
    double filled() {
        return (double) queue.size() / queueSize;
    }

    @Override
    public void start() {
        queue = new ArrayBlockingQueue<>(queueSize);
        super.start();
        Thread thread = new Thread(this::run, "log-" + getName());
        thread.setDaemon(true);
        writer = thread;
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        if (!queue.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    /** What is in the queue is written first, in five seconds at most. */
    @Override
    public void stop() {
        Thread thread = writer;
        if (!isStarted() || thread == null) {
            return;
        }
        super.stop();
        try {
            thread.join(STOP_MS);
            sink.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException unclosable) {
            addError("not closed", unclosable);
        }
    }

    private void run() {
        List<ILoggingEvent> batch = new ArrayList<>(BATCH);
        ByteArrayOutputStream lines = new ByteArrayOutputStream(BATCH * 512);
        try {
            while (isStarted() || !queue.isEmpty()) {
                ILoggingEvent first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    write(batch, lines);
                    batch.clear();
                    lines.reset();
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<ILoggingEvent> batch, ByteArrayOutputStream lines) throws InterruptedException {
        long encoded = batch.stream().filter(event -> encode(event, lines)).count();
        long lost = dropped.get();
        if (lost > told) {
            encode(lossOf(lost - told), lines);
        }
        if (written(lines.toByteArray())) {
            told = lost;
        } else {
            dropped.addAndGet(encoded);
        }
    }

    /** A full disk may have room again; until then what comes has to wait, or is dropped. */
    private boolean written(byte[] lines) throws InterruptedException {
        do {
            try {
                sink.write(lines, lines.length);
                return true;
            } catch (IOException failure) {
                failures.incrementAndGet();
                addError("not written", failure);
                TimeUnit.MILLISECONDS.sleep(sink.mends() && isStarted() ? PATIENCE_MS : 0);
            }
        } while (sink.mends() && isStarted());
        return false;
    }

    private boolean encode(ILoggingEvent event, ByteArrayOutputStream lines) {
        try {
            lines.writeBytes(Objects.requireNonNull(encoder).encode(event));
            return true;
        } catch (RuntimeException unwritable) {
            dropped.incrementAndGet();
            addError("no line", unwritable);
            return false;
        }
    }

    private ILoggingEvent lossOf(long lines) {
        LoggingEvent loss = new LoggingEvent(
                LogQueue.class.getName(),
                ((LoggerContext) getContext()).getLogger(LogQueue.class),
                Level.WARN,
                "event=log_lines_dropped log={} count={}",
                null,
                new Object[] {getName(), lines});
        loss.prepareForDeferredProcessing();
        return loss;
    }
}
