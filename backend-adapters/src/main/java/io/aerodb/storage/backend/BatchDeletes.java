package io.aerodb.storage.backend;

import java.util.List;
import reactor.core.publisher.Flux;

/** A backend that removes many blobs by few calls. */
public interface BatchDeletes {

    /** The most blobs of one batch. */
    int MOST = 1000;

    /**
     * As {@link StorageBackend#delete} for up to {@value #MOST} blobs. Emits those that are gone for good, in no order; those
     * that it can't tell so of are left out. Fails when nothing can be said of any.
     */
    Flux<BlobKey> delete(List<BlobKey> blobs);
}
