package io.aerodb.storage.bench;

/** How a client speaks. */
enum Protocol {
    PLAIN,
    TLS,
    HTTP2
}
