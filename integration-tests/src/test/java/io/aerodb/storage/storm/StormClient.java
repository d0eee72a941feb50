package io.aerodb.storage.storm;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.storm.History.Key;
import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Does at random what clients do, and writes down what came of it. Runs on one thread until it is told to end. */
final class StormClient implements Runnable {

    private static final int KEYS = 6;
    private static final int LARGE = 9 << 20;
    private static final int LOOKS = 20;
    private static final String UNREADABLE = "unreadable";

    private final String name;
    private final Api api;
    private final String token;
    private final int port;
    private final List<String> buckets;
    private final String folder;
    private final History history;
    private final Random random;
    private final CountDownLatch over;
    /** The version of a key that was seen last, and its value. */
    private final Map<Key, Version> versions = new HashMap<>();
    /** Objects that only this client knows, with their values. */
    private final Deque<Own> owns = new ArrayDeque<>();

    private final List<Move> unknownMoves = new ArrayList<>();
    private int written;

    private record Version(String etag, String value) {}

    private record Own(Key key, String value) {}

    /** A move without an answer. One of the two keys is this client's own, so that it can be known later. */
    private record Move(Key from, Key to, Key own, String value, long begun) {}

    StormClient(
            String name,
            Api api,
            String token,
            int port,
            List<String> buckets,
            String folder,
            History history,
            Random random,
            CountDownLatch over) {
        this.name = name;
        this.api = api;
        this.token = token;
        this.port = port;
        this.buckets = buckets;
        this.folder = folder;
        this.history = history;
        this.random = random;
        this.over = over;
    }

    @Override
    public void run() {
        while (over.getCount() > 0) {
            try {
                act();
            } catch (IOException | UncheckedIOException broken) {
                rest();
            }
        }
    }

    /** Says of each move without an answer what became of it: for when the gateway runs again and nobody acts. */
    void settle() {
        unknownMoves.forEach(this::settle);
    }

    private void settle(Move move) {
        Answer answer = patientlyAsked(move.own);
        boolean there = answer.status() == 200;
        if (there == move.own.equals(move.to)) {
            String value = move.value == null ? history.value(Bytes.sha256(answer.body())) : move.value;
            history.add(move.from, op(Kind.TAKE, value, null, Result.DONE, move.begun));
            history.add(move.to, op(Kind.CREATE, value, null, Result.DONE, move.begun));
        }
    }

    /** The last word on a key, for when nobody acts. A gateway that has only just started may need a moment. */
    void lookAt(Key key) {
        long begun = System.nanoTime();
        try {
            Answer answer = patientlyAsked(key);
            if (answer.status() == 200 || answer.status() == 404) {
                saw(key, answer, begun);
                return;
            }
        } catch (UncheckedIOException brokenOff) {
            // as good as any other answer that is none
        }
        history.add(key, op(Kind.READ, UNREADABLE, null, Result.DONE, begun));
    }

    private Answer patientlyAsked(Key key) {
        Answer answer = api.download(key.bucket(), key.path());
        for (int attempt = 1; attempt < LOOKS && answer.status() == 503; attempt++) {
            patience();
            answer = api.download(key.bucket(), key.path());
        }
        return answer;
    }

    private void act() throws IOException {
        int choice = random.nextInt(100);
        if (choice < 26) {
            write(key(), Kind.WRITE);
        } else if (choice < 34) {
            write(key(), Kind.CREATE);
        } else if (choice < 42) {
            replace(key());
        } else if (choice < 52) {
            delete(key());
        } else if (choice < 58) {
            own();
        } else if (choice < 64) {
            copy();
        } else if (choice < 70) {
            moveIn();
        } else if (choice < 75) {
            moveOut(key());
        } else if (choice < 80) {
            list();
        } else if (choice < 86) {
            abort(key());
        } else {
            read(key());
        }
    }

    private Key key() {
        return new Key(buckets.get(random.nextInt(buckets.size())), folder + "/key-" + random.nextInt(KEYS));
    }

