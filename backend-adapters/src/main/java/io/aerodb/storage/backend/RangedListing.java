package io.aerodb.storage.backend;

import reactor.core.publisher.Flux;

/** A backend that finds many blobs with neighbouring keys by few calls. */
public interface RangedListing {

    /**
     * Blobs with keys from the first to the last one, both included, by the order of their characters; and perhaps some beside
     * them. One that is not emitted may be there all the same: {@link StorageBackend#stat} decides.
     */
    Flux<BlobStat> list(BlobKey first, BlobKey last);
}
