package io.aerodb.storage.bench;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/** Each request deletes an object, until there are none left in the bucket of the round. */
final class Deletions implements Work {

    private static final AtomicLong BUCKETS = new AtomicLong();
    private static final int OBJECTS = 30_000;

    private final Server server;
    private volatile String bucket = "";

    Deletions(Contestant contestant, Line line) {
        server = contestant.server();
    }

    @Override
    public void begin() throws SQLException {
        bucket = "doomed-" + BUCKETS.incrementAndGet();
        Rows.folder(server.database(), bucket, Server.USER, OBJECTS);
    }

    @Override
    public Request next(long number) {
        return number < OBJECTS
                ? server.request("DELETE", bucket, "folder/" + number).expecting(204, 0)
                : null;
    }
}
