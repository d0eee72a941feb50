package io.aerodb.storage.gateway.log;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * What the line of one request will say, noted by whoever knows it, on any thread. No secrets, no tokens: everything that is
 * noted is written down.
 */
public final class Facts {

    /** Paths of one request that are named in a line. */
    public static final int MOST_PATHS = 20;

    private static final String ATTRIBUTE = Facts.class.getName();

    private final Map<LogField, Object> values = new EnumMap<>(LogField.class);
    private long received;

    public static Facts of(ServerRequest request) {
        return of(request.exchange());
    }

    /** Of this request; the same each time. */
    public static Facts of(ServerWebExchange exchange) {
        return (Facts) exchange.getAttributes().computeIfAbsent(ATTRIBUTE, none -> new Facts());
    }

    /** Notes a fact, instead of an earlier one; null notes nothing. */
    public synchronized Facts note(LogField field, @Nullable Object value) {
        if (value != null) {
            values.put(field, value);
        }
        return this;
    }

    /** The object that the request is about, where its address does not say. */
    public Facts object(String bucket, String path) {
        return note(LogField.BUCKET, bucket).note(LogField.PATH, path);
    }

    /** Where it goes. */
    public Facts destination(String bucket, String path) {
        return note(LogField.DESTINATION_BUCKET, bucket).note(LogField.DESTINATION_PATH, path);
    }

    /**
     * On whose rights the request works.
     *
     * @param role in the database
     * @param bypass whether row security lets him do everything
     */
    public Facts caller(@Nullable String userId, String role, boolean bypass) {
        return note(LogField.USER_ID, userId)
                .note(LogField.ROLE, role)
                .note(LogField.BYPASS, bypass ? Boolean.TRUE : null);
    }

    /** Several objects of the bucket: how many, and the first of them by name. */
    public Facts paths(Collection<String> paths) {
        List<String> first = paths.stream().limit(MOST_PATHS).toList();
        return note(LogField.COUNT, paths.size()).note(LogField.PATHS, first);
    }

    /** More bytes of the body have come. */
    public synchronized void received(int bytes) {
        received += bytes;
    }

    /** Bytes of the body so far, as far as they were counted. */
    public synchronized long received() {
        return received;
    }

    public synchronized Optional<Object> get(LogField field) {
        return Optional.ofNullable(values.get(field));
    }

    /** How it ended. */
    public Facts outcome(boolean success) {
        return note(LogField.OUTCOME, success ? "success" : "failure");
    }

    public boolean succeeded() {
        return get(LogField.OUTCOME).filter("success"::equals).isPresent();
    }

    /** All of them so far, in the order of the fields. */
    public synchronized Map<LogField, Object> all() {
        return new EnumMap<>(values);
    }
}
