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
            case REVOKED -> ErrorCode.EXPIRED_URL.because("The link was revoked");
            case USED -> ErrorCode.EXPIRED_URL.because("The link was used as often as it may be");
            case TYPE -> wrongType(upload, refused.bucket());
        };
    }

    static StorageError rolledBack(Upload upload, Permitted permit, MetadataException reason) {
        return switch (reason.kind()) {
            case EXISTS -> exists(upload);
            case REFERENCED -> ErrorCode.NO_SUCH_BUCKET.error();
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
        return upload.leastSize().isPresent()
                ? error.with("received", upload.leastSize().getAsLong())
                : error;
    }

    private static StorageError exists(Upload upload) {
        return upload.condition() instanceof CreateOnly create
                ? create.refusal().error()
                : ErrorCode.KEY_ALREADY_EXISTS.error();
    }

    private static StorageError wrongType(Upload upload, @Nullable Bucket bucket) {
        StorageError error = ErrorCode.INVALID_MIME_TYPE
                .because("mime type %s is not supported"
                        .formatted(upload.headers().contentType()))
                .with("received", upload.headers().contentType());
        return bucket == null ? error : error.with("allowed", bucket.allowedMimeTypes());
    }

    private static long limit(@Nullable Bucket bucket) {
        Long limit = bucket == null ? null : bucket.maxFileSize();
        return limit == null ? Long.MAX_VALUE : limit;
    }
}
