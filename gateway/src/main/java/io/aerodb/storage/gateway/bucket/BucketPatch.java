package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.metadata.BucketChange;
import io.aerodb.storage.metadata.BucketPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a change to a bucket: what it names changes, a limit that is null goes. */
final class BucketPatch {

    private BucketPatch() {}

    /** @param bucket the id or the name in the address */
    static BucketChange of(String bucket, JsonFields fields) {
        refuseRenaming(bucket, fields);
        AbsentOptions.refuseForBucket(fields);
        boolean mimeTypesNamed = fields.has("allowed_mime_types");
        boolean limitNamed = fields.has("max_file_size") || fields.has("file_size_limit");
        return new BucketChange(
                policy(fields),
                mimeTypesNamed ? BucketFields.mimeTypes(fields).orElse(List.of()) : null,
                limitNamed ? BucketFields.maxFileSize(fields).orElse(BucketChange.NO_LIMIT) : null,
                fields.has("backend") ? BucketFields.backend(fields).orElse(BucketChange.DEFAULT_BACKEND) : null,
                fields.has("redirect_reads_from")
                        ? BucketFields.redirectReadsFrom(fields).orElse(BucketChange.NO_REDIRECTS)
                        : null);
    }

    private static void refuseRenaming(String bucket, JsonFields fields) {
        if (!BucketNames.isId(bucket) && !bucket.equals(fields.text("name").orElse(bucket))) {
            throw BucketFields.refused("name", "can't be changed");
        }
    }

    private static @Nullable String policy(JsonFields fields) {
        return BucketFields.policy(fields)
                .map(BucketPolicy::word)
                .or(() -> fields.flag("public")
                        .map(isPublic -> isPublic ? BucketPolicy.PUBLIC.word() : BucketChange.NOT_PUBLIC))
                .orElse(null);
    }
}
