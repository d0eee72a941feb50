package io.aerodb.storage.backend;

import reactor.core.publisher.Flux;

/** A backend that can tell what writes that have not ended, and may never end, keep in it. */
public interface UnfinishedWrites {

    /**
     * The keys of such writes with the bytes they keep, as far as it is known, and the time of their last sign or of their beginning; in
     * no order, with flat memory, a key once for each write. {@link StorageBackend#delete} removes them.
     */
    Flux<BlobStat> unfinished();
}
