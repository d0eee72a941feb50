package io.aerodb.storage.gateway.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** HTTP/2 by prior knowledge, with header fields just as a test gives them. */
final class Http2Connection implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 10;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<Http2Settings> settings = new CompletableFuture<>();
    private final Channel channel;

    private Http2Connection(int port, Http2Settings own) {
        channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        .initialSettings(own)
                                        .validateHeaders(false)
                                        .encoderIgnoreMaxHeaderListSize(true)
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
                                .addLast(new Settings());
                    }
                })
                .connect("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }

    static Http2Connection to(int port) {
        return new Http2Connection(port, Http2Settings.defaultSettings());
    }

    /** Its client takes the heads of answers and no byte of their bodies. */
    static Http2Connection withoutRoom(int port) {
        return new Http2Connection(port, Http2Settings.defaultSettings().initialWindowSize(0));
    }

    static Http2Headers head(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .scheme("http")
                .authority("localhost")
                .path(path);
    }

    /** What the server says that it allows. */
    Http2Settings settings() throws Exception {
        return settings.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    RawResponse ask(Http2Headers head) throws Exception {
        return open(head, true).answer();
    }

    Stream open(Http2Headers head, boolean end) {
        Stream stream = new Stream();
        Http2StreamChannel opened = new Http2StreamChannelBootstrap(channel)
                .handler(stream)
                .open()
                .syncUninterruptibly()
                .getNow();
        stream.channel = opened;
        opened.writeAndFlush(new DefaultHttp2HeadersFrame(head, end));
        return stream;
    }

    boolean isClosedByTheServer() {
        return channel.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    boolean isOpen() {
        return channel.isActive();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Settings extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2SettingsFrame frame) {
                settings.complete(frame.settings());
            }
            ReferenceCountUtil.release(message);
        }
    }

    /** One request and what comes back. */
    static final class Stream extends ChannelInboundHandlerAdapter {

        private static final Object CLOSED = new Object();

        private final BlockingQueue<Object> frames = new LinkedBlockingQueue<>();
        private Http2StreamChannel channel;

        void send(int bytes, boolean end) {
            channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[bytes]), end));
        }

        void reset() {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).awaitUninterruptibly();
        }

        RawResponse answer() throws InterruptedException {
            List<String> headers = new ArrayList<>();
            StringBuilder body = new StringBuilder();
            int status = 0;
            for (boolean end = false; !end; ) {
                Object frame = next();
                if (frame instanceof Http2HeadersFrame head) {
                    status = Integer.parseInt(head.headers().status().toString());
                    head.headers().forEach(field -> headers.add(field.getKey() + ": " + field.getValue()));
                    end = head.isEndStream();
                } else if (frame instanceof Http2DataFrame data) {
                    body.append(data.content().toString(StandardCharsets.UTF_8));
                    end = data.isEndStream();
                    data.release();
                } else {
                    throw new AssertionError("no whole answer, but " + frame);
                }
            }
            return new RawResponse(status, headers, body.toString());
        }

        /** The error code of the reset that comes next. */
        long resetCode() throws InterruptedException {
            Object frame = next();
            return frame instanceof Http2ResetFrame reset ? reset.errorCode() : -1;
        }

        private Object next() throws InterruptedException {
            Object frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return frame == null ? "nothing for " + PATIENCE_SECONDS + " s" : frame;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            frames.add(frame);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof Http2ResetFrame) {
                frames.add(event);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            frames.add(CLOSED);
        }
    }
}
