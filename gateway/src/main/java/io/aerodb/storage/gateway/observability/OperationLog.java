package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.http.RequestOperations;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.log.Operation;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * One line per request on the logger {@code access}: who did what and how it ended; the same on {@code audit} for changes,
 * links, administration, denials, and whatever passes by row security. Never the query string, which may hold a signed URL's
 * token; never a header.
 */
final class OperationLog implements WebFilter, Ordered {

    private static final Logger access = LoggerFactory.getLogger("access");
    private static final Logger audit = LoggerFactory.getLogger("audit");
    private static final Set<String> DENIALS = Set.of(
            ErrorCode.UNAUTHORIZED.code(),
            ErrorCode.ACCESS_DENIED.code(),
            ErrorCode.INVALID_SIGNATURE.code(),
            ErrorCode.EXPIRED_URL.code());

    private final RequestOperations operations;
    private final boolean audited;

    /** @param audited whether there are lines on {@code audit} */
    OperationLog(RequestOperations operations, boolean audited) {
        this.operations = operations;
        this.audited = audited;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        CountingResponse response = CountingResponse.around(exchange.getResponse());
        ServerWebExchange counted = exchange.mutate().response(response).build();
        long start = System.nanoTime();
        return chain.filter(counted)
                .doFinally(end ->
                        write(counted, response.bytes(), start, response.isWhole() ? SignalType.ON_COMPLETE : end));
    }

    @Override
    public int getOrder() {
        return FilterOrder.ACCESS_LOG;
    }

    private void write(ServerWebExchange exchange, long sent, long start, SignalType end) {
        Operation operation =
                OperationFacts.note(exchange, operations.of(exchange), sent, System.nanoTime() - start, end);
        Facts facts = Facts.of(exchange);
        OperationLine line = new OperationLine(operation, facts);
        line.write(access, level(operation, facts), "file_storage.access");
        if (audited && !AuditGate.refused(exchange) && isAudited(operation, facts)) {
            line.write(audit, Level.INFO, "file_storage.audit");
        }
    }

    private static boolean isAudited(Operation operation, Facts facts) {
        return operation.audited()
                || facts.get(LogField.BYPASS).isPresent()
                || facts.get(LogField.ERROR_CODE).filter(DENIALS::contains).isPresent();
    }

    /** What succeeds outside of the API's tables is a probe, a scrape or a preflight. */
    private static Level level(Operation operation, Facts facts) {
        if (facts.get(LogField.STATUS).filter(status -> (Integer) status >= 500).isPresent()) {
            return Level.WARN;
        }
        return operation == Operation.OTHER && facts.succeeded() ? Level.DEBUG : Level.INFO;
    }
}
