package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Where nothing is traced: only the line of a request has the trace that its client named. */
final class TraceParents implements WebFilter, Ordered {

    private static final String HEADER = "traceparent";

    /** What a client sent as {@code traceparent} and {@code tracestate}; without a parent when that is malformed. */
    static Context of(HttpHeaders headers) {
        return headers.containsHeader(HEADER)
                ? W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, Headers.INSTANCE)
                : Context.root();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        SpanContext caller =
                Span.fromContext(of(exchange.getRequest().getHeaders())).getSpanContext();
        if (caller.isValid()) {
            Facts.of(exchange).note(LogField.TRACE_ID, caller.getTraceId());
        }
        return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return FilterOrder.TRACE;
    }

    private enum Headers implements TextMapGetter<HttpHeaders> {
        INSTANCE;

        @Override
        public Iterable<String> keys(HttpHeaders headers) {
            return headers.headerNames();
        }

        @Override
        public @Nullable String get(@Nullable HttpHeaders headers, String name) {
            return headers == null ? null : headers.getFirst(name);
        }
    }
}
