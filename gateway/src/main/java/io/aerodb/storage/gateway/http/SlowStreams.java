package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2DataFrame;

/**
 * Of one HTTP/2 stream: a client may take others of the connection and not this one (RFC 9113, 5.2). How much of a frame was
 * taken is known only when all of it was.
 */
final class SlowStreams extends SlowReaders {

    private long handed;
    private long taken;

    SlowStreams(SlowClients clients) {
        super(clients);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof Http2DataFrame frame && frame.content().isReadable()) {
            int length = frame.content().readableBytes();
            handed += length;
            rate.tellsInPiecesOf(length);
            context.write(message, promise.unvoid().addListener(done -> taken += length));
        } else {
            context.write(message, promise);
        }
    }

    @Override
    long waiting(ChannelHandlerContext context) {
        return handed - taken;
    }

    @Override
    long handed() {
        return handed;
    }

    /** By a reset of the stream; the others of the connection go on. */
    @Override
    void cut(ChannelHandlerContext context) {
        context.close();
    }
}
