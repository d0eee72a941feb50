package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.BucketPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The members of a bucket in a request, by their native and by their Supabase names. */
final class BucketFields {

    private static final int MAX_MIME_TYPES = 100;
    private static final Pattern MIME_PATTERN =
            Pattern.compile("(\\*/\\*|[A-Za-z0-9!#$&^_.+-]{1,127}/([A-Za-z0-9!#$&^_.+-]{1,127}|\\*))( *;.{0,100})?");

    private BucketFields() {}

    static Optional<BucketPolicy> policy(JsonFields fields) {
        Optional<BucketPolicy> named = fields.text("policy").map(BucketFields::policyNamed);
        Optional<Boolean> isPublic = fields.flag("public");
        if (named.isPresent() && isPublic.isPresent() && isPublic.get() != (named.get() == BucketPolicy.PUBLIC)) {
            throw refused("public", "contradicts the policy");
        }
        return named;
    }

    static Optional<List<String>> mimeTypes(JsonFields fields) {
        Optional<List<String>> patterns = fields.texts("allowed_mime_types", MAX_MIME_TYPES);
        if (patterns.isPresent()
                && !patterns.get().stream()
                        .allMatch(pattern -> MIME_PATTERN.matcher(pattern).matches())) {
            throw refused("allowed_mime_types", "must be media types like image/png or image/*");
        }
        return patterns;
    }

    /** Bytes, 0 for no limit; empty when none of the two members has a value. */
    static OptionalLong maxFileSize(JsonFields fields) {
        OptionalLong limit = fields.size("max_file_size");
        return limit.isPresent() ? limit : fields.size("file_size_limit");
    }

    static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }

    private static BucketPolicy policyNamed(String word) {
        return BucketPolicy.named(word)
                .orElseThrow(() -> refused("policy", "must be public, authenticated, private or personal"));
    }
}
