package io.aerodb.storage.gateway.scrub;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aerodb.storage.metadata.ScrubRepository.CheckedObject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How the bytes of an object are, as it is answered. */
record CorruptJson(
        @JsonProperty("object_id") UUID objectId,
        @JsonProperty("bucket_id") String bucketId,
        String bucket,
        String path,
        long size,
        String backend,
        String key,
        @JsonProperty("corrupt_since") @Nullable String corruptSince,
        @JsonProperty("last_verified") @Nullable String lastVerified) {

    static CorruptJson of(CheckedObject object) {
        return new CorruptJson(
                object.id(),
                object.bucketId(),
                object.bucket(),
                object.path(),
                object.size(),
                object.backend(),
                object.key(),
                text(object.corruptSince()),
                text(object.lastVerified()));
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
