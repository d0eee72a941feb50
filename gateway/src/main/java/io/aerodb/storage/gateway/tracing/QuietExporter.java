package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.gateway.http.LogText;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that the collector takes no spans, and once that it does again. */
final class QuietExporter implements SpanExporter {

    private static final Logger log = LoggerFactory.getLogger(QuietExporter.class);

    private final SpanExporter exporter;
    /** Since it took some; 0 while it takes them. */
    private final AtomicLong lost = new AtomicLong();

    QuietExporter(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode sent = exporter.export(spans);
        return sent.whenComplete(() -> told(sent, spans.size()));
    }

    private void told(CompletableResultCode sent, int spans) {
        if (sent.isSuccess()) {
            long before = lost.getAndSet(0);
            if (before > 0) {
                log.info("event=traces_sent lost={}", before);
            }
        } else if (lost.getAndAdd(spans) == 0) {
            Throwable failure = sent.getFailureThrowable();
            String reason = failure == null ? "the collector has refused them" : failure.toString();
            log.warn("event=traces_lost reason={}", LogText.value(reason));
        }
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
