package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The last step of a write, after which its object has its name. An answer can be lost, late or wrong: a server may have
 * done what it did not tell, a repeated call finds its own object in the way, and CompleteMultipartUpload may say 200 and
 * have failed. So where it matters the object itself is asked, which carries the id of the write that made it.
 */
final class Naming {

    private static final String WRITE_ID = "aerodb-write";

    private final S3Bucket bucket;
    private final BlobKey key;
    private final String id = UUID.randomUUID().toString();

    Naming(S3Bucket bucket, BlobKey key) {
        this.bucket = bucket;
        this.key = key;
    }

    /** User metadata that the object has to be stored with. */
    Map<String, String> metadata() {
        return Map.of(WRITE_ID, id);
    }

    /**
     * Completes when the object is there with so many bytes; fails with the call's own failure when it is not, and with
     * {@link BackendException.AlreadyExists} when another write's is.
     *
     * @param doubted whether success is looked at, too
     */
    CompletableFuture<Void> settled(CompletableFuture<?> call, long size, boolean doubted) {
        return call.handle((answer, failure) -> failure)
                .thenCompose(failure -> failure == null && !doubted
                        ? CompletableFuture.completedFuture(null)
                        : bucket.head(key)
                                .handle((found, none) -> found == null ? missing(failure, none) : judged(found, size))
                                .thenCompose(Naming::signalled));
    }

    /** Whether another write's object has the name, which must stay. */
    static boolean isForeign(Throwable failure) {
        return Failures.cause(failure) instanceof BackendException.AlreadyExists;
    }

    private @Nullable BackendException judged(HeadObjectResponse found, long size) {
        if (!id.equals(found.metadata().get(WRITE_ID))) {
            return new BackendException.AlreadyExists(key);
        }
        return found.contentLength() == size
                ? null
                : new BackendException.Failed(
                        "write of '%s': %d bytes arrived as %d".formatted(key, size, found.contentLength()), null);
    }

    private BackendException missing(@Nullable Throwable failure, Throwable none) {
        if (failure != null && Failures.isTaken(failure) && !Failures.isAbsent(none)) {
            return new BackendException.AlreadyExists(key); // nobody can tell whose it is, so it stays
        }
        if (failure != null) {
            return Failures.translated("write of '%s'".formatted(key), failure);
        }
        return Failures.isAbsent(none)
                ? new BackendException.Unavailable("write of '%s': completed, and not there".formatted(key), none)
                : Failures.translated("write of '%s'".formatted(key), none);
    }

    private static CompletableFuture<Void> signalled(@Nullable BackendException failure) {
        return failure == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(failure);
    }
}
