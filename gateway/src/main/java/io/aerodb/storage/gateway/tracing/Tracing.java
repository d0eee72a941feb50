package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.TracingSettings;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans to a collector, by OTLP over HTTP, from a thread of its own. Those that a collector does not take in time wait
 * in a bounded queue; further ones are dropped. Without a collector there is nothing of it: no exporter, no thread.
 */
final class Tracing implements AutoCloseable {

    private static final int BATCH = 512;
    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final long STOP_S = 5;

    private final @Nullable SdkTracerProvider provider;

    private Tracing(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
    }

    static Tracing of(TracingSettings settings, Instance instance) {
        URI collector = settings.traces();
        return new Tracing(collector == null ? null : provider(settings, collector, instance));
    }

    /** Empty when nothing is traced. */
    Optional<Tracer> tracer() {
        return Optional.ofNullable(provider).map(traced -> traced.get("io.aerodb.storage"));
    }

    /** What waits is sent before, in a few seconds at most. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(STOP_S, TimeUnit.SECONDS);
        }
    }

    private static SdkTracerProvider provider(TracingSettings settings, URI collector, Instance instance) {
        return SdkTracerProvider.builder()
                .setResource(resource(instance))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sampling())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter(settings, collector))
                        .setMaxQueueSize(settings.queueSize())
                        .setMaxExportBatchSize(Math.min(BATCH, settings.queueSize()))
                        .setScheduleDelay(DELAY)
                        .setExporterTimeout(settings.timeout())
                        .build())
                .build();
    }

    private static SpanExporter exporter(TracingSettings settings, URI collector) {
        return new QuietExporter(OtlpHttpSpanExporter.builder()
                .setEndpoint(collector.toString())
                .setCompression("gzip")
                .setConnectTimeout(settings.timeout())
                .setTimeout(settings.timeout())
                .build());
    }

    private static Resource resource(Instance instance) {
        return Resource.getDefault()
                .merge(Resource.create(Attributes.builder()
                        .put("service.name", "file_storage")
                        .put("service.version", instance.build())
                        .put("service.instance.id", instance.id().toString())
                        .build()));
    }
}