    private Key ownKey(String bucket) {
        return new Key(bucket, folder + "/own-" + name + "-" + ++written);
    }

    private String newValue() {
        return "%s-%s-%d".formatted(folder, name, ++written);
    }

    private byte[] content(String value) {
        int dice = random.nextInt(100);
        int size = dice < 2 ? LARGE : random.nextInt(dice < 20 ? 400_000 : 20_000);
        return history.content(value, size);
    }

    private void write(Key key, Kind kind) {
        String value = newValue();
        byte[] content = content(value);
        String[] headers = kind == Kind.CREATE
                ? random.nextBoolean() ? new String[] {"x-upsert", "false"} : new String[] {"If-None-Match", "*"}
                : new String[0];
        Answer answer =
                change(key, kind, value, null, () -> api.upload(key.bucket(), key.path(), content, headers), 409, 412);
        remember(key, value, answer);
    }

    private void replace(Key key) {
        Version version = versions.get(key);
        if (version == null) {
            read(key);
            return;
        }
        String value = newValue();
        byte[] content = content(value);
        Answer answer = change(
                key,
                Kind.REPLACE,
                value,
                version.value,
                () -> api.upload(key.bucket(), key.path(), content, "If-Match", version.etag),
                412);
        remember(key, value, answer);
    }

    private void delete(Key key) {
        change(key, Kind.DELETE, Op.ABSENT, null, () -> api.remove(key.bucket(), key.path()), 404);
    }

    private void own() {
        Key key = ownKey(buckets.get(random.nextInt(buckets.size())));
        String value = newValue();
        byte[] content = content(value);
        Answer answer = change(key, Kind.WRITE, value, null, () -> api.upload(key.bucket(), key.path(), content));
        if (answer.status() < 300) {
            owns.add(new Own(key, value));
        }
    }

    /** Of an object that nobody else has, once, so that no value is written twice. */
    private void copy() {
        Own own = owns.poll();
        if (own == null) {
            own();
            return;
        }
        Key to = new Key(own.key.bucket(), folder + "/key-" + random.nextInt(KEYS));
        boolean over = random.nextBoolean();
        String[] upsert = over ? new String[] {"x-upsert", "true"} : new String[0];
        change(
                to,
                over ? Kind.WRITE : Kind.CREATE,
                own.value,
                null,
                () -> api.copy(to.bucket(), own.key.path(), to.path(), upsert),
                409);
    }

    private void moveIn() {
        Own own = owns.poll();
        if (own == null) {
            own();
            return;
        }
        Key to = new Key(own.key.bucket(), folder + "/key-" + random.nextInt(KEYS));
        long begun = System.nanoTime();
        Answer answer = move(own.key, to, own.key, own.value, begun);
        if (answer.status() == 200) {
            history.add(own.key, op(Kind.TAKE, own.value, null, Result.DONE, begun));
            history.add(to, op(Kind.CREATE, own.value, null, Result.DONE, begun));
        } else if (answer.status() == 409) {
            history.add(to, op(Kind.CREATE, own.value, null, Result.REFUSED, begun));
        }
    }

    private void moveOut(Key from) {
        Key to = ownKey(from.bucket());
        long begun = System.nanoTime();
        Answer answer = move(from, to, to, null, begun);
        if (answer.status() == 200) {
            String value = history.value(answer.field("checksum"));
            history.add(from, op(Kind.TAKE, value, null, Result.DONE, begun));
            history.add(to, op(Kind.CREATE, value, null, Result.DONE, begun));
        } else if (answer.status() == 404) {
            history.add(from, op(Kind.TAKE, Op.ABSENT, null, Result.REFUSED, begun));
        }
    }

