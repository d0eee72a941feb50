package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.http.RequestIds;
import io.aerodb.storage.gateway.http.RequestOperations;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * The span of a request, in the trace that its client named. It says which operation, how it ended and its request id, by
 * which the log has the rest; no path, no query, no user. The answer names it in {@code traceresponse} (W3C Trace Context 2).
 */
final class TraceFilter implements WebFilter, Ordered {

    private static final String ANSWER = "traceresponse";

    private final Tracer tracer;
    private final RequestOperations operations;

    TraceFilter(Tracer tracer, RequestOperations operations) {
        this.tracer = tracer;
        this.operations = operations;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getURI().getRawPath();
        return path.startsWith(StorageApi.BASE) || path.startsWith(StorageApi.LEGACY_BASE)
                ? traced(exchange, chain)
                : chain.filter(exchange);
    }

    private Mono<Void> traced(ServerWebExchange exchange, WebFilterChain chain) {
        Context caller = TraceParents.of(exchange.getRequest().getHeaders());
        Span span = tracer.spanBuilder("request")
                .setParent(caller)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(
                        "http.request.method", exchange.getRequest().getMethod().name())
                .setAttribute("http.request.id", RequestIds.of(exchange))
                .startSpan();
        note(exchange, span.getSpanContext());
        return Spans.within(span, chain.filter(exchange)).doFinally(end -> end(span, exchange, end));
    }

    private static void note(ServerWebExchange exchange, SpanContext span) {
        Facts.of(exchange).note(LogField.TRACE_ID, span.getTraceId()).note(LogField.SPAN_ID, span.getSpanId());
        exchange.getResponse()
                .getHeaders()
                .set(
                        ANSWER,
                        "00-%s-%s-%s"
                                .formatted(
                                        span.getTraceId(),
                                        span.getSpanId(),
                                        span.getTraceFlags().asHex()));
    }

    private void end(Span span, ServerWebExchange exchange, SignalType signal) {
        if (span.isRecording()) {
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            span.updateName(operations.of(exchange).operation().word());
            if (status != null) {
                span.setAttribute("http.response.status_code", (long) status.value());
            }
            if (signal != SignalType.ON_COMPLETE || status == null || status.is5xxServerError()) {
                span.setStatus(StatusCode.ERROR);
            }
        }
        span.end();
    }

    @Override
    public int getOrder() {
        return FilterOrder.TRACE;
    }
}
