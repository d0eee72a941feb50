package io.aerodb.storage.bench;

import java.io.IOException;

/** What is measured: our gateway, a baseline beside it or a peer. Ready for requests until it is closed. */
interface Target extends AutoCloseable {

    /** What its processor time and memory are read from. */
    Processes processes();

    Client connect(Protocol protocol) throws IOException;

    /** To an object, by a user who has a right to it where there are users; buckets are the root's own folders, unless it is said otherwise. */
    default Request request(String method, String bucket, String path) {
        return new Request(method, "/" + bucket + "/" + path, "");
    }

    /** To read an object of a public bucket, by anybody. */
    default Request open(String method, String bucket, String path) {
        return request(method, bucket, path);
    }

    void createBucket(String name, boolean open) throws IOException;

    /** Gives back the space of the objects {@code folder/0} and so on that a round has stored, in whatever way is quick. */
    void drop(String bucket, long count) throws IOException;

    /** Reading of its JVM, if it has one that tells. */
    default Jvm jvm() {
        return Jvm.UNKNOWN;
    }

    @Override
    void close();
}
