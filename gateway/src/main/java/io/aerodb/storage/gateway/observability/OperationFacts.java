package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.RequestIds;
import io.aerodb.storage.gateway.http.RequestOperations.Asked;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.log.Operation;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.SignalType;

/** What the exchange itself tells of an operation, once it is over. What handlers noted is better known, and stays. */
final class OperationFacts {

    private OperationFacts() {}

    /** @param sent bytes of the answer's body */
    static Operation note(ServerWebExchange exchange, Asked asked, long sent, long nanos, SignalType end) {
        Facts facts = Facts.of(exchange);
        caller(facts, exchange);
        object(facts, asked);
        request(facts, exchange);
        outcome(facts, exchange, end);
        facts.note(LogField.BYTES_SENT, sent).note(LogField.DURATION, nanos);
        size(facts, asked.operation(), sent);
        return asked.operation();
    }

    private static void caller(Facts facts, ServerWebExchange exchange) {
        if (facts.get(LogField.ROLE).isEmpty()) {
            RlsContextFilter.find(exchange)
                    .ifPresent(caller ->
                            facts.caller(caller.userId(), caller.role().databaseName(), caller.canBypassRls()));
        }
    }

    private static void object(Facts facts, Asked asked) {
        if (facts.get(LogField.BUCKET).isEmpty()) {
            facts.note(LogField.BUCKET, asked.bucket());
        }
        if (facts.get(LogField.PATH).isEmpty()) {
            facts.note(LogField.PATH, asked.path());
        }
    }

    private static void request(Facts facts, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        facts.note(LogField.METHOD, request.getMethod().name())
                .note(LogField.TARGET, request.getURI().getRawPath())
                .note(LogField.REQUEST_ID, RequestIds.of(exchange))
                .note(LogField.SOURCE, address(request.getRemoteAddress()));
    }

    private static @Nullable String address(@Nullable InetSocketAddress remote) {
        if (remote == null) {
            return null;
        }
        return remote.getAddress() == null
                ? remote.getHostString()
                : remote.getAddress().getHostAddress();
    }

    private static void outcome(Facts facts, ServerWebExchange exchange, SignalType end) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        boolean complete = end == SignalType.ON_COMPLETE;
        facts.note(LogField.STATUS, status == null ? null : Integer.valueOf(status.value()))
                .note(LogField.ABORTED, complete ? null : Boolean.TRUE)
                .outcome(complete && status != null && !status.isError());
    }

    /** Of the object, or as much of its bytes as went over the wire. A file that broke off on its way is not counted. */
    private static void size(Facts facts, Operation operation, long sent) {
        boolean content =
                facts.get(LogField.STATUS).filter(OperationFacts::isContent).isPresent();
        if (operation.sendsContent() && content && (sent > 0 || facts.succeeded())) {
            facts.note(LogField.SIZE, sent);
        } else if (operation == Operation.UPLOAD && facts.get(LogField.SIZE).isEmpty()) {
            facts.note(LogField.SIZE, facts.received());
        }
    }

    private static boolean isContent(Object status) {
        return status.equals(200) || status.equals(206);
    }
}
