package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.BucketPolicy;
import io.aerodb.storage.metadata.NewBucket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /bucket}, in the native or in the Supabase shape.
 *
 * @param supabaseShape whether the client is one of Supabase's: it sent id, public or file_size_limit
 */
record BucketRequest(NewBucket bucket, boolean supabaseShape) {

    private static final int MAX_MIME_TYPES = 100;
    private static final Pattern MIME_PATTERN =
            Pattern.compile("(\\*/\\*|[A-Za-z0-9!#$&^_.+-]{1,127}/([A-Za-z0-9!#$&^_.+-]{1,127}|\\*))( *;.{0,100})?");

    /** @throws StorageError with the field and the reason */
    static BucketRequest of(JsonFields fields) {
        boolean supabaseShape = fields.has("id") || fields.has("public") || fields.has("file_size_limit");
        Optional<String> id = fields.text("id");
        String name =
                BucketNames.checked(fields.text("name").or(() -> id).orElseGet(() -> fields.requiredText("name")));
        if (id.isPresent() && !id.get().equals(name)) {
            throw refused("id", "must equal the name");
        }
        NewBucket bucket = new NewBucket(
                id.orElseGet(() -> UUID.randomUUID().toString()),
                name,
                policy(fields),
                mimeTypes(fields),
                maxFileSize(fields));
        return new BucketRequest(bucket, supabaseShape);
    }

    private static BucketPolicy policy(JsonFields fields) {
        Optional<BucketPolicy> named = fields.text("policy").map(BucketRequest::policyNamed);
        Optional<Boolean> isPublic = fields.flag("public");
        if (named.isPresent() && isPublic.isPresent() && isPublic.get() != (named.get() == BucketPolicy.PUBLIC)) {
            throw refused("public", "contradicts the policy");
        }
        return named.orElse(isPublic.orElse(false) ? BucketPolicy.PUBLIC : BucketPolicy.PRIVATE);
    }

    private static BucketPolicy policyNamed(String word) {
        return BucketPolicy.named(word)
                .orElseThrow(() -> refused("policy", "must be public, authenticated, private or personal"));
    }

    private static List<String> mimeTypes(JsonFields fields) {
        List<String> patterns =
                fields.texts("allowed_mime_types", MAX_MIME_TYPES).orElse(List.of());
        if (!patterns.stream().allMatch(pattern -> MIME_PATTERN.matcher(pattern).matches())) {
            throw refused("allowed_mime_types", "must be media types like image/png or image/*");
        }
        return patterns;
    }

    private static @Nullable Long maxFileSize(JsonFields fields) {
        OptionalLong nativeLimit = fields.size("max_file_size");
        OptionalLong limit = nativeLimit.isPresent() ? nativeLimit : fields.size("file_size_limit");
        return limit.isPresent() && limit.getAsLong() > 0 ? limit.getAsLong() : null;
    }

    private static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST
                .because(field + ": " + reason)
                .with("field", field)
                .with("reason", reason);
    }
}