    private Answer move(Key from, Key to, Key own, String value, long begun) {
        try {
            Answer answer = api.move(from.bucket(), from.path(), to.path());
            if (answer.status() == 503) {
                unknownMoves.add(new Move(from, to, own, value, begun));
                rest();
            }
            return answer;
        } catch (UncheckedIOException broken) {
            if (mayHaveArrived(broken)) {
                unknownMoves.add(new Move(from, to, own, value, begun));
            }
            throw broken;
        }
    }

    private void read(Key key) {
        long begun = System.nanoTime();
        Answer answer = api.download(key.bucket(), key.path());
        if (answer.status() != 200 && answer.status() != 404) {
            rest();
        }
        saw(key, answer, begun);
    }

    private void saw(Key key, Answer answer, long begun) {
        if (answer.status() == 404) {
            history.add(key, op(Kind.READ, Op.ABSENT, null, Result.DONE, begun));
        } else if (answer.status() == 200) {
            String value = history.value(Bytes.sha256(answer.body()));
            history.add(key, op(Kind.READ, value, null, Result.DONE, begun));
            remember(key, value, answer);
        }
    }

    private void list() {
        String bucket = buckets.get(random.nextInt(buckets.size()));
        long begun = System.nanoTime();
        Answer answer = api.send(
                "POST",
                "/object/list-v2/" + Names.encoded(bucket),
                Map.of("prefix", folder + "/key-", "limit", KEYS + 1));
        if (answer.status() != 200) {
            rest();
            return;
        }
        Set<String> listed = new HashSet<>(answer.each("objects", "name"));
        for (int i = 0; i < KEYS; i++) {
            Key key = new Key(bucket, folder + "/key-" + i);
            String seen = listed.contains(key.path()) ? Op.PRESENT : Op.ABSENT;
            history.add(key, op(Kind.READ, seen, null, Result.DONE, begun));
        }
    }

    /** Leaves at a random byte of the request; what was sent in full may take effect, what was not must not. */
    private void abort(Key key) throws IOException {
        String value = newValue();
        byte[] content = content(value);
        byte[] head = Bytes.of(
                "POST /storage/v1/object/%s/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(key.bucket(), key.path(), token, content.length));
        int sent = random.nextInt(4) == 0 ? content.length : random.nextInt(content.length);
        long begun = System.nanoTime();
        if (sent == content.length) {
            history.add(key, op(Kind.WRITE, value, null, Result.UNKNOWN, begun));
        }
        RawHttp connection = RawHttp.open(port);
        connection.write(head).write(content, 0, sent);
        connection.abort();
    }

    /** Refusals are what these statuses say; any other failure but 503 says that nothing has changed. */
    private Answer change(
            Key key, Kind kind, String value, String expected, Supplier<Answer> request, int... refusals) {
        long begun = System.nanoTime();
        try {
            Answer answer = request.get();
            if (answer.status() < 300) {
                history.add(key, op(kind, value, expected, Result.DONE, begun));
            } else if (IntStream.of(refusals).anyMatch(status -> status == answer.status())) {
                history.add(key, op(kind, value, expected, Result.REFUSED, begun));
            } else {
                if (answer.status() == 503) {
                    history.add(key, op(kind, value, expected, Result.UNKNOWN, begun));
                }
                rest();
            }
            return answer;
        } catch (UncheckedIOException broken) {
            if (mayHaveArrived(broken)) {
                history.add(key, op(kind, value, expected, Result.UNKNOWN, begun));
            }
            throw broken;
        }
    }

    private static boolean mayHaveArrived(UncheckedIOException broken) {
        return !(broken.getCause() instanceof ConnectException);
    }

    private void remember(Key key, String value, Answer answer) {
        if (answer.status() < 300) {
            answer.header("ETag").ifPresent(etag -> versions.put(key, new Version(etag, value)));
        }
    }

    private Op op(Kind kind, String value, String expected, Result result, long begun) {
        return new Op(name, kind, value, expected, result, begun, System.nanoTime());
    }

    private static void patience() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest() {
        try {
            over.await(20 + random.nextInt(60), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
