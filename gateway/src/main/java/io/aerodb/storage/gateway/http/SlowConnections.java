package io.aerodb.storage.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.time.Duration;

/**
 * Of a connection, next to its socket: bytes and file regions as the socket takes them. The system takes more only when a third
 * of its buffer is free, a megabyte or so. Slow readers are known by that only after minutes, those who take nothing sooner.
 */
final class SlowConnections extends SlowReaders {

    private long handed;
    private long counted;

    SlowConnections(SlowClients clients) {
        super(clients);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        handed += left(message);
        context.write(message, promise);
    }

    @Override
    long waiting(ChannelHandlerContext context) {
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        if (buffer == null || buffer.isEmpty()) {
            return 0;
        }
        if (context.channel().config() instanceof SocketChannelConfig socket) {
            rate.tellsInPiecesOf(socket.getSendBufferSize() / 2);
        }
        counted = 0;
        try {
            buffer.forEachFlushedMessage(this::count);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        return counted;
    }

    /** Where the system tells: it sends as soon as the client has room. */
    @Override
    boolean standsStill(ChannelHandlerContext context, Duration time) {
        return context.channel() instanceof EpollSocketChannel socket
                && socket.tcpInfo().lastDataSent() >= time.toMillis();
    }

    @Override
    long handed() {
        return handed;
    }

    /** By a reset: else the system would go on with what it has taken from us, for as long as it takes. */
    @Override
    void cut(ChannelHandlerContext context) {
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        context.close();
    }

    private boolean count(Object message) {
        counted += left(message);
        return true;
    }

    private static long left(Object message) {
        if (message instanceof ByteBuf bytes) {
            return bytes.readableBytes();
        }
        return message instanceof FileRegion region ? region.count() - region.transferred() : 0;
    }
}
