package io.aerodb.storage.gateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QuietExporterTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(QuietExporter.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private CompletableResultCode answer = CompletableResultCode.ofSuccess();
    private final QuietExporter exporter = new QuietExporter(new SpanExporter() {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return answer;
        }

        @Override
        public CompletableResultCode flush() {
            return answer;
        }

        @Override
        public CompletableResultCode shutdown() {
            return answer;
        }
    });

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void aCollectorThatIsAwayIsSaidOnceAndItsReturnOnce() {
        export(2);
        assertThat(log.list).isEmpty();

        answer = CompletableResultCode.ofExceptionalFailure(new IOException("connection refused"));
        export(3);
        export(4);
        assertThat(log.list).singleElement().asString().contains("event=traces_lost", "connection refused");

        answer = CompletableResultCode.ofSuccess();
        export(1);
        export(1);
        assertThat(log.list).hasSize(2).last().asString().contains("event=traces_sent lost=7");
    }

    private void export(int spans) {
        exporter.export(Collections.nCopies(spans, (SpanData) null));
    }
}
