package io.aerodb.storage.gateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class QuietExporterTest {

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

    @Test
    void aCollectorThatIsAwayIsSaidOnceAndItsReturnOnce(CapturedOutput log) {
        export(2);
        assertThat(log.getOut()).doesNotContain("event=traces");

        answer = CompletableResultCode.ofExceptionalFailure(new IOException("connection refused"));
        export(3);
        export(4);
        assertThat(log.getOut()).containsOnlyOnce("event=traces_lost").contains("connection refused");

        answer = CompletableResultCode.ofSuccess();
        export(1);
        export(1);
        assertThat(log.getOut()).containsOnlyOnce("event=traces_sent lost=7");
    }

    private void export(int spans) {
        exporter.export(Collections.nCopies(spans, (SpanData) null));
    }
}
