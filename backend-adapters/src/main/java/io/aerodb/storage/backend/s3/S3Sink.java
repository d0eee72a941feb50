package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ContentDigests;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * An open write: bytes go in, an object of S3 comes out. What fits into one part is sent by PutObject, all else as a
 * multipart upload of which some parts are under way at once. Every part is complete in memory before it is sent, so that a
 * call which fails in passing is made again by the SDK.
 *
 * <p>Nothing here waits; who can't go on is told by the signal when to try again. For one thread at a time.
 */
final class S3Sink {

    private static final Logger log = LoggerFactory.getLogger(S3Sink.class);

    private final S3Bucket bucket;
    private final Blocks blocks;
    private final PartBudget budget;
    private final PartSizes sizes;
    private final S3Settings.Transfer transfer;
    private final BlobKey key;
    private final WriteHints hints;
    private final Runnable signal;
    private final ContentDigests digests;
    private final Naming naming;

    private long received;
    private long claimed;
    private int number;
    private @Nullable CompletableFuture<Void> room;
    private @Nullable Part part;
    private @Nullable Multipart multipart;
    private @Nullable CompletableFuture<Void> published;

    /** Fails when the declared length is too much for the memory. */
    S3Sink(
            S3Bucket bucket,
            Blocks blocks,
            PartBudget budget,
            PartSizes sizes,
            S3Settings.Transfer transfer,
            BlobKey key,
            WriteHints hints,
            Runnable signal) {
        this.bucket = bucket;
        this.blocks = blocks;
        this.budget = budget;
        this.sizes = sizes.forLength(hints.declaredLength());
        this.transfer = transfer;
        this.key = key;
        this.hints = hints;
        this.signal = signal;
        this.digests = new ContentDigests(hints.digests());
        this.naming = new Naming(bucket, key);
    }

    /** Counts bytes that arrived and will be appended; fails when they are more than was declared. */
    void expect(int bytes) {
        received += bytes;
        if (received > hints.declaredLength().orElse(received)) {
            throw mismatch();
        }
    }

    /** Takes what there is room for, releases it, and returns the number of buffers. */
    int append(Queue<DataBuffer> arrived) {
        int taken = 0;
        while (!arrived.isEmpty() && take(arrived.peek())) {
            DataBufferUtils.release(arrived.remove());
            taken++;
            FaultPoints.reach("s3.appended");
        }
        return taken;
    }

    /** Whether a part could not be sent, so that the rest is of no use; {@link #publish} tells why. */
    boolean failed() {
        return multipart != null && multipart.failed();
    }

    /**
     * Sends the rest and gives the object its name: once, after everything was appended or when it failed. Not to be broken
     * off.
     */
    CompletableFuture<Void> publish() {
        if (!failed() && received != hints.declaredLength().orElse(received)) {
            throw mismatch();
        }
        published = multipart == null ? put() : complete(multipart);
        return published;
    }

    /** What was published. */
    StoredBlob blob() {
        return new StoredBlob(key, received, digests.hex());
    }

    /** Removes whatever was sent, after what is being published is through. */
    CompletableFuture<Void> discard() {
        giveBackRoom();
        if (published == null) {
            return aborted();
        }
        return published
                .handle((named, failure) -> failure != null && Naming.isForeign(failure))
                .thenCompose(foreign -> aborted().thenCompose(done -> foreign ? nothing() : bucket.delete(key)));
    }

    private boolean take(DataBuffer buffer) {
        while (buffer.readableByteCount() > 0) {
            Part open = partWithRoom();
            if (open == null) {
                return false;
            }
            digests.update(open.append(buffer));
        }
        return true;
    }

    private @Nullable Part partWithRoom() {
        if (part != null && part.full() && !send()) {
            return null;
        }
        if (part == null) {
            makeRoom();
        }
        return part;
    }

    /** Of the full part; the last one, which may be full, too, is not sent before it is known whether others come. */
    private boolean send() {
        Multipart open = multipart();
        if (open.inFlight() >= transfer.partsInFlight()) {
            return false;
        }
        sendPart(open);
        return true;
    }

    private Multipart multipart() {
        if (multipart == null) {
            multipart = new Multipart(bucket, key, naming.metadata());
        }
        return multipart;
    }

    private void sendPart(Multipart open) {
        if (part != null) {
            long bytes = claimed;
            open.send(part, () -> done(bytes));
            part = null;
            claimed = 0;
        }
    }

    private void done(long bytes) {
        budget.release(bytes);
        signal.run();
    }

    /** Begins the next part, now or after a signal. */
    private void makeRoom() {
        if (room == null) {
            claimed = nextCapacity();
            room = budget.claim(claimed, patience());
            if (!room.isDone()) {
                room.whenComplete((granted, failure) -> signal.run());
            }
        }
        if (room.isDone()) {
            room.getNow(null); // throws what failed
            room = null;
            part = new Part(blocks, number, claimed);
            beginEarly();
        }
    }

    /** So that the first part, when it is full, does not wait for the upload to be begun. */
    private void beginEarly() {
        if (hints.declaredLength().orElse(0) > claimed) {
            multipart();
        }
    }

    /** Who begins is refused soon; who has begun is worth waiting for. */
    private Duration patience() {
        return number == 1 ? transfer.acquireTimeout() : transfer.stallTimeout();
    }

    private long nextCapacity() {
        number++;
        long size = sizes.size(number);
        return hints.declaredLength().isEmpty()
                ? size
                : Math.min(size, hints.declaredLength().getAsLong() - (number - 1) * size);
    }

    private CompletableFuture<Void> put() {
        Part whole = part == null ? new Part(blocks, 1, 0) : part;
        long bytes = claimed;
        CompletableFuture<?> call = bucket.put(key, whole.body(), naming.metadata())
                .thenRun(() -> {
                    FaultPoints.reach("s3.put-answered");
                    whole.recycle();
                });
        part = null;
        claimed = 0;
        return naming.settled(call, received, false).whenComplete((named, failure) -> budget.release(bytes));
    }

    private CompletableFuture<Void> complete(Multipart open) {
        if (!open.failed()) {
            sendPart(open);
        }
        return naming.settled(open.complete(), received, true)
                .whenComplete((named, failure) -> abortOthers(open, failure));
    }

    /** Nobody waits for this. */
    private void abortOthers(Multipart done, @Nullable Throwable failure) {
        if (failure == null && done.begunAgain()) {
            bucket.abortUploads(key).whenComplete((aborted, remains) -> report(remains));
        }
    }

    private void report(@Nullable Throwable remains) {
        if (remains != null) {
            log.warn(
                    "event=upload_not_aborted key={} reason={}",
                    key,
                    Failures.translated("abort", remains).getMessage());
        }
    }

    private CompletableFuture<Void> aborted() {
        return multipart == null ? nothing() : multipart.abort();
    }

    /** A claim that could still be cancelled has taken nothing. */
    private void giveBackRoom() {
        boolean taken = room == null || !room.cancel(false) && !room.isCompletedExceptionally();
        budget.release(taken ? claimed : 0);
        claimed = 0;
        if (part != null) {
            part.recycle();
            part = null;
        }
    }

    private BackendException mismatch() {
        return new BackendException.LengthMismatch(hints.declaredLength().orElse(received), received);
    }

    private static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }
}
