package io.aerodb.storage.gateway.http;

import java.io.Serial;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A failure the client is told of. It has no stack trace: it is an answer, not a defect. Made by {@link ErrorCode}; the
 * {@code with…} methods return a new error, this one never changes.
 */
public final class StorageError extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient Map<String, Object> details;
    private final transient Map<String, String> headers;

    StorageError(ErrorCode code, String message) {
        this(code, message, null, Map.of(), Map.of());
    }

    private StorageError(
            ErrorCode code,
            String message,
            @Nullable Throwable cause,
            Map<String, Object> details,
            Map<String, String> headers) {
        super(message, cause, false, false);
        this.code = code;
        this.details = details;
        this.headers = headers;
    }

    public ErrorCode code() {
        return code;
    }

    /** What the client reads. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** Further members of the body, in the order they were added. */
    public Map<String, Object> details() {
        return details;
    }

    /** Headers of the answer. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Adds a member to the body: {@code limit}, {@code received}, {@code field}, {@code reason}. */
    public StorageError with(String member, Object value) {
        return new StorageError(code, message(), getCause(), added(details, member, value), headers);
    }

    /** Adds a header to the answer: {@code Content-Range: bytes *}{@code /n}. */
    public StorageError withHeader(String name, String value) {
        return new StorageError(code, message(), getCause(), details, added(headers, name, value));
    }

    /** Adds {@code Retry-After} (RFC 9110, 10.2.3), in whole seconds, at least one. */
    public StorageError retryAfter(Duration delay) {
        return withHeader(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, delay.toSeconds())));
    }

    /** Adds the cause: for the log, never for the client. */
    public StorageError causedBy(Throwable cause) {
        return new StorageError(code, message(), cause, details, headers);
    }

    private static <V> Map<String, V> added(Map<String, V> map, String name, V value) {
        Map<String, V> copy = new LinkedHashMap<>(map);
        copy.put(name, value);
        return Collections.unmodifiableMap(copy);
    }
}
