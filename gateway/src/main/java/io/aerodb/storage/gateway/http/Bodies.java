package io.aerodb.storage.gateway.http;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads small JSON bodies, whatever their Content-Type: clients send JSON as text/plain and empty bodies as anything. */
public final class Bodies {

    private final int limit;
    private final BodyBudget budget;

    /**
     * @param limit bytes of a body, at most
     * @param budget of all bodies
     */
    public Bodies(DataSize limit, BodyBudget budget) {
        this.limit = Math.toIntExact(limit.toBytes());
        this.budget = budget;
    }

    /**
     * The body as one JSON object; an empty body is an empty object. Fails with EntityTooLarge, before reading when
     * Content-Length tells, with InvalidRequest and the place in the text, or with ServiceUnavailable or SlowDown when the
     * budget or the caller's part of it is spent.
     */
    public Mono<JsonFields> json(ServerRequest request) {
        long declared = request.headers().contentLength().orElse(0);
        if (declared > limit) {
            return Mono.error(() -> tooLarge().with("received", declared));
        }
        return json(Caller.of(request.exchange()), Connections.body(request.exchange()));
    }

    /** The same of the body alone. */
    Mono<JsonFields> json(Caller caller, Flux<DataBuffer> body) {
        return Mono.using(
                () -> budget.lease(caller),
                lease -> fields(body, new LeasedBytes(lease, limit)),
                BodyBudget.Lease::close);
    }

    private Mono<JsonFields> fields(Flux<DataBuffer> body, LeasedBytes collected) {
        return body.doOnNext(buffer -> collect(buffer, collected))
                .then(Mono.fromSupplier(() -> fields(collected.toByteArray())));
    }

    private void collect(DataBuffer buffer, LeasedBytes collected) {
        if (buffer.readableByteCount() > limit - collected.size()) {
            DataBufferUtils.release(buffer);
            throw tooLarge();
        }
        collected.append(buffer);
    }

    private static JsonFields fields(byte[] content) {
        if (content.length == 0) {
            return new JsonFields(JsonNodeFactory.instance.objectNode());
        }
        try {
            return new JsonFields(JsonObjects.parse(content));
        } catch (JsonObjects.NotAnObject malformed) {
            throw ErrorCode.INVALID_REQUEST.because("body", malformed.reason());
        }
    }

    private StorageError tooLarge() {
        return ErrorCode.ENTITY_TOO_LARGE
                .because("The body exceeded %d bytes".formatted(limit))
                .with("limit", limit);
    }
}
