package io.aerodb.storage.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** When the next request is due. Used by all threads of a round. */
interface Pace {

    /** The end of a round: nothing more is due. */
    long OVER = Long.MIN_VALUE;

    /** Waits for the moment and gives it, in nanoseconds of {@link System#nanoTime}; or {@link #OVER}. */
    long next();

    /** A closed loop: at once, for so many seconds. A server that stalls is asked less. */
    static Pace closed(double seconds) {
        long end = System.nanoTime() + nanos(seconds);
        return () -> {
            long now = System.nanoTime();
            return now < end ? now : OVER;
        };
    }

    /**
     * An open loop: so many a second, whatever the server does. Who is late gets a moment in the past, so that what had to
     * wait for a stalled server counts with its wait (no coordinated omission).
     */
    static Pace open(double perSecond, double seconds) {
        long begin = System.nanoTime();
        long all = Math.max(1, (long) (perSecond * seconds));
        AtomicLong turns = new AtomicLong();
        return () -> {
            long turn = turns.getAndIncrement();
            return turn < all ? awaited(begin + (long) (turn * 1e9 / perSecond)) : OVER;
        };
    }

    private static long awaited(long moment) {
        long left;
        while ((left = moment - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
        return moment;
    }

    private static long nanos(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
