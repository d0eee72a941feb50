package io.aerodb.storage.gateway.http;

import org.springframework.core.Ordered;

/** The order of the web filters, from the wire inwards. */
public final class FilterOrder {

    public static final int REQUEST_ID = Ordered.HIGHEST_PRECEDENCE + 100;
    public static final int TRACE = Ordered.HIGHEST_PRECEDENCE + 150;
    public static final int ACCESS_LOG = Ordered.HIGHEST_PRECEDENCE + 200;
    public static final int PROBLEMS = Ordered.HIGHEST_PRECEDENCE + 300;
    public static final int DIALECT = Ordered.HIGHEST_PRECEDENCE + 320;
    public static final int API_PORT = Ordered.HIGHEST_PRECEDENCE + 340;
    public static final int AUDIT_GATE = Ordered.HIGHEST_PRECEDENCE + 370;
    public static final int CORS = Ordered.HIGHEST_PRECEDENCE + 350;
    public static final int MALFORMED_REQUEST = Ordered.HIGHEST_PRECEDENCE + 400;
    public static final int IDENTITY = Ordered.HIGHEST_PRECEDENCE + 1000;
    public static final int ADMISSION = Ordered.HIGHEST_PRECEDENCE + 1050;
    public static final int ADMIN = Ordered.HIGHEST_PRECEDENCE + 1100;

    private FilterOrder() {}
}
