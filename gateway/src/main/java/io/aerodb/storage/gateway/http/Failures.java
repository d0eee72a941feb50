package io.aerodb.storage.gateway.http;

import io.netty.handler.timeout.ReadTimeoutException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.web.ErrorResponse;

/** Names any failure by a row of {@link ErrorCode}. */
public final class Failures {

    private Failures() {}

    /** What the client is told. The failure's own message is used only when it is a {@link StorageError}. */
    public static StorageError named(Throwable failure) {
        if (failure instanceof StorageError error) {
            return error;
        }
        if (failure instanceof ErrorResponse response) {
            return named(response, failure);
        }
        if (failure instanceof ReadTimeoutException) {
            return ErrorCode.REQUEST_TIMEOUT.error();
        }
        if (failure instanceof InvalidMimeTypeException) { // WebFlux reads Accept once more when anything has failed
            return ErrorCode.INVALID_REQUEST.because("Accept", "must be a list of at most 50 media types");
        }
        return failure instanceof DataBufferLimitException
                ? ErrorCode.ENTITY_TOO_LARGE.because("The body is too large")
                : ErrorCode.INTERNAL_ERROR.error().causedBy(failure);
    }

    /** WebFlux' own failures: no route, method, Accept, Content-Type, malformed input. */
    private static StorageError named(ErrorResponse response, Throwable failure) {
        StorageError error = code(response.getStatusCode()).error();
        String allow = response.getHeaders().getFirst(HttpHeaders.ALLOW);
        if (error.code() == ErrorCode.INTERNAL_ERROR) {
            return error.causedBy(failure);
        }
        return allow == null ? error : error.withHeader(HttpHeaders.ALLOW, allow);
    }

    private static ErrorCode code(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> ErrorCode.UNAUTHORIZED;
            case 403 -> ErrorCode.ACCESS_DENIED;
            case 404 -> ErrorCode.NO_SUCH_ROUTE;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 406 -> ErrorCode.NOT_ACCEPTABLE;
            case 413 -> ErrorCode.ENTITY_TOO_LARGE;
            case 415 -> ErrorCode.INVALID_MIME_TYPE;
            case 501 -> ErrorCode.NOT_IMPLEMENTED;
            case 503 -> ErrorCode.SERVICE_UNAVAILABLE;
            default -> status.is4xxClientError() ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL_ERROR;
        };
    }
}
