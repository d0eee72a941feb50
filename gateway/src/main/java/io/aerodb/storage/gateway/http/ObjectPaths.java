package io.aerodb.storage.gateway.http;

import org.springframework.web.reactive.function.server.ServerRequest;

/** Object paths at the door: parsed once, from the raw request target (contract.md, "Objects"). */
public final class ObjectPaths {

    /** The part of a route below its words that {@link #of} reads. */
    public static final String ANY = "/{bucket}/{*path}";

    private ObjectPaths() {}

    /** The bucket and path of a request that was routed by a pattern ending in {@link #ANY}. */
    public static ObjectPath of(ServerRequest request) {
        throw new UnsupportedOperationException();
    }

    /** The bucket of a request that was routed by a pattern with {@code {bucket}}. */
    public static String bucketOf(ServerRequest request) {
        throw new UnsupportedOperationException();
    }

    /** The path, NFC-normalised. @throws StorageError InvalidKey with the field, the reason and the limit */
    public static String checked(String field, String path) {
        return path;
    }
}
