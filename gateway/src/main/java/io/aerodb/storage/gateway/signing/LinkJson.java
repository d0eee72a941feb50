package io.aerodb.storage.gateway.signing;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aerodb.storage.metadata.SignedLink;
import org.jspecify.annotations.Nullable;

/** Links as they are answered: the native members and those that Supabase clients read. */
final class LinkJson {

    private LinkJson() {}

    /** The answer to one path. */
    record Download(
            String url,
            @JsonProperty("expires_at") String expiresAt,
            @JsonProperty("signedURL") String signedUrl,
            @JsonProperty("token_id") String tokenId) {}

    /** One of the answers to many paths; all but path and error are null where there is an error. */
    record BulkDownload(
            String path,
            @Nullable String error,
            @Nullable String url,
            @JsonProperty("expires_at") @Nullable String expiresAt,
            @JsonProperty("signedURL") @Nullable String signedUrl,
            @JsonProperty("token_id") @Nullable String tokenId) {

        private static final String NOT_FOUND = "Either the object does not exist or you do not have access to it";

        /** @param link null when there is nothing that the caller may share */
        static BulkDownload of(String path, @Nullable Download link) {
            return link == null
                    ? new BulkDownload(path, NOT_FOUND, null, null, null, null)
                    : new BulkDownload(path, null, link.url(), link.expiresAt(), link.signedUrl(), link.tokenId());
        }
    }

    record Upload(
            String url,
            String token,
            String path,
            @JsonProperty("expires_at") String expiresAt,
            @JsonProperty("token_id") String tokenId) {}

    /** A link in the list of those of an object. */
    record Listed(
            @JsonProperty("token_id") String tokenId,
            String scope,
            String bucket,
            String path,
            @JsonProperty("owner_id") @Nullable String ownerId,
            @JsonProperty("max_uses") @Nullable Integer maxUses,
            @Nullable Integer uses,
            @JsonProperty("created_at") String createdAt,
            @JsonProperty("expires_at") String expiresAt,
            @JsonProperty("revoked_at") @Nullable String revokedAt) {

        static Listed of(SignedLink link) {
            return new Listed(
                    link.id().toString(),
                    link.scope(),
                    link.bucket(),
                    link.path(),
                    link.ownerId(),
                    link.maxUses(),
                    link.maxUses() == null ? null : Integer.valueOf(link.uses()),
                    link.createdAt().toString(),
                    link.expiresAt().toString(),
                    link.revokedAt() == null ? null : link.revokedAt().toString());
        }
    }
}
