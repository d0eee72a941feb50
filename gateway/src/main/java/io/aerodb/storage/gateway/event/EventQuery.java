package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.WholeNumbers;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/** What a request for a stream asks for. */
final class EventQuery {

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private EventQuery() {}

    /** @throws io.aerodb.storage.gateway.http.StorageError InvalidRequest with the parameter that is wrong */
    static EventFilter filter(ServerRequest request) {
        List<String> types = request.queryParams().getOrDefault("types", List.of()).stream()
                .flatMap(list -> Arrays.stream(list.split(",")))
                .toList();
        return EventFilter.of(
                request.queryParam("bucket").orElse(null),
                request.queryParam("prefix").orElse(null),
                types);
    }

    /**
     * The last event that the client has; none for what happens from now on.
     *
     * @throws io.aerodb.storage.gateway.http.StorageError InvalidRequest when it is none of ours
     */
    static OptionalLong after(ServerRequest request) {
        @Nullable String id = request.headers().firstHeader(LAST_EVENT_ID);
        if (id == null || id.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong number = WholeNumbers.parse(id);
        if (number.isEmpty()) {
            throw ErrorCode.INVALID_REQUEST.because(
                    LAST_EVENT_ID, "must be the id of an event, or 0 for all that is kept");
        }
        return number;
    }
}
