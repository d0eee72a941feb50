package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.MimePatterns;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.BucketPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The members of a bucket in a request, by their native and by their Supabase names. */
final class BucketFields {

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
        return MimePatterns.of(fields, "allowed_mime_types");
    }

    /** Bytes, 0 for no limit; empty when none of the two members has a value. */
    static OptionalLong maxFileSize(JsonFields fields) {
        OptionalLong limit = fields.size("max_file_size");
        OptionalLong supabases = fields.size("file_size_limit");
        if (limit.isPresent() && supabases.isPresent() && !limit.equals(supabases)) {
            throw refused("file_size_limit", "contradicts max_file_size");
        }
        return limit.isPresent() ? limit : supabases;
    }

    /** The name of a backend, which may not exist; empty for the default. */
    static Optional<String> backend(JsonFields fields) {
        Optional<String> name = fields.text("backend");
        if (name.filter(String::isEmpty).isPresent()) {
            throw refused("backend", "must be a name or null");
        }
        return name;
    }

    /** Bytes; empty for no redirects. */
    static OptionalLong redirectReadsFrom(JsonFields fields) {
        return fields.size("redirect_reads_from");
    }

    static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }

    private static BucketPolicy policyNamed(String word) {
        return BucketPolicy.named(word)
                .orElseThrow(() -> refused("policy", "must be public, authenticated, private or personal"));
    }
}
