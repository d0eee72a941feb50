package io.aerodb.storage.gateway.http;

/**
 * Where an object is: decoded, NFC-normalised, and within the rules by construction.
 *
 * @param bucket a bucket's id or name as the client gave it; an id is in lower case
 * @param path 1 to 1024 bytes of UTF-8 that no rule of docs/api.md, "Objects", refuses
 */
public record ObjectPath(String bucket, String path) {

    /** @throws StorageError NoSuchBucket when no bucket can be called so, InvalidKey with the reason for the path */
    public ObjectPath {
        bucket = BucketNames.lookup(bucket).orElseThrow(ErrorCode.NO_SUCH_BUCKET::error);
        path = ObjectPaths.checked("path", path);
    }
}
