package io.aerodb.storage.gateway.http;

/** Where the API is mounted. */
public final class StorageApi {

    /** The base of every native address. */
    public static final String BASE = "/storage/v1";

    private StorageApi() {}
}
