package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server logs of connections, in the context that the packaged configuration makes. */
class BrokenConnectionsTest {

    private static final IOException RESET = new IOException("recvAddress(..) failed: Connection reset by peer");

    private final LoggerContext context = new LoggerContext();
    private final Logger server = context.getLogger("reactor.netty.transport.ServerTransport");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void configure() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        context.putProperty("FORMAT", "text"); // which are Boot's to read
        context.putProperty("QUEUE_SIZE", "1");
        configurator.doConfigure(getClass().getResource("/logback-spring.xml"));
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender("console");
        log.start();
        server.addAppender(log);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void thatAClientBrokeItsConnectionIsNoNews() {
        server.error("onUncaughtException(…)", RESET);
        server.error("onUncaughtException(…)", new SocketException("Connection reset"));

        assertThat(log.list).isEmpty();
    }

    @Test
    void whoDebugsSeesIt() {
        server.setLevel(Level.DEBUG);

        server.error("onUncaughtException(…)", RESET);

        assertThat(log.list).hasSize(1);
    }

    @Test
    void everythingElseIsLogged() {
        server.error("onUncaughtException(…)", new IOException("Too many open files"));
        server.error("onUncaughtException(…)", new IllegalStateException("a defect"));
        server.error("Connection reset by peer");

        assertThat(log.list).hasSize(3);
    }

    @Test
    void othersLogTheirConnectionsThemselves() {
        Logger ours = context.getLogger("io.aerodb.storage");
        ours.addAppender(log);

        ours.error("event=…", RESET);

        assertThat(log.list).hasSize(1);
    }
}
