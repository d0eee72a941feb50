package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.HttpSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Puts our handlers where each protocol needs them: for HTTP/1.1 behind its codec; for HTTP/2 one between the frames and the
 * streams, and one in each stream. Which protocol a connection speaks is known at once, with its first bytes (cleartext
 * HTTP/2), or after the TLS handshake (ALPN).
 */
final class ProtocolHandlers {

    private final HttpSettings settings;
    private final ConnectionLimit limit;
    private final SlowClients slowClients;

    ProtocolHandlers(HttpSettings settings, ConnectionLimit limit, SlowClients slowClients) {
        this.settings = settings;
        this.limit = limit;
        this.slowClients = slowClients;
    }

    void addTo(ChannelPipeline pipeline) {
        pipeline.addFirst("aerodb.slowConnection", new SlowConnections(slowClients));
        pipeline.addFirst("aerodb.connectionLimit", limit);
        if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
            pipeline.addBefore(NettyPipeline.ReactiveBridge, "aerodb.negotiation", new Negotiation());
        } else {
            addNegotiated(pipeline);
        }
    }

    /** A request's body and its early answer; called when the head of the request has arrived, for HTTP/1.1 in vain. */
    void addToStream(Connection connection) {
        Channel channel = connection.channel();
        if (channel instanceof Http2StreamChannel && connection instanceof HttpServerRequest request) {
            RequestBodyHandler body = new RequestBodyHandler(slowClients);
            body.began(request.requestHeaders());
            channel.pipeline().addFirst("aerodb.slowStream", new SlowStreams(slowClients));
            channel.pipeline().addBefore(NettyPipeline.HttpTrafficHandler, "aerodb.requestBody", body);
        }
    }

    private void addNegotiated(ChannelPipeline pipeline) {
        ChannelHandlerContext frames = pipeline.context(Http2FrameCodec.class);
        ChannelHandlerContext upgrade = pipeline.context(HttpServerUpgradeHandler.class);
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        if (upgrade != null) {
            addHttp2(pipeline, upgrade.name()); // there it will be between frames and streams, should they come
            addHttp1(pipeline, upgrade.name());
            pipeline.addBefore(upgrade.name(), "aerodb.upgrade", new UpgradeHandler());
        } else if (codec != null) {
            addHttp1(pipeline, codec.name());
        } else if (frames != null) {
            addHttp2(pipeline, frames.name());
        }
    }

    private void addHttp1(ChannelPipeline pipeline, String behind) {
        pipeline.addAfter(behind, "aerodb.sentFiles", new SentFiles());
        pipeline.addAfter(behind, "aerodb.requestTarget", new RequestTargetHandler());
        pipeline.addAfter(behind, "aerodb.bareRefusal", new BareRefusalHandler());
        pipeline.addAfter(behind, "aerodb.requestBody", new RequestBodyHandler(slowClients));
    }

    private void addHttp2(ChannelPipeline pipeline, String behind) {
        int longestTarget = Math.toIntExact(settings.maxRequestLine().toBytes());
        pipeline.addAfter(behind, "aerodb.http2Request", new Http2RequestHandler(longestTarget));
    }

    private final class Negotiation extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent) {
                addNegotiated(context.pipeline());
                context.pipeline().remove(this);
            }
            context.fireUserEventTriggered(event);
        }
    }
}
