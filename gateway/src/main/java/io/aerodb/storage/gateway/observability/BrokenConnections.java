package io.aerodb.storage.gateway.observability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.aerodb.storage.gateway.http.Connections;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Clients that break their connections don't fill the log: the server would log the failure of a connection that has a request as an
 * error, with its stack. Who wants to see them sets the level of that logger to debug.
 */
public final class BrokenConnections extends TurboFilter {

    private static final String SERVER = "reactor.netty.";

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        return failure != null
                        && logger.getName().startsWith(SERVER)
                        && Connections.isGone(failure)
                        && !logger.isDebugEnabled()
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
