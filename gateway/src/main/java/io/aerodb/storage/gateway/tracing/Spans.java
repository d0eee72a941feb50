package io.aerodb.storage.gateway.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The span that something happens in, passed on by the Reactor context of whoever subscribes: no thread has a current span.
 * What happens outside of a span that is recorded has none of its own.
 */
final class Spans {

    private static final String KEY = Spans.class.getName();
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private Spans() {}

    /** What happens upstream happens in this span. */
    static <T> Mono<T> within(Span span, Mono<T> work) {
        return work.contextWrite(context -> context.put(KEY, span));
    }

    static <T> Mono<T> child(Function<Context, SpanBuilder> kind, Supplier<Mono<T>> work) {
        return Mono.deferContextual(context -> {
            Span parent = parent(context);
            if (!parent.isRecording()) {
                return work.get();
            }
            Span span = begun(kind, parent);
            return within(span, work.get())
                    .doOnError(failure -> failed(span, failure))
                    .doFinally(end -> span.end());
        });
    }

    static <T> Flux<T> children(Function<Context, SpanBuilder> kind, Flux<T> work) {
        return Flux.deferContextual(context -> {
            Span parent = parent(context);
            if (!parent.isRecording()) {
                return work;
            }
            Span span = begun(kind, parent);
            return work.doOnError(failure -> failed(span, failure)).doFinally(end -> span.end());
        });
    }

    private static Span parent(ContextView context) {
        return context.<Span>getOrEmpty(KEY).orElseGet(Span::getInvalid);
    }

    private static Span begun(Function<Context, SpanBuilder> kind, Span parent) {
        return kind.apply(Context.root().with(parent)).startSpan();
    }

    /** Messages of failures may hold what nobody else may read. */
    private static void failed(Span span, Throwable failure) {
        span.setStatus(StatusCode.ERROR)
                .setAttribute(ERROR_TYPE, failure.getClass().getName());
    }
}
