package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageError;

/** Members of JSON bodies that name buckets, objects and prefixes. */
final class Named {

    private Named() {}

    /** A bucket that must be named. */
    static String bucket(JsonFields fields, String field) {
        return bucket(fields.requiredText(field));
    }

    static String bucket(String idOrName) {
        return BucketNames.lookup(idOrName).orElseThrow(ErrorCode.NO_SUCH_BUCKET::error);
    }

    /** An object's path that must be named. */
    static String path(JsonFields fields, String field) {
        return ObjectPaths.checked(field, fields.requiredText(field));
    }

    /** What names begin with or have in them: any valid text up to the length of a path, empty for all. */
    static String part(String field, String text) {
        return ObjectPaths.part(ErrorCode.INVALID_REQUEST, field, text);
    }

    /** A folder, with its slash; empty for the top. */
    static String folder(String field, String text) {
        String prefix = part(field, text);
        return prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    }

    static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }
}
