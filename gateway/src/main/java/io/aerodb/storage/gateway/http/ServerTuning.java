package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.HttpSettings;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.util.unit.DataSize;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;

/**
 * How the server reads: limits of the request head, large inbound buffers, time-outs, and our handlers behind the HTTP
 * codec. Lengths that contradict each other (Content-Length twice or beside Transfer-Encoding, Transfer-Encoding in
 * HTTP/1.0) are refused by Netty.
 *
 * <p>A connection that has not brought a whole request head within the idle time-out is closed, however it trickles: the
 * time-out sits behind the codec and sees decoded requests only.
 */
final class ServerTuning implements NettyServerCustomizer {

    private static final int LEAST_RECEIVE_BUFFER = 2 * 1024;
    private static final int FIRST_RECEIVE_BUFFER = 16 * 1024;

    private final HttpSettings settings;

    ServerTuning(HttpSettings settings) {
        this.settings = settings;
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.httpRequestDecoder(this::limits)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
                .idleTimeout(settings.idleTimeout())
                .compress(false)
                .forwarded(false)
                .doOnChannelInit((observer, channel, address) -> addHandlers(channel.pipeline()));
    }

    /** The chunk size is deprecated because Reactor Netty 2 will do without; in 1.x it is what makes inbound buffers large. */
    @SuppressWarnings("deprecation")
    private HttpRequestDecoderSpec limits(HttpRequestDecoderSpec decoder) {
        return decoder.maxInitialLineLength(bytes(settings.maxRequestLine()))
                .maxHeaderSize(bytes(settings.maxHeaderSize()))
                .maxChunkSize(bytes(settings.maxChunkSize()))
                .allowDuplicateContentLengths(false)
                .validateHeaders(true);
    }

    private AdaptiveRecvByteBufAllocator receiveBuffers() {
        int most = Math.max(bytes(settings.maxChunkSize()), FIRST_RECEIVE_BUFFER);
        return new AdaptiveRecvByteBufAllocator(LEAST_RECEIVE_BUFFER, FIRST_RECEIVE_BUFFER, most);
    }

    private void addHandlers(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpCodec) != null) {
            pipeline.addAfter(NettyPipeline.HttpCodec, "aerodb.requestTarget", new RequestTargetHandler());
            pipeline.addAfter(NettyPipeline.HttpCodec, "aerodb.bareRefusal", new BareRefusalHandler());
            pipeline.addAfter(
                    NettyPipeline.HttpCodec, "aerodb.requestBody", new RequestBodyHandler(settings.bodyIdleTimeout()));
        }
    }

    private static int bytes(DataSize size) {
        return Math.toIntExact(size.toBytes());
    }
}
