package io.aerodb.storage.metadata;

import org.jspecify.annotations.Nullable;

/**
 * What is asked for.
 *
 * @param bucket id or name
 * @param target the name of a backend that this gateway has
 * @param maxBytesPerSecond null for no limit of its own
 * @param defaultBackend the backend of buckets that name none
 */
public record MigrationOrder(
        String bucket, String target, @Nullable Long maxBytesPerSecond, String defaultBackend) {}
