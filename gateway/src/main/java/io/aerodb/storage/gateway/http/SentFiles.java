package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.util.function.LongConsumer;
import reactor.netty.Connection;

/**
 * Tells how much of a file the system has sent by itself, also when it sends the rest never. Only HTTP/1.1 sends files so, where a
 * connection has one answer at a time.
 */
final class SentFiles extends ChannelOutboundHandlerAdapter {

    private static final AttributeKey<LongConsumer> LISTENER = AttributeKey.valueOf(SentFiles.class, "listener");

    /** Tells this one of the next file, once, in bytes; and those who asked before. */
    static void listen(Connection connection, LongConsumer listener) {
        Attribute<LongConsumer> attribute = connection.channel().attr(LISTENER);
        LongConsumer others = attribute.get();
        attribute.set(others == null ? listener : listener.andThen(others));
    }

    /** There will be no file. */
    static void forget(Connection connection) {
        connection.channel().attr(LISTENER).set(null);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        LongConsumer listener =
                message instanceof FileRegion ? context.channel().attr(LISTENER).getAndSet(null) : null;
        context.write(message, listener == null ? promise : told((FileRegion) message, promise.unvoid(), listener));
    }

    private static ChannelPromise told(FileRegion file, ChannelPromise promise, LongConsumer listener) {
        return promise.addListener(end -> listener.accept(file.transferred()));
    }
}
