package io.aerodb.storage.bench;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** What a target holds for the lines that read: stored when first wanted. */
final class Stock {

    private final Target target;
    private final Set<String> known = new HashSet<>();

    Stock(Target target) {
        this.target = target;
    }

    /** The bucket in which {@code folder/0} and so on are, of the size and number that the line wants. */
    String bucket(Line line, boolean open) throws IOException {
        return bucket(line.bytes(), line.files(), open);
    }

    String bucket(long bytes, int files, boolean open) throws IOException {
        String bucket = (open ? "open-" : "downloads-") + bytes;
        if (lacks(bucket)) {
            target.createBucket(bucket, open);
            try (Client client = target.connect(Protocol.PLAIN)) {
                for (int file = 0; file < files; file++) {
                    client.exchange(
                            target.request("PUT", bucket, "folder/" + file).sending(Body.ofSize(bytes)));
                }
            }
        }
        return bucket;
    }

    /** Whether this is the first time that somebody wants it. */
    boolean lacks(String what) {
        return known.add(what);
    }
}
