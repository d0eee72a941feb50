package io.aerodb.storage.metadata;

import org.jspecify.annotations.Nullable;

/**
 * An upload whose bytes are on stable storage.
 *
 * @param permitted what begin answered
 * @param size bytes stored
 * @param sha256 lower-case hex of the bytes stored
 * @param metadata a JSON object, or null
 * @param link the signed URL that it came by, of which a use is counted; null without one
 */
public record Completion(
        UploadDecision.Permitted permitted,
        String path,
        long size,
        String sha256,
        String contentType,
        String cacheControl,
        @Nullable String contentEncoding,
        @Nullable String metadata,
        WriteRule rule,
        @Nullable LinkUse link) {}
