package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.work.BlobThreads;
import io.aerodb.storage.backend.work.WriteSubscription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** One subscription to one write, one step per hop: open, store what has arrived, publish, or clean up. */
final class BlobWriter extends WriteSubscription {

    private static final int AHEAD = 1 << 20;

    private final BlobFiles files;
    private final BlobKey key;
    private final WriteHints hints;
    private final Patience patience;
    private final Disposable.Swap watch = Disposables.swap();
    private @Nullable BlobSink sink;

    BlobWriter(
            BlobFiles files,
            BlobThreads threads,
            BlobKey key,
            Flux<DataBuffer> content,
            WriteHints hints,
            Patience patience,
            CoreSubscriber<? super StoredBlob> downstream) {
        super(threads, content, AHEAD, downstream);
        this.files = files;
        this.key = key;
        this.hints = hints;
        this.patience = patience;
    }

    @Override
    protected void begin() {
        long pause = patience.pause().toNanos();
        watch.update(Schedulers.parallel().schedulePeriodically(this::look, pause, pause, TimeUnit.NANOSECONDS));
    }

    /** A volume that hangs keeps nobody waiting; what it has of the write is removed by the next step, when it is back. */
    private void look() {
        if (!active()) {
            watch.dispose();
        } else if (patience.isOver(working())) {
            inbox().close();
            end(patience.hanging());
            signal();
        }
    }

    @Override
    protected void step() throws IOException {
        patience.sign();
        if (!active()) {
            cleanUp();
        } else if (sink == null) {
            sink = BlobSink.open(files, threads(), key, hints);
            FaultPoints.reach("local.staged");
            open();
        } else {
            store(sink);
        }
    }

    @Override
    protected BackendException translated(Throwable failure) {
        return Failures.translated("write of '%s'".formatted(key), failure);
    }

    @Override
    protected void fail(Throwable failure) {
        inbox().close();
        cleanUp();
        end(failure);
    }

    private void store(BlobSink sink) throws IOException {
        boolean ended = inbox().ended();
        List<DataBuffer> batch = new ArrayList<>();
        inbox().takeAll(batch);
        try {
            sink.append(batch);
        } finally {
            batch.forEach(DataBufferUtils::release);
        }
        if (ended) {
            finish(sink);
        } else {
            inbox().stored(batch.size());
        }
    }

    private void finish(BlobSink sink) throws IOException {
        Throwable failure = inbox().failure();
        if (failure == null) {
            patience.sign(sink.size());
            emit(sink.publish());
        } else {
            fail(failure);
        }
    }

    private void emit(StoredBlob blob) {
        watch.dispose();
        sink = null;
        if (!complete(blob)) {
            files.retract(key);
        }
    }

    private void cleanUp() {
        watch.dispose();
        inbox().discard();
        if (sink != null) {
            sink.discard();
            sink = null;
        }
    }
}
