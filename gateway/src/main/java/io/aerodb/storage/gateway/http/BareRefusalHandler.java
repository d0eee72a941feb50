package io.aerodb.storage.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.util.Map;
import org.springframework.http.MediaType;

/**
 * Gives a body to the answers Reactor Netty makes itself, before any filter runs: to a request head that is too long or
 * can't be decoded, to contradicting lengths. Those are empty and close the connection.
 */
final class BareRefusalHandler extends ChannelOutboundHandlerAdapter {

    private static final Map<Integer, ErrorCode> CODES = Map.of(
            400, ErrorCode.INVALID_REQUEST,
            414, ErrorCode.URI_TOO_LONG,
            431, ErrorCode.HEADERS_TOO_LARGE);

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message instanceof FullHttpResponse response ? worded(response) : message, promise);
    }

    private static FullHttpResponse worded(FullHttpResponse response) {
        ErrorCode code = CODES.get(response.status().code());
        return code != null && isBare(response) ? worded(response, code.error()) : response;
    }

    private static boolean isBare(FullHttpResponse response) {
        return !response.content().isReadable()
                && response.headers().containsValue(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO, false)
                && response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }

    private static FullHttpResponse worded(FullHttpResponse bare, StorageError error) {
        String requestId = RequestIds.fresh();
        ByteBuf body = Unpooled.wrappedBuffer(ProblemBody.bytes(error, MediaType.APPLICATION_JSON, requestId));
        bare.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
                .set(RequestIds.HEADER, requestId)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        FullHttpResponse worded = bare.replace(body);
        bare.release();
        return worded;
    }
}
