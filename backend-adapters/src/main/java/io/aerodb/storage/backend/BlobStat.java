package io.aerodb.storage.backend;

import java.time.Instant;

/**
 * What a backend knows of a stored blob.
 *
 * @param size bytes
 * @param lastModified when the blob became visible, as the backend's clock says
 */
public record BlobStat(BlobKey key, long size, Instant lastModified) {

    /** Fails with {@link BackendException.Truncated} unless it has this size: also when it is longer. */
    public void requireSize(long expected) {
        if (size != expected) {
            throw new BackendException.Truncated(key, expected, size);
        }
    }
}
