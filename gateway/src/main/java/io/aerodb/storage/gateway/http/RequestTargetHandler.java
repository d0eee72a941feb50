package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Makes every request target one that java.net.URI accepts, before Reactor Netty and Spring see it: both would answer a
 * bare 400 to {@code a[1].txt}, which browsers send as it is. What is malformed beyond that is marked by a header, so that
 * it is refused behind the filters that log, count and add CORS headers: see {@link MalformedRequestFilter}.
 */
final class RequestTargetHandler extends ChannelInboundHandlerAdapter {

    /** The mark; never taken from a client. Its value is a {@link Malformation}. */
    static final String MALFORMED = "x-aerodb-malformed";

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
            rewrite(request);
        }
        context.fireChannelRead(message);
    }

    private static void rewrite(HttpRequest request) {
        RequestTarget target = RequestTarget.of(request.uri());
        Malformation malformation = malformation(request, target);
        request.setUri(target.uri());
        request.headers().remove(MALFORMED);
        if (malformation != Malformation.NONE) {
            request.headers().set(MALFORMED, malformation.name());
        }
    }

    private static Malformation malformation(HttpRequest request, RequestTarget target) {
        if (!hasOneHost(request)) {
            return Malformation.HOST;
        }
        return hasKnownCoding(request) ? target.malformation() : Malformation.CODING;
    }

    private static boolean hasKnownCoding(HttpRequest request) {
        return request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING).stream()
                .allMatch(HttpHeaderValues.CHUNKED::contentEqualsIgnoreCase);
    }

    /** RFC 9112, 3.2; HTTP/1.0 may have none. */
    private static boolean hasOneHost(HttpRequest request) {
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        return hosts == 1 || hosts == 0 && request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    }
}
