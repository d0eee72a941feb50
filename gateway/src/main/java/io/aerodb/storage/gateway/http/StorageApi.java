package io.aerodb.storage.gateway.http;

/** Where the API is mounted. */
public final class StorageApi {

    /** The base of every native address. */
    public static final String BASE = "/storage/v1";

    /** The base of the same addresses in the dialect of Supabase's server. */
    public static final String LEGACY_BASE = "/compat/supabase/storage/v1";

    private StorageApi() {}
}
