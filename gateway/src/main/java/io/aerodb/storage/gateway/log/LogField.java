package io.aerodb.storage.gateway.log;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a line of an operation, in their order, with the name that ECS (Elastic Common Schema 8.11) has for the same.
 * No name is the beginning of another up to a dot: who makes objects of dots finds no field that is both object and value.
 */
public enum LogField {
    OPERATION("operation", "event.action"),
    BUCKET("bucket"),
    PATH("path"),
    SIZE("size"),
    USER_ID("user_id", "user.id"),
    DURATION_MS("duration_ms"),
    STATUS("status", "http.response.status_code"),
    ERROR_CODE("error_code", "error.code"),
    REQUEST_ID("request_id", "http.request.id"),
    TRACE_ID("trace_id", "trace.id"),
    SPAN_ID("span_id", "span.id"),
    ROLE("role"),
    BYPASS("bypass"),
    ABORTED("aborted"),
    REASON("reason"),
    POLICY("policy"),
    COUNT("count"),
    DENIED("denied"),
    PATHS("paths"),
    DESTINATION_BUCKET("destination_bucket"),
    DESTINATION_PATH("destination_path"),
    LINK_ID("link_id"),
    LINK_VALID_S("link_valid_s"),
    LINK_MAX_USES("link_max_uses"),
    MIGRATION_ID("migration_id"),
    BACKEND("backend"),
    DRY_RUN("dry_run"),
    METHOD(null, "http.request.method"),
    TARGET(null, "url.path"),
    BYTES_SENT(null, "http.response.body.bytes"),
    DURATION(null, "event.duration"),
    OUTCOME(null, "event.outcome"),
    SOURCE(null, "source.ip"),
    DATASET(null, "event.dataset");

    private static final Map<String, LogField> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(LogField::key, Function.identity()));

    private final String key;
    private final @Nullable String twin;

    LogField(String key) {
        this.key = key;
        this.twin = null;
    }

    LogField(@Nullable String key, String ecs) {
        this.key = key == null ? ecs : key;
        this.twin = key == null ? null : ecs;
    }

    /** The field's name. */
    public String key() {
        return key;
    }

    /** The name under which the same value stands once more, for ECS. */
    public Optional<String> twin() {
        return Optional.ofNullable(twin);
    }

    /** The field of this name. */
    public static Optional<LogField> of(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }
}
