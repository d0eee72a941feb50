package io.aerodb.storage.metadata;

import java.util.OptionalLong;

/**
 * An upload as its headers announce it.
 *
 * @param bucket id or name
 * @param path the object's name, normalised
 * @param backend the name of the backend that will hold the bytes
 * @param declaredSize bytes, empty when the sender does not say
 */
public record UploadIntent(
        String bucket, String path, String backend, String contentType, OptionalLong declaredSize, WriteRule rule) {}
