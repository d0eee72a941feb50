package io.aerodb.storage.gateway.http;

import org.springframework.web.server.ServerWebExchange;

/**
 * Who a request counts for where each caller has a share of his own.
 *
 * @param name the subject of his token, or where he comes from; only to be compared
 * @param limited whether there is a limit for him alone
 */
public record Caller(String name, boolean limited) {

    private static final String ATTRIBUTE = Caller.class.getName();

    /** All whom nobody told apart. */
    static final Caller ANYBODY = new Caller("", true);

    /** Remembers him for the rest of the request. */
    public void calls(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    public static Caller of(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(ATTRIBUTE, ANYBODY);
    }
}
