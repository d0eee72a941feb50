package io.aerodb.storage.gateway.http;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads small JSON bodies, whatever their Content-Type: clients send JSON as text/plain and empty bodies as anything. */
public final class Bodies {

    private final int limit;

    /** @param limit bytes of a body, at most */
    public Bodies(DataSize limit) {
        this.limit = Math.toIntExact(limit.toBytes());
    }

    /**
     * The body as one JSON object; an empty body is an empty object. Fails with EntityTooLarge, before reading when
     * Content-Length tells, or with InvalidRequest and the place in the text.
     */
    public Mono<JsonFields> json(ServerRequest request) {
        long declared = request.headers().contentLength().orElse(0);
        if (declared > limit) {
            return Mono.error(() -> tooLarge().with("received", declared));
        }
        return DataBufferUtils.join(Connections.body(request.exchange()), limit)
                .map(Bodies::content)
                .map(Bodies::fields)
                .defaultIfEmpty(new JsonFields(JsonNodeFactory.instance.objectNode()))
                .onErrorMap(DataBufferLimitException.class, exceeded -> tooLarge());
    }

    private static byte[] content(DataBuffer buffer) {
        byte[] content = new byte[buffer.readableByteCount()];
        buffer.read(content);
        DataBufferUtils.release(buffer);
        return content;
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
