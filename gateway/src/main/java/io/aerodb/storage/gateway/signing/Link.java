package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.metadata.LinkUse;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the token of a signed URL says.
 *
 * @param id {@code jti}
 * @param bucket name of the bucket, as part of the address
 * @param bucketId the bucket that is meant, whatever has that name later
 * @param bucketCreatedAt when it was created, to the microsecond
 * @param issuedAt whole seconds, like expiresAt
 * @param owner {@code sub} of its creator, null for service_role without one; owns what is uploaded
 * @param role of its creator in the database
 * @param maxUses null when uses are not counted
 * @param terms what an upload has to be like; null for a download
 */
public record Link(
        UUID id,
        String bucket,
        String bucketId,
        Instant bucketCreatedAt,
        String path,
        Instant issuedAt,
        Instant expiresAt,
        @Nullable String owner,
        String role,
        @Nullable Integer maxUses,
        @Nullable UploadTerms terms) {

    /** Whether its uses are counted. */
    public boolean counted() {
        return maxUses != null;
    }

    /** Whether this is the one object that it was signed for. */
    boolean opens(ObjectPath asked) {
        return (asked.bucket().equals(bucket) || asked.bucket().equals(bucketId))
                && asked.path().equals(path);
    }

    /** What the database has to know of it. */
    public LinkUse use() {
        return new LinkUse(id, bucketId, bucketCreatedAt, counted());
    }
}
