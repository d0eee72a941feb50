package io.aerodb.storage.metadata;

import java.time.Instant;
import java.util.UUID;

/**
 * A signed URL whose token was verified, on its way through the database.
 *
 * @param id the token's {@code jti}
 * @param bucketId of the bucket it was signed for
 * @param bucketCreatedAt when that was created, to the microsecond: another bucket that got its id later is not meant
 * @param counted whether it is good for so many uses only
 */
public record LinkUse(UUID id, String bucketId, Instant bucketCreatedAt, boolean counted) {}
