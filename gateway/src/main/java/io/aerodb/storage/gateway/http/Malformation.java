package io.aerodb.storage.gateway.http;

/** What is wrong with a request head that Netty could still decode. */
enum Malformation {
    NONE,
    /** A {@code %} in the path that is not followed by two hexadecimal digits. */
    PERCENT,
    /** A target that is neither origin form nor absolute form nor {@code *}: RFC 9112, 3.2. */
    FORM,
    /** No Host header, or more than one: RFC 9112, 3.2. */
    HOST,
    /** A transfer coding beside chunked, which would have to be undone: RFC 9112, 6.1. */
    CODING,
    /** A path with its query that is longer than a request line may be; of HTTP/2, which has no such line. */
    LENGTH;

    StorageError error() {
        return switch (this) {
            case PERCENT -> ErrorCode.INVALID_KEY.because("path", "every % must be followed by two hexadecimal digits");
            case HOST -> ErrorCode.INVALID_REQUEST.because("Host", "must be sent once");
            case CODING -> ErrorCode.INVALID_REQUEST.because("Transfer-Encoding", "must be chunked");
            case LENGTH -> ErrorCode.URI_TOO_LONG.error();
            case FORM, NONE -> ErrorCode.INVALID_REQUEST.because("The request target must begin with a slash");
        };
    }
}
