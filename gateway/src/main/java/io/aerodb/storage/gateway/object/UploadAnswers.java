package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.http.WriteCondition.CreateOnly;
import io.aerodb.storage.gateway.http.WriteCondition.IfMatch;
import io.aerodb.storage.gateway.http.WriteCondition.MustExist;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.Bucket;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadDecision.Refused;
import io.aerodb.storage.metadata.WriteRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the database and the backend say to an upload, in the words of HTTP. */
final class UploadAnswers {

    private static final Duration RETRY = Duration.ofSeconds(2);

    private UploadAnswers() {}

    static WriteRule rule(WriteCondition condition) {
        if (condition instanceof IfMatch match) {
            return WriteRule.match(match.etags());
        }
        if (condition instanceof MustExist) {
            return WriteRule.EXISTS;
        }
        return condition instanceof CreateOnly ? WriteRule.CREATE : WriteRule.OVERWRITE;
    }

    static StorageError refused(Upload upload, Refused refused) {
        return switch (refused.reason()) {
            case DENIED -> PermissionChecker.denied(upload.caller(), refused.operation(), refused.policy());
            case NO_BUCKET -> ErrorCode.NO_SUCH_BUCKET.error();
            case EXISTS -> exists(upload);
            case PRECONDITION -> ErrorCode.PRECONDITION_FAILED.error();
            case SIZE -> tooLarge(upload, limit(refused.bucket()));
            case REVOKED -> LinkAnswers.revoked();
            case USED -> LinkAnswers.used();
            case TYPE -> wrongType(upload, types(refused.bucket()));
        };
    }

    static StorageError rolledBack(Upload upload, Permitted permit, MetadataException reason) {
        return switch (reason.kind()) {
            case EXISTS -> exists(upload);
            case REFERENCED -> ErrorCode.NO_SUCH_BUCKET.error();
            case LINK_SPENT -> LinkAnswers.spent();
            default -> PermissionChecker.failed(upload.caller(), reason, permit.operation());
        };
    }

    /** The commit's answer was lost: the client has to ask again what became of it. */
    static StorageError unknown(Throwable reason) {
        return ErrorCode.SERVICE_UNAVAILABLE
                .because("The outcome of the upload is not known, ask for the object or try again")
                .retryAfter(RETRY)
                .causedBy(reason);
    }

    static StorageError tooLarge(Upload upload, long limit) {
        StorageError error = ErrorCode.ENTITY_TOO_LARGE.error().with("limit", limit);
        return upload.headers().contentLength().isPresent()
                ? error.with("received", upload.headers().contentLength().getAsLong())
                : error;
    }

    private static StorageError exists(Upload upload) {
        return upload.condition() instanceof CreateOnly create
                ? create.refusal().error()
                : ErrorCode.KEY_ALREADY_EXISTS.error();
    }

    static StorageError wrongType(Upload upload, List<String> allowed) {
        return ErrorCode.INVALID_MIME_TYPE
                .because("mime type %s is not supported"
                        .formatted(upload.headers().contentType()))
                .with("received", upload.headers().contentType())
                .with("allowed", allowed);
    }

    private static List<String> types(@Nullable Bucket bucket) {
        return bucket == null ? List.of() : bucket.allowedMimeTypes();
    }

    private static long limit(@Nullable Bucket bucket) {
        Long limit = bucket == null ? null : bucket.maxFileSize();
        return limit == null ? Long.MAX_VALUE : limit;
    }
}
