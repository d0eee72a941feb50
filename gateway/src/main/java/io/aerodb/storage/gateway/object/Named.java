package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageError;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

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

    /** What names begin with: any valid text up to the length of a path, empty for all. */
    static String prefix(String field, String text) {
        if (!ObjectPaths.isWellFormed(text)) {
            throw refused(field, "must be valid Unicode");
        }
        String prefix = Normalizer.normalize(text, Normalizer.Form.NFC);
        if (prefix.getBytes(StandardCharsets.UTF_8).length > ObjectPaths.MAX_BYTES) {
            throw refused(field, "must be at most %d bytes of UTF-8".formatted(ObjectPaths.MAX_BYTES));
        }
        if (prefix.chars().anyMatch(Character::isISOControl)) {
            throw refused(field, "must not contain control characters");
        }
        return prefix;
    }

    static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }
}
