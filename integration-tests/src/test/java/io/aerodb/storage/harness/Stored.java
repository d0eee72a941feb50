package io.aerodb.storage.harness;

import java.util.List;

/** What a backend holds, as its own tools see it. */
public interface Stored {

    /** Keys of the complete blobs of one bucket, behind whatever prefix. */
    List<String> blobs(String bucketId);

    /** What writes that have not ended keep in the backend. */
    List<String> unfinished();

    /** Names of all that is there and complete. */
    List<String> files();

    /** Deletes the bytes of this key, of which the gateway hears nothing. */
    void lose(String key);
}
