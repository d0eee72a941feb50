package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose request body is broken, or was answered before it ended (RFC 9112, 9.6).
 *
 * <p>A chunk that can't be decoded closes the connection: what came before it must not pass for the whole. An early answer,
 * a refusal, closes it too, but lingers: were it closed at once, the client that still sends would get a reset and lose the
 * answer; were the rest read to its end, it could go on for ever.
 *
 * <p>A body that brings nothing for so long while we ask for more fails with {@link ReadTimeoutException}. Netty asks by
 * {@code read()}, and does not while we are the slow side. A body that comes more slowly than {@link LeastRate} allows fails
 * in the same way.
 */
final class RequestBodyHandler extends ChannelDuplexHandler {

    private static final long MOST_DRAINED_BYTES = 1024 * 1024;
    private static final long LINGER_MILLIS = 2_000;

    private final SlowClients clients;
    private final LeastRate rate;
    private final long idleNanos;

    /** Whole requests that came minus answers that were sent: answers come in order, so at 0 the next one is early. */
    private int unanswered;

    private boolean receivingBody;
    private boolean asking;
    private boolean givenUp;
    private long askedAt;
    private @Nullable ScheduledFuture<?> watch;

    private boolean refusing;
    private boolean lingering;
    private long drained;

    RequestBodyHandler(SlowClients clients) {
        this.clients = clients;
        this.rate = clients.rate();
        this.idleNanos = clients.bodyIdleTimeout().toNanos();
    }

    /** A request whose head was read before this handler was there: the one of an HTTP/2 stream. */
    void began(HttpHeaders request) {
        receivingBody = hasBody(request);
        unanswered += receivingBody ? 0 : 1;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        watch(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isBroken(message)) {
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        count(message);
        boolean slow = isTooSlow(message);
        asking = false;
        watch(context);
        if (lingering) {
            drain(context, message);
        } else if (slow) {
            ReferenceCountUtil.release(message);
            giveUp(context);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (lingering) {
            read(context);
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (lingering && drained > MOST_DRAINED_BYTES) {
            return;
        }
        if (!asking) {
            asking = true;
            askedAt = System.nanoTime();
        }
        context.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        unwatch();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        unwatch();
        context.fireChannelInactive();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response && isFinal(response) && unanswered == 0) {
            refusing = true;
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (!endsAnswer(message)) {
            context.write(message, promise);
        } else if (refusing) {
            lingering = true;
            unwatch();
            context.executor().schedule(() -> end(context), LINGER_MILLIS, TimeUnit.MILLISECONDS);
            context.write(message, promise.unvoid().addListener(written -> linger(context)));
        } else {
            unanswered--;
            context.write(message, promise);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (lingering && context.channel().isActive()) {
            context.channel().closeFuture().addListener(closed -> promise.trySuccess());
        } else {
            context.close(promise);
        }
    }

    /** A request without a body is whole with its head. */
    private void count(Object message) {
        if (message instanceof HttpRequest request) {
            receivingBody = request.decoderResult().isSuccess() && hasBody(request.headers());
            unanswered += receivingBody ? 0 : 1;
        }
        if (message instanceof LastHttpContent && receivingBody) {
            receivingBody = false;
            unanswered++;
        }
    }

    /** One task a body, which looks when the time could be over; not one for each read. */
    private void watch(ChannelHandlerContext context) {
        if (!receivingBody || lingering || givenUp) {
            unwatch();
        } else if (watch == null) {
            rate.reset();
            askedAt = System.nanoTime();
            look(context, idleNanos);
        }
    }

    private void look(ChannelHandlerContext context, long delay) {
        watch = context.executor().schedule(() -> looked(context), delay, TimeUnit.NANOSECONDS);
    }

    private void looked(ChannelHandlerContext context) {
        long left = asking ? idleNanos - (System.nanoTime() - askedAt) : idleNanos;
        if (left > 0) {
            look(context, left);
        } else {
            giveUp(context);
        }
    }

    private void giveUp(ChannelHandlerContext context) {
        givenUp = true;
        unwatch();
        clients.sender(context.channel());
        context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
    }

    /** Whether the body, of which this is a part and not the last one, comes more slowly than it may. */
    private boolean isTooSlow(Object message) {
        if (watch == null || !receivingBody || !(message instanceof HttpContent content)) {
            return false;
        }
        rate.moved(content.content().readableBytes());
        return asking && rate.isTooSlowAfter(System.nanoTime() - askedAt);
    }

    private void unwatch() {
        if (watch != null) {
            watch.cancel(false);
            watch = null;
        }
    }

    static boolean hasBody(HttpHeaders request) {
        return request.containsValue(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED, true)
                || !"0".equals(request.get(HttpHeaderNames.CONTENT_LENGTH, "0"));
    }

    private void linger(ChannelHandlerContext context) {
        if (unanswered > 0) {
            end(context);
            return;
        }
        if (context.channel() instanceof DuplexChannel channel
                && context.pipeline().get(SslHandler.class) == null) {
            channel.shutdownOutput();
        }
        read(context);
    }

    private void drain(ChannelHandlerContext context, Object message) {
        drained += message instanceof HttpContent content ? content.content().readableBytes() : 0;
        ReferenceCountUtil.release(message);
        boolean enough = drained > MOST_DRAINED_BYTES && context.channel() instanceof Http2StreamChannel;
        if (unanswered > 0 || enough) {
            end(context);
        }
    }

    /** Of HTTP/2 only the stream ends, with what RFC 9113, 8.1 asks for: the answer is good, the rest is not needed. */
    private static void end(ChannelHandlerContext context) {
        if (context.channel() instanceof Http2StreamChannel) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
        context.close();
    }

    /** Broken heads are answered by others. */
    private static boolean isBroken(Object message) {
        return message instanceof HttpContent content
                && !(message instanceof HttpRequest)
                && content.decoderResult().isFailure();
    }

    private static boolean endsAnswer(Object message) {
        return message instanceof LastHttpContent && !(message instanceof HttpResponse response && !isFinal(response));
    }

    private static boolean isFinal(HttpResponse response) {
        return response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    }
}
