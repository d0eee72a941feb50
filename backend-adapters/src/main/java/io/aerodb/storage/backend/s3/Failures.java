package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What S3 says, in the words of the port. Never its message, which may name hosts and buckets; its code is enough. */
final class Failures {

    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final Set<Integer> PASSING = Set.of(408, 409, 429, 500, 502, 503, 504);
    /** With an upload that somebody aborted, who took its writer for dead: another write is welcome. */
    private static final Set<String> PASSING_CODES = Set.of(
            "RequestTimeout",
            "SlowDown",
            "InternalError",
            "ServiceUnavailable",
            "RequestTimeTooSkewed",
            "NoSuchUpload");

    private static final Set<String> FULL = Set.of("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull");

    private Failures() {}

    /**
     * The failure of a call about one blob.
     *
     * @param step what failed
     */
    static BackendException translated(String step, BlobKey key, Throwable thrown) {
        Throwable failure = cause(thrown);
        return isAbsent(failure)
                ? new BackendException.NotFound(key)
                : translated("%s of '%s'".formatted(step, key), failure);
    }

    static BackendException translated(String step, Throwable thrown) {
        Throwable failure = cause(thrown);
        if (failure instanceof BackendException known) {
            return known;
        }
        if (failure instanceof AwsServiceException said) {
            return said(step, said);
        }
        if (failure instanceof SdkClientException) {
            return new BackendException.Unavailable(step + ": " + unanswered(failure), failure);
        }
        if (failure instanceof TimeoutException) {
            return new BackendException.Unavailable(step + ": not in time", failure);
        }
        if (failure instanceof OutOfMemoryError) {
            return new BackendException.Unavailable(step + ": no memory", failure);
        }
        return failure instanceof CancellationException
                ? new BackendException.Unavailable(step + ": broken off", failure)
                : new BackendException.Failed(step + ": " + failure.getClass().getSimpleName(), failure);
    }

    /** There is no such object. A missing bucket is something else. */
    static boolean isAbsent(Throwable thrown) {
        return cause(thrown) instanceof AwsServiceException said
                && said.statusCode() == NOT_FOUND
                && !"NoSuchBucket".equals(code(said));
    }

    /** There is such an object already, perhaps of an earlier attempt. */
    static boolean isTaken(Throwable thrown) {
        return cause(thrown) instanceof AwsServiceException said && said.statusCode() == PRECONDITION_FAILED;
    }

    /** The object has no byte of the range. */
    static boolean isBeyondTheEnd(Throwable thrown) {
        return cause(thrown) instanceof AwsServiceException said && said.statusCode() == RANGE_NOT_SATISFIABLE;
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? cause(failure.getCause())
                : failure;
    }

    /** No connection, none free, cut, silent; or no credentials now. */
    private static String unanswered(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return "the certificate of the S3 service is not trusted";
            }
        }
        return "no answer from the S3 service";
    }

    private static BackendException said(String step, AwsServiceException failure) {
        String text = "%s: S3 answers %d %s".formatted(step, failure.statusCode(), code(failure));
        if (FULL.contains(code(failure))) {
            return new BackendException.InsufficientStorage(text, failure);
        }
        return PASSING.contains(failure.statusCode()) || PASSING_CODES.contains(code(failure))
                ? new BackendException.Unavailable(text, failure)
                : new BackendException.Failed(text, failure);
    }

    private static String code(AwsServiceException failure) {
        String code = failure.awsErrorDetails() == null
                ? null
                : failure.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }
}
