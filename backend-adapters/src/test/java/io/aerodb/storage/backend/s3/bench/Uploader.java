package io.aerodb.storage.backend.s3.bench;

import java.util.concurrent.CompletableFuture;

/** One way to store an object of known length. */
interface Uploader extends AutoCloseable {

    /** Stores so many bytes under a new name. */
    CompletableFuture<String> upload(long bytes);

    void delete(String name);

    @Override
    void close();
}
