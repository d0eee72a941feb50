package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.FaultPoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** One multipart upload, begun when it is made, to be completed or aborted once. For one thread at a time. */
final class Multipart {

    private final S3Bucket bucket;
    private final BlobKey key;
    private final Attempts beginnings = new Attempts();
    private final CompletableFuture<String> id;
    private final List<CompletableFuture<CompletedPart>> parts = new ArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Set<CompletableFuture<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean failed;
    private volatile boolean stopped;

    Multipart(S3Bucket bucket, BlobKey key, Map<String, String> metadata) {
        this.bucket = bucket;
        this.key = key;
        this.id = bucket.createUpload(key, metadata, beginnings).thenApply(Multipart::begun);
    }

    /** Whether the call that began it was sent again, so that there may be another one that nobody knows. */
    boolean begunAgain() {
        return beginnings.repeated();
    }

    /** Parts that were given to {@link #send} and are not sent. */
    int inFlight() {
        return inFlight.get();
    }

    /** Whether a part could not be sent, so that there is no use in going on; {@link #complete} tells why. */
    boolean failed() {
        return failed;
    }

    /** Sends the next part; tells when it needs no memory any more, sent or not. */
    void send(Part part, Runnable done) {
        CompletableFuture<CompletedPart> sent =
                id.thenCompose(upload -> upload(upload, part)).thenApply(answer -> completed(part, answer));
        parts.add(sent);
        inFlight.incrementAndGet();
        sent.whenComplete((answer, failure) -> {
            failed |= failure != null;
            if (failure == null) {
                part.recycle();
            }
            inFlight.decrementAndGet();
            done.run();
        });
    }

    /** Waits for the parts. */
    CompletableFuture<?> complete() {
        return all().thenCombine(id, (sent, upload) -> upload)
                .thenCompose(this::completed)
                .thenRun(() -> FaultPoints.reach("s3.upload-completed"));
    }

    /** Breaks the parts off first: S3 keeps what arrives behind an abort. One that has arrived in full may still do so. */
    CompletableFuture<Void> abort() {
        stopped = true;
        running.forEach(call -> call.cancel(true));
        return all().handle((sent, failure) -> id.isCompletedExceptionally())
                .thenCompose(none -> none
                        ? CompletableFuture.completedFuture(null)
                        : id.thenCompose(upload -> bucket.abortUpload(key, upload)));
    }

    private CompletableFuture<UploadPartResponse> upload(String upload, Part part) {
        CompletableFuture<UploadPartResponse> call = bucket.uploadPart(key, upload, part);
        running.add(call);
        call.whenComplete((answer, failure) -> running.remove(call));
        if (stopped) {
            call.cancel(true);
        }
        return call;
    }

    private CompletableFuture<Void> all() {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    private List<CompletedPart> completed() {
        return parts.stream().map(part -> part.getNow(null)).toList();
    }

    private CompletableFuture<?> completed(String upload) {
        FaultPoints.reach("s3.before-completion");
        return bucket.completeUpload(key, upload, completed());
    }

    private static String begun(String upload) {
        FaultPoints.reach("s3.upload-begun");
        return upload;
    }

    private static CompletedPart completed(Part part, UploadPartResponse answer) {
        FaultPoints.reach("s3.part-answered");
        return CompletedPart.builder()
                .partNumber(part.number())
                .eTag(answer.eTag())
                .checksumCRC32(answer.checksumCRC32())
                .build();
    }
}
