package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Takes the wish for another protocol from requests that bring a body: Netty would have to hold the body whole before it
 * could switch. They are answered as HTTP/1.1, which RFC 9110, 7.8 allows.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && RequestBodyHandler.hasBody(request.headers())) {
            request.headers().remove(HttpHeaderNames.UPGRADE);
        }
        context.fireChannelRead(message);
    }
}
