package io.aerodb.storage.gateway.object;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.aerodb.storage.metadata.StorageObject;
import org.jspecify.annotations.Nullable;

/** An object as uploads, copies and moves answer it: the native members and those that Supabase clients read. */
record ObjectJson(
        String id,
        @JsonProperty("bucket_id") String bucketId,
        String bucket,
        String path,
        long size,
        @JsonProperty("content_type") String contentType,
        String checksum,
        String etag,
        String version,
        @JsonProperty("owner_id") @Nullable String ownerId,
        @JsonRawValue @Nullable String metadata,
        @JsonProperty("created_at") String createdAt,
        @JsonProperty("updated_at") String updatedAt,
        @JsonProperty("Id") String supabaseId,
        @JsonProperty("Key") String supabaseKey) {

    static ObjectJson of(StorageObject object) {
        return new ObjectJson(
                object.id().toString(),
                object.bucketId(),
                object.bucket(),
                object.path(),
                object.size(),
                object.contentType(),
                object.checksum(),
                object.etag(),
                object.version().toString(),
                object.ownerId(),
                object.metadata(),
                object.createdAt().toString(),
                object.updatedAt().toString(),
                object.id().toString(),
                object.bucket() + "/" + object.path());
    }
}
