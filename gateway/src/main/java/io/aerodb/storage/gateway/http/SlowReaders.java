package io.aerodb.storage.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes what its client takes too slowly. Only the time counts in which bytes wait to be taken: a task looks once a second
 * from when some do until none does, and there is none while a client keeps up.
 */
abstract class SlowReaders extends ChannelOutboundHandlerAdapter {

    private static final long MOST_BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(1);
    private static final int LEAST_LOOKS = 10;

    final LeastRate rate;
    private final SlowClients clients;
    private final long betweenLooks;
    private final Duration patience;
    private @Nullable ScheduledFuture<?> next;
    private long lookedAt;
    private long takenThen;
    private long movedAt;

    SlowReaders(SlowClients clients) {
        this.clients = clients;
        this.rate = clients.rate();
        this.patience = clients.window().multipliedBy(2);
        this.betweenLooks = Math.min(MOST_BETWEEN_LOOKS, clients.window().toNanos() / LEAST_LOOKS);
    }

    /** Bytes that were handed on and not taken yet. */
    abstract long waiting(ChannelHandlerContext context);

    /** Whether it is known that nothing at all was taken for so long; {@link #waiting} may tell later and in large pieces. */
    boolean standsStill(ChannelHandlerContext context, Duration time) {
        return false;
    }

    /** Bytes that were handed on so far. */
    abstract long handed();

    /** Ends it: nothing more is sent. */
    abstract void cut(ChannelHandlerContext context);

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        long waiting = next == null && clients.areCut() ? waiting(context) : 0;
        if (waiting > 0) {
            rate.reset();
            movedAt = System.nanoTime();
            lookAgain(context, waiting);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    private void lookAgain(ChannelHandlerContext context, long waiting) {
        lookedAt = System.nanoTime();
        takenThen = handed() - waiting;
        next = context.executor().schedule(() -> look(context), betweenLooks, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        next = null;
        long waiting = context.channel().isActive() ? waiting(context) : 0;
        if (waiting == 0) {
            return;
        }
        long now = System.nanoTime();
        long moved = handed() - waiting - takenThen;
        movedAt = moved > 0 ? now : movedAt;
        rate.moved(moved);
        if (rate.isTooSlowAfter(now - lookedAt)
                || now - movedAt > patience.toNanos() && standsStill(context, patience)) {
            clients.reader(context.channel());
            cut(context);
        } else {
            lookAgain(context, waiting);
        }
    }
}
