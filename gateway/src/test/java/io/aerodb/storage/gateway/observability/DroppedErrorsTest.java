package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

class DroppedErrorsTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(DroppedErrors.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void hear() {
        DroppedErrors.hear();
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        Hooks.resetOnErrorDropped();
    }

    @Test
    void aConnectionThatBrokeWhenNobodyWaitedForItIsNoNews() {
        Operators.onErrorDropped(new IOException("recvAddress(..) failed: Connection reset by peer"), Context.empty());
        Mono.error(new IOException("sendAddress(..) failed: Broken pipe")).subscribe();

        assertThat(log.list).isEmpty();
    }

    @Test
    void everythingElseIsADefectAndLogged() {
        Operators.onErrorDropped(new IllegalStateException("unregistered"), Context.empty());

        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage()).isEqualTo("event=error_dropped");
            assertThat(line.getThrowableProxy().getMessage()).isEqualTo("unregistered");
        });
    }
}
