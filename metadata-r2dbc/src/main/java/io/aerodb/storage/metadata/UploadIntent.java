package io.aerodb.storage.metadata;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An upload as its headers announce it.
 *
 * @param bucket id or name
 * @param path the object's name, normalised
 * @param defaultBackend the name of the backend that takes the bytes, unless the bucket names one
 * @param declaredSize bytes, empty when the sender does not say
 * @param link the signed URL that it comes by, whose bucket is meant then; null without one
 */
public record UploadIntent(
        String bucket,
        String path,
        String defaultBackend,
        String contentType,
        OptionalLong declaredSize,
        WriteRule rule,
        @Nullable LinkUse link) {}
