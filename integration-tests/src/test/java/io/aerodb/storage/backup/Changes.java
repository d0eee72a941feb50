package io.aerodb.storage.backup;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Changes objects in two buckets, and knows what must be there afterwards by what was acknowledged. */
final class Changes {

    private static final int SIZE = 5000;

    private final Random random = new Random(1);
    private final Api api;
    private final String bucket;
    private final String other;
    private final Map<String, String> objects = new TreeMap<>();
    private int rounds;

    Changes(Api api) {
        this.api = api;
        this.bucket = api.newBucket("private");
        this.other = api.newBucket("public");
    }

    String bucket() {
        return bucket;
    }

    /** The SHA-256 of each object, by bucket and name, as of now. */
    Map<String, String> objects() {
        return new TreeMap<>(objects);
    }

    void create(String name, int count) {
        for (int i = 0; i < count; i++) {
            put(bucket, name + "-" + i);
        }
        put(other, name);
    }

    /** Of each kind some: overwritten, deleted, moved, copied and overwritten at one of both places. */
    void some() {
        String round = "round-" + rounds++;
        create(round, 6);
        put(bucket, "before-" + rounds);
        put(bucket, round + "-0");
        remove(round + "-1");
        remove("before-" + (4 + rounds));
        move(round + "-2", "moved/" + round);
        move("before-" + (8 + rounds), "moved/before-" + rounds);
        copy(round + "-3", "copied/" + round);
        put(bucket, round + "-3");
        copy(round + "-4", "copied/again-" + round);
        remove(round + "-4");
    }

    void removeAllOfOtherBucket() {
        api.exchange("POST", "/bucket/" + other + "/empty", BodyPublishers.noBody())
                .expect(200);
        api.delete("/bucket/" + other).expect(200);
        objects.keySet().removeIf(name -> name.startsWith(other));
    }

    Answer download(Gateway gateway, String name) {
        String[] place = name.split("/", 2);
        return gateway.asService().download(place[0], place[1]).expect(200);
    }

    private void put(String place, String name) {
        byte[] content = Bytes.random(random, 1 + random.nextInt(SIZE));
        api.replace(place, name, content).expect(200);
        objects.put(place + "/" + name, Bytes.sha256(content));
    }

    private void remove(String name) {
        api.remove(bucket, name).expect(204);
        objects.remove(bucket + "/" + name);
    }

    private void move(String from, String to) {
        api.move(bucket, from, to).expect(200);
        objects.put(bucket + "/" + to, objects.remove(bucket + "/" + from));
    }

    private void copy(String from, String to) {
        api.copy(bucket, from, to).expect(200);
        objects.put(bucket + "/" + to, objects.get(bucket + "/" + from));
    }
}
