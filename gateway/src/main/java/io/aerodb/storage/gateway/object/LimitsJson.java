package io.aerodb.storage.gateway.object;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.wiring.HttpSettings;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.Bucket;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a caller has to keep within: sizes in bytes, times in milliseconds. */
record LimitsJson(
        @Nullable String bucket,
        @JsonProperty("max_file_size") long maxFileSize,
        @JsonProperty("allowed_mime_types") @Nullable List<String> allowedMimeTypes,
        @JsonProperty("max_metadata_size") long maxMetadataSize,
        @JsonProperty("max_path_size") int maxPathSize,
        @JsonProperty("max_list_page") int maxListPage,
        @JsonProperty("max_bulk_delete") int maxBulkDelete,
        @JsonProperty("max_json_body") long maxJsonBody,
        @JsonProperty("max_request_line") long maxRequestLine,
        @JsonProperty("max_header_size") long maxHeaderSize,
        @JsonProperty("max_link_expiry_ms") long maxLinkExpiry,
        @JsonProperty("idle_timeout_ms") long idleTimeout,
        @JsonProperty("body_idle_timeout_ms") long bodyIdleTimeout) {

    /** @param bucket whose own limits count, too; null for none */
    static LimitsJson of(StorageSettings settings, @Nullable Bucket bucket) {
        HttpSettings http = settings.http();
        return new LimitsJson(
                bucket == null ? null : bucket.name(),
                fileSize(settings.limits().maxFileSize().toBytes(), bucket),
                bucket == null || bucket.allowedMimeTypes().isEmpty() ? null : bucket.allowedMimeTypes(),
                settings.limits().maxMetadataSize().toBytes(),
                ObjectPaths.MAX_BYTES,
                ListRequest.MAX_PAGE,
                MoveHandler.MAX_PATHS,
                http.maxJsonBody().toBytes(),
                http.maxRequestLine().toBytes(),
                http.maxHeaderSize().toBytes(),
                settings.signing().maxExpiry().toMillis(),
                http.idleTimeout().toMillis(),
                http.bodyIdleTimeout().toMillis());
    }

    private static long fileSize(long everywhere, @Nullable Bucket bucket) {
        Long own = bucket == null ? null : bucket.maxFileSize();
        return Math.min(everywhere, Objects.requireNonNullElse(own, everywhere));
    }
}
