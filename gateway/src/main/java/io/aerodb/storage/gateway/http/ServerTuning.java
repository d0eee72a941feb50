package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.HttpSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.util.unit.DataSize;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;

/**
 * How the server reads: limits of the request head and of HTTP/2, large inbound buffers, time-outs, and our handlers behind
 * the HTTP codec. Lengths that contradict each other (Content-Length twice or beside Transfer-Encoding, Transfer-Encoding in
 * HTTP/1.0) are refused by Netty.
 *
 * <p>A connection that has not brought a whole request head within the idle time-out is closed, however it trickles: the
 * time-out sits behind the codec and sees decoded requests only.
 */
final class ServerTuning implements NettyServerCustomizer {

    private static final int LEAST_RECEIVE_BUFFER = 2 * 1024;
    private static final int FIRST_RECEIVE_BUFFER = 16 * 1024;

    private static final int MOST_STREAMS = 100;
    private static final int MOST_RESETS = 200;
    private static final int RESET_SECONDS = 30;

    private final HttpSettings settings;
    private final ProtocolHandlers handlers;

    ServerTuning(HttpSettings settings, MeterRegistry meters) {
        this.settings = settings;
        this.handlers = new ProtocolHandlers(
                settings, new ConnectionLimit(settings.maxConnections(), meters), new SlowClients(settings, meters));
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.httpRequestDecoder(this::limits)
                .http2Settings(this::limits)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
                .idleTimeout(settings.idleTimeout())
                .compress(false)
                .forwarded(false)
                .doOnChannelInit((observer, channel, address) -> handlers.addTo(channel.pipeline()))
                .doOnConnection(handlers::addToStream);
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

    /** Beside Netty's own limits of resets, settings, pings and continuations. */
    private void limits(Http2SettingsSpec.Builder http2) {
        http2.maxConcurrentStreams(MOST_STREAMS)
                .initialWindowSize(Http2RequestHandler.STREAM_WINDOW)
                .maxHeaderListSize(settings.maxHeaderSize().toBytes())
                .maxDecodedRstFramesPerWindow(MOST_RESETS, RESET_SECONDS)
                .maxEncodedRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
    }

    private AdaptiveRecvByteBufAllocator receiveBuffers() {
        int most = Math.max(bytes(settings.maxChunkSize()), FIRST_RECEIVE_BUFFER);
        return new AdaptiveRecvByteBufAllocator(LEAST_RECEIVE_BUFFER, FIRST_RECEIVE_BUFFER, most);
    }

    private static int bytes(DataSize size) {
        return Math.toIntExact(size.toBytes());
    }
}
