package io.aerodb.storage.metadata;

import java.time.Instant;
import java.util.UUID;

/**
 * A signed URL whose token was verified, on its way through the database.
 *
 * @param id the token's {@code jti}
 * @param bucketId of the bucket it was signed for; another bucket that got this id later is not meant
 * @param issuedAt whole seconds
 * @param counted whether it is good for so many uses only
 */
public record LinkUse(UUID id, String bucketId, Instant issuedAt, boolean counted) {}
