package io.aerodb.storage.bench;

import java.io.IOException;

/** A kept-alive connection, for one thread. After an exception it is of no use any more. */
interface Client extends AutoCloseable {

    /** Sends the request and awaits the answer, the last byte included; fails when it is not the expected one. */
    Answer exchange(Request request) throws IOException;

    /** The same, for the body of a short answer. */
    String text(Request request) throws IOException;

    @Override
    void close() throws IOException;
}
