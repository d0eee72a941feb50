package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers every failure with the one body of docs/api.md, "Errors", and logs those that are ours, once. It is a filter so
 * that the access log sees the answer, and an exception handler for what fails outside of the filter.
 *
 * <p>A failure after the answer has begun can't be told; then the connection is broken, so that nobody takes a part for the
 * whole. No log line has a query string: it may hold a signed URL's token. That is why exceptions are logged without the
 * checkpoints of Spring, which have one.
 */
public final class Problems implements WebFilter, WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final int MOST_REFUSALS = 10;
    private static final Duration STRETCH = Duration.ofSeconds(10);
    private static final String LOGGED = Problems.class.getName() + ".logged";

    private final LogLimit refusals = new LogLimit(MOST_REFUSALS, STRETCH, System::nanoTime);

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(exchange).onErrorResume(failure -> tell(exchange, failure));
    }

    /** The last resort: what the filter could not tell arrives here again, then the connection breaks. */
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        return tell(exchange, failure).onErrorResume(untold -> Connections.breakOff(exchange.getResponse(), untold));
    }

    /** Answers, or fails when no answer is possible any more. */
    private Mono<Void> tell(ServerWebExchange exchange, Throwable failure) {
        if (Connections.isGone(failure)) {
            return Mono.error(failure);
        }
        StorageError error = Failures.named(failure);
        note(exchange, error);
        logOnce(exchange, error);
        return exchange.getResponse().isCommitted() ? Mono.error(failure) : answer(exchange, error);
    }

    /** One order serves both lists: before all of Boot's exception handlers, and outermost but for id and access log. */
    @Override
    public int getOrder() {
        return FilterOrder.PROBLEMS;
    }

    private static Mono<Void> answer(ServerWebExchange exchange, StorageError error) {
        MediaType type = ProblemBody.type(exchange.getRequest().getHeaders());
        byte[] body = ProblemBody.bytes(error, type, RequestIds.of(exchange));
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(error.code().status());
        setHeaders(response.getHeaders(), error, type, body.length);
        return response.writeWith(Mono.fromSupplier(() -> wrapped(response, body)));
    }

    /** Why something was denied; what else a refusal says may be the client's own words. */
    private static void note(ServerWebExchange exchange, StorageError error) {
        Facts facts = Facts.of(exchange).note(LogField.ERROR_CODE, error.code().code());
        if (error.code() == ErrorCode.UNAUTHORIZED || error.code() == ErrorCode.ACCESS_DENIED) {
            facts.note(LogField.REASON, error.details().get("reason"))
                    .note(LogField.POLICY, error.details().get("policy"));
        }
    }

    private static DataBuffer wrapped(ServerHttpResponse response, byte[] body) {
        return response.bufferFactory().wrap(body);
    }

    private static void setHeaders(HttpHeaders headers, StorageError error, MediaType type, int length) {
        headers.clearContentHeaders();
        headers.remove(HttpHeaders.ETAG);
        headers.remove(HttpHeaders.LAST_MODIFIED);
        headers.setContentType(type);
        headers.setContentLength(length);
        headers.setCacheControl("no-store");
        if (error.code() == ErrorCode.UNAUTHORIZED) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        error.headers().forEach(headers::set);
    }

    private void logOnce(ServerWebExchange exchange, StorageError error) {
        if (exchange.getAttributes().putIfAbsent(LOGGED, true) != null) {
            return;
        }
        boolean committed = exchange.getResponse().isCommitted();
        HttpStatus status = error.code().status();
        if (committed || status == HttpStatus.INTERNAL_SERVER_ERROR) {
            logFailed(exchange, error, committed);
        } else if (status.is5xxServerError() && status != HttpStatus.NOT_IMPLEMENTED) {
            logRefused(exchange, error);
        }
    }

    private static void logFailed(ServerWebExchange exchange, StorageError error, boolean committed) {
        log.error(
                "event=request_failed code={} committed={} method={} request_id={}",
                error.code().code(),
                committed,
                LogText.value(exchange.getRequest().getMethod().name()),
                RequestIds.of(exchange),
                WithoutCheckpoints.of(Objects.requireNonNullElse(error.getCause(), error)));
    }

    /** When everything is refused a line for each would be the next thing to break; the access log has them all. */
    private void logRefused(ServerWebExchange exchange, StorageError error) {
        if (!refusals.permits()) {
            return;
        }
        log.warn(
                "event=request_refused code={} request_id={} untold={} cause={}",
                error.code().code(),
                RequestIds.of(exchange),
                refusals.dropped(),
                LogText.quoted(String.valueOf(Objects.requireNonNullElse(error.getCause(), error))));
    }
}
