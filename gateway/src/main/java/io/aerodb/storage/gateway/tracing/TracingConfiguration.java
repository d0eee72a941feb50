package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.backend.BackendObserver;
import io.aerodb.storage.gateway.http.RequestOperations;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.OperationObserver;
import io.opentelemetry.api.trace.Tracer;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebFilter;

/** Without a collector there is nothing around any call. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

    @Bean(destroyMethod = "close")
    Tracing tracing(StorageSettings settings, Instance instance) {
        return Tracing.of(settings.tracing(), instance);
    }

    @Bean
    OperationObserver operationObserver(Tracing tracing) {
        Optional<Tracer> tracer = tracing.tracer();
        return tracer.isPresent() ? new TracedOperations(tracer.get()) : OperationObserver.NONE;
    }

    @Bean
    BackendObserver backendObserver(Tracing tracing) {
        Optional<Tracer> tracer = tracing.tracer();
        return (name, backend) -> tracer.isPresent() ? new TracedBackend(name, backend, tracer.get()) : backend;
    }

    @Bean
    WebFilter traceFilter(Tracing tracing, RequestOperations operations) {
        Optional<Tracer> tracer = tracing.tracer();
        return tracer.isPresent() ? new TraceFilter(tracer.get(), operations) : new TraceParents();
    }
}
