package io.aerodb.storage.gateway.object;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.aerodb.storage.metadata.StorageObject;
import org.jspecify.annotations.Nullable;

/** The answer of {@code /object/info}. */
record ObjectInfo(
        String id,
        String name,
        String version,
        @JsonProperty("bucket_id") String bucketId,
        long size,
        @JsonProperty("content_type") String contentType,
        @JsonProperty("cache_control") String cacheControl,
        @JsonProperty("content_encoding") @Nullable String contentEncoding,
        String etag,
        String checksum,
        @JsonRawValue @Nullable String metadata,
        @JsonProperty("last_modified") String lastModified,
        @JsonProperty("created_at") String createdAt) {

    static ObjectInfo of(StorageObject object) {
        return new ObjectInfo(
                object.id().toString(),
                object.path(),
                object.version().toString(),
                object.bucketId(),
                object.size(),
                object.contentType(),
                object.cacheControl(),
                object.contentEncoding(),
                object.etag(),
                object.checksum(),
                object.metadata(),
                object.updatedAt().toString(),
                object.createdAt().toString());
    }
}
