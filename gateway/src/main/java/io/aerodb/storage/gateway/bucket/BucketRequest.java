package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.metadata.BucketPolicy;
import io.aerodb.storage.metadata.NewBucket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /bucket}, in the native or in the Supabase shape.
 *
 * @param supabaseShape whether the client is one of Supabase's: it sent id, public or file_size_limit
 */
record BucketRequest(NewBucket bucket, boolean supabaseShape) {

    /** @throws StorageError with the field and the reason */
    static BucketRequest of(JsonFields fields) {
        AbsentOptions.refuseForBucket(fields);
        boolean supabaseShape = fields.has("id") || fields.has("public") || fields.has("file_size_limit");
        Optional<String> id = fields.text("id");
        String name =
                BucketNames.checked(fields.text("name").or(() -> id).orElseGet(() -> fields.requiredText("name")));
        if (id.isPresent() && !id.get().equals(name)) {
            throw BucketFields.refused("id", "must equal the name");
        }
        NewBucket bucket = new NewBucket(
                id.orElseGet(() -> UUID.randomUUID().toString()),
                name,
                policy(fields),
                BucketFields.mimeTypes(fields).orElse(List.of()),
                maxFileSize(fields),
                BucketFields.backend(fields).orElse(null),
                redirectReadsFrom(fields));
        return new BucketRequest(bucket, supabaseShape);
    }

    private static BucketPolicy policy(JsonFields fields) {
        Optional<Boolean> isPublic = fields.flag("public");
        return BucketFields.policy(fields).orElse(isPublic.orElse(false) ? BucketPolicy.PUBLIC : BucketPolicy.PRIVATE);
    }

    private static @Nullable Long redirectReadsFrom(JsonFields fields) {
        OptionalLong size = BucketFields.redirectReadsFrom(fields);
        return size.isPresent() ? size.getAsLong() : null;
    }

    private static @Nullable Long maxFileSize(JsonFields fields) {
        OptionalLong limit = BucketFields.maxFileSize(fields);
        return limit.isPresent() && limit.getAsLong() > 0 ? limit.getAsLong() : null;
    }
}
