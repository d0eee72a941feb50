package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.metadata.OperationObserver;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** A span for each metadata operation of a request, called like its function in the database; no values. */
final class TracedOperations implements OperationObserver {

    private static final Pattern FUNCTION = Pattern.compile("storage_private\\.(\\w+)\\(");

    private final Tracer tracer;

    TracedOperations(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public <T> Mono<T> observed(String sql, Mono<T> operation) {
        return Spans.child(parent -> span(sql, parent), () -> operation);
    }

    private SpanBuilder span(String sql, Context parent) {
        String name = name(sql);
        return tracer.spanBuilder(name)
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("db.system.name", "postgresql")
                .setAttribute("db.stored_procedure.name", name);
    }

    private static String name(String sql) {
        Matcher function = FUNCTION.matcher(sql);
        return function.find() ? function.group(1) : "statement";
    }
}
