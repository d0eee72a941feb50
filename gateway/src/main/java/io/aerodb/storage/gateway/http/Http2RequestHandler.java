package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;

/**
 * What {@link RequestTargetHandler} does for HTTP/1.1, for the requests of an HTTP/2 connection (RFC 9113, 8.3.1). Also gives
 * the connection room for several streams that send: its window can't be set as that of a stream is.
 */
final class Http2RequestHandler extends ChannelInboundHandlerAdapter {

    /** Bytes of one stream that may have come and were not read yet. */
    static final int STREAM_WINDOW = 256 * 1024;

    /** The same of all streams of a connection together; when a few fill it, because we or they are slow, all others wait. */
    static final int CONNECTION_WINDOW = 16 * STREAM_WINDOW;

    private final int longestTarget;
    private boolean widened;

    /** @param longestTarget bytes of a path with its query */
    Http2RequestHandler(int longestTarget) {
        this.longestTarget = longestTarget;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2HeadersFrame frame && frame.headers().path() != null) {
            rewrite(frame.headers());
        }
        if (message instanceof Http2SettingsFrame && !widened) { // the first frame of a client
            widened = true;
            int more = CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
            context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(more));
        }
        context.fireChannelRead(message);
    }

    private void rewrite(Http2Headers headers) {
        RequestTarget target = RequestTarget.of(headers.path().toString());
        Malformation malformation = malformation(headers, target);
        headers.path(target.uri());
        headers.remove(RequestTargetHandler.MALFORMED);
        if (malformation != Malformation.NONE) {
            headers.set(RequestTargetHandler.MALFORMED, malformation.name());
        }
    }

    private Malformation malformation(Http2Headers headers, RequestTarget target) {
        if (headers.path().length() > longestTarget) {
            return Malformation.LENGTH;
        }
        return hasOneHost(headers) ? target.malformation() : Malformation.HOST;
    }

    /** An authority counts more than a Host, which is there to be passed on. */
    private static boolean hasOneHost(Http2Headers headers) {
        if (headers.authority() == null) {
            return headers.getAll(HttpHeaderNames.HOST).size() == 1;
        }
        headers.remove(HttpHeaderNames.HOST);
        return headers.getAll(Http2Headers.PseudoHeaderName.AUTHORITY.value()).size() == 1;
    }
}
