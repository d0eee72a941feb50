package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BlobKey;
import java.util.Optional;

/**
 * How blobs are called in the S3 bucket: by their key, behind the prefix.
 *
 * @param prefix of every name, or empty
 */
record S3Keys(String prefix) {

    String name(BlobKey key) {
        return prefix + key.value();
    }

    /** Nothing for the marker, and for what others put there. */
    Optional<BlobKey> key(String name) {
        try {
            return name.startsWith(prefix)
                    ? Optional.of(new BlobKey(name.substring(prefix.length())))
                    : Optional.empty();
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }
}
