package io.aerodb.storage.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What our gateway does without touching a byte. */
final class Metadata {

    private static final AtomicLong NAMES = new AtomicLong();
    private static final int LINKS = 1000;
    private static final int RENAMED = 100_000;

    private Metadata() {}

    static Work createBucket(Contestant contestant, Line line) {
        return number -> contestant.server().bucket("bucket-" + NAMES.incrementAndGet(), false);
    }

    static Work sign(Contestant contestant, Line line) throws IOException {
        String bucket = contestant.stock().bucket(Line.KIB, 256, false);
        return number ->
                contestant.server().post("/object/sign/" + bucket + "/folder/" + number % 256, "{\"expiresIn\": 600}");
    }

    static Work signMany(Contestant contestant, Line line) throws SQLException {
        String bucket = folder(contestant, LINKS);
        String paths =
                IntStream.range(0, LINKS).mapToObj(n -> "\"folder/" + n + "\"").collect(Collectors.joining(","));
        Request request =
                contestant.server().post("/object/sign/" + bucket, "{\"expiresIn\": 600, \"paths\": [" + paths + "]}");
        return number -> request;
    }

    /** Back and forth would do; but a name of its own each time needs no memory of where it is. */
    static Work move(Contestant contestant, Line line) throws IOException {
        String bucket = large(contestant);
        String first = "moved-" + NAMES.incrementAndGet() + "/";
        contestant.exchange(relocation(contestant, "copy", bucket, "folder/0", first + 0));
        AtomicLong place = new AtomicLong();
        return number -> {
            long from = place.getAndIncrement();
            return relocation(contestant, "move", bucket, first + from, first + (from + 1));
        };
    }

    static Work copy(Contestant contestant, Line line) throws IOException {
        String bucket = large(contestant);
        return number -> relocation(contestant, "copy", bucket, "folder/0", "copy-" + NAMES.incrementAndGet());
    }

    static Work rename(Contestant contestant, Line line) throws SQLException {
        String bucket = folder(contestant, RENAMED);
        AtomicLong place = new AtomicLong();
        return number -> {
            long from = place.getAndIncrement();
            String source = from == 0 ? "folder" : "folder-" + from;
            return contestant
                    .server()
                    .post(
                            "/object/move-prefix",
                            "{\"bucketId\": \"%s\", \"sourcePrefix\": \"%s\", \"destinationPrefix\": \"folder-%d\"}"
                                    .formatted(bucket, source, from + 1))
                    .expecting(
                            200,
                            "{\"moved\":%d,\"denied\":0}".formatted(RENAMED).length());
        };
    }

    /** @param pages the body of a request for the page of this number */
    static Work.Maker list(String user, LongFunction<String> pages) {
        return (contestant, line) -> {
            Server server = contestant.server();
            if (contestant.stock().lacks(Rows.MANY)) {
                Rows.many(server.database(), server.setup().objects());
            }
            String authorization = server.authorization(user) + "Content-Type: application/json\r\n";
            return number -> new Request("POST", "/storage/v1/object/list-v2/" + Rows.MANY, authorization)
                    .sending(Body.of(pages.apply(number)));
        };
    }

    private static Request relocation(Contestant contestant, String verb, String bucket, String from, String to) {
        String json = "{\"bucketId\": \"%s\", \"sourceKey\": \"%s\", \"destinationKey\": \"%s\"}";
        return contestant.server().post("/object/" + verb, json.formatted(bucket, from, to));
    }

    private static String large(Contestant contestant) throws IOException {
        return contestant.stock().bucket(Line.GIB, 1, false);
    }

    private static String folder(Contestant contestant, int count) throws SQLException {
        String bucket = "rows-" + NAMES.incrementAndGet();
        Rows.folder(contestant.server().database(), bucket, Server.USER, count);
        return bucket;
    }
}
