package io.aerodb.storage.gateway.bucket;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aerodb.storage.metadata.Bucket;
import io.aerodb.storage.metadata.BucketPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bucket as clients see it: the native members and those that Supabase clients read. */
record BucketJson(
        String id,
        String name,
        @JsonProperty("owner_id") @Nullable String ownerId,
        String owner,
        String policy,
        @JsonProperty("public") boolean isPublic,
        @JsonProperty("allowed_mime_types") @Nullable List<String> allowedMimeTypes,
        @JsonProperty("max_file_size") @Nullable Long maxFileSize,
        @JsonProperty("file_size_limit") @Nullable Long fileSizeLimit,
        @Nullable String backend,
        @JsonProperty("redirect_reads_from") @Nullable Long redirectReadsFrom,
        @JsonProperty("created_at") String createdAt,
        @JsonProperty("updated_at") String updatedAt) {

    static BucketJson of(Bucket bucket) {
        return new BucketJson(
                bucket.id(),
                bucket.name(),
                bucket.ownerId(),
                bucket.ownerId() == null ? "" : bucket.ownerId(),
                bucket.policy().word(),
                bucket.policy() == BucketPolicy.PUBLIC,
                bucket.allowedMimeTypes().isEmpty() ? null : bucket.allowedMimeTypes(),
                bucket.maxFileSize(),
                bucket.maxFileSize(),
                bucket.backend(),
                bucket.redirectReadsFrom(),
                bucket.createdAt().toString(),
                bucket.updatedAt().toString());
    }
}
