package io.aerodb.storage.gateway.permission;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.Absence;
import io.aerodb.storage.metadata.Answer;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.Refusal;
import io.aerodb.storage.metadata.RlsContext;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Names the database's answer to a caller: what was denied becomes 401 for those who showed no token and 403 for the others,
 * with the right that was missing as {@code reason} and, where it is known, the kind of policy as {@code policy}.
 */
public final class PermissionChecker {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private PermissionChecker() {}

    /** What is denied whatever the caller's rights to objects are. */
    public static StorageError denied(RlsContext caller) {
        return (caller.equals(RlsContext.ANONYMOUS) ? ErrorCode.UNAUTHORIZED : ErrorCode.ACCESS_DENIED).error();
    }

    /** @param right the operation row security refused: select, insert, update or delete */
    public static StorageError denied(RlsContext caller, String right) {
        return denied(caller).with("reason", right);
    }

    /** @param policy which kind of policy refused, by its word; null when it is not known, or not for the caller to know */
    public static StorageError denied(RlsContext caller, String right, @Nullable String policy) {
        StorageError denied = denied(caller, right);
        return policy == null ? denied : denied.with("policy", policy);
    }

    /** Why an operation on an object touched nothing, with the kind of policy where that is known. */
    public static StorageError refused(RlsContext caller, Refusal refusal, String right) {
        return refusal.absence() == Absence.DENIED
                ? denied(caller, right, refusal.policy())
                : absent(caller, refusal.absence(), right);
    }

    /** Why an operation on an object touched nothing. */
    public static StorageError absent(RlsContext caller, Absence absence, String right) {
        return switch (absence) {
            case MISSING -> ErrorCode.NO_SUCH_KEY.error();
            case NO_BUCKET -> ErrorCode.NO_SUCH_BUCKET.error();
            case DENIED -> denied(caller, right);
        };
    }

    /**
     * The value that the database answers, or why there is none.
     *
     * @param right what the operation needs
     */
    public static <T> Mono<T> given(RlsContext caller, Mono<Answer<T>> answer, String right) {
        return answer.onErrorMap(MetadataException.class, failure -> failed(caller, failure, right))
                .flatMap(known -> value(caller, known, right));
    }

    /** Completes when the operation took place, else fails with why it did not. */
    public static Mono<Void> done(RlsContext caller, Mono<Optional<Refusal>> answer, String right) {
        return answer.onErrorMap(MetadataException.class, failure -> failed(caller, failure, right))
                .flatMap(Mono::justOrEmpty)
                .flatMap(refusal -> Mono.error(() -> refused(caller, refusal, right)));
    }

    private static <T> Mono<T> value(RlsContext caller, Answer<T> answer, String right) {
        return answer instanceof Answer.Given<T> given
                ? Mono.just(given.value())
                : Mono.error(() -> absent(caller, ((Answer.NotGiven<T>) answer).absence(), right));
    }

    /**
     * What any operation can fail with; what one kind means for a certain operation only, that operation maps first.
     *
     * @param right what the operation would have needed
     */
    public static StorageError failed(RlsContext caller, MetadataException failure, String right) {
        return switch (failure.kind()) {
            case DENIED -> denied(caller, right);
            case BACKEND_DENIED -> denied(caller, right).with("field", "backend");
            case REDIRECTS_DENIED -> denied(caller, right).with("field", "redirect_reads_from");
            case EXISTS -> ErrorCode.KEY_ALREADY_EXISTS.error();
            case PRECONDITION -> ErrorCode.PRECONDITION_FAILED.error();
            case INVALID ->
                ErrorCode.INVALID_REQUEST
                        .because("The request holds a value that can't be stored")
                        .causedBy(failure);
            case SIZE -> ErrorCode.ENTITY_TOO_LARGE.error().with("limit", failure.limit());
            case TYPE -> ErrorCode.INVALID_MIME_TYPE.error();
            case REFERENCED, LINK_SPENT, FAILED ->
                ErrorCode.INTERNAL_ERROR.error().causedBy(failure);
            case SWEPT, CONFLICT, UNAVAILABLE, TIMED_OUT, UNANSWERED ->
                ErrorCode.SERVICE_UNAVAILABLE.error().retryAfter(RETRY).causedBy(failure);
        };
    }
}
