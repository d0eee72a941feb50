package io.aerodb.storage.storm;

import static org.awaitility.Awaitility.await;

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
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;

/** Does at random what clients do, and writes down what came of it. Runs on one thread until it is told to end. */
final class StormClient implements Runnable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String UNREADABLE = "unreadable";

    private final Api api;
    private final String token;
    private final int port;
    private final Recorder recorder;
    private final Random random;
    private final StormMoves moves;
    /** The version of a key that was seen last, and its value. */
    private final Map<Key, Version> versions = new HashMap<>();

    private record Version(String etag, String value) {}

    StormClient(Api api, String token, int port, Recorder recorder) {
        this.api = api;
        this.token = token;
        this.port = port;
        this.recorder = recorder;
        this.random = recorder.random();
        this.moves = new StormMoves(api, recorder);
    }

    @Override
    public void run() {
        while (recorder.over().getCount() > 0) {
            try {
                act();
            } catch (IOException | UncheckedIOException broken) {
                recorder.rest();
            }
        }
    }

    /** Says of each move without an answer what became of it: for when the gateway runs again and nobody acts. */
    void settle() {
        moves.settle(this::patientlyAsked);
    }

    /** What a key is when nobody acts. A gateway that has only just started may need a moment. */
    void lookAt(Key key) {
        long begun = System.nanoTime();
        try {
            Answer answer = patientlyAsked(key);
            if (answer.status() == 200 || answer.status() == 404) {
                saw(key, answer, begun);
                return;
            }
        } catch (UncheckedIOException | ConditionTimeoutException brokenOff) {
            // as good as any other answer that is none
        }
        recorder.add(key, Kind.READ, UNREADABLE, Result.DONE, begun);
    }

    private Answer patientlyAsked(Key key) {
        return await("an answer")
                .atMost(PATIENCE)
                .until(() -> api.download(key.bucket(), key.path()), answer -> answer.status() != 503);
    }

    private void act() throws IOException {
        int choice = random.nextInt(100);
        if (choice < 26) {
            write(recorder.key(), Kind.WRITE);
        } else if (choice < 34) {
            write(recorder.key(), Kind.CREATE);
        } else if (choice < 42) {
            replace(recorder.key());
        } else if (choice < 52) {
            delete(recorder.key());
        } else if (choice < 58) {
            moves.own();
        } else if (choice < 64) {
            moves.copy();
        } else if (choice < 70) {
            moves.moveIn();
        } else if (choice < 75) {
            moves.moveOut();
        } else if (choice < 80) {
            list();
        } else if (choice < 86) {
            abort(recorder.key());
        } else {
            read(recorder.key());
        }
    }

    private void write(Key key, Kind kind) {
        String value = recorder.newValue();
        byte[] content = recorder.content(value);
        String[] headers = kind == Kind.CREATE
                ? random.nextBoolean() ? new String[] {"x-upsert", "false"} : new String[] {"If-None-Match", "*"}
                : new String[0];
        Answer answer = recorder.change(
                key, kind, value, null, () -> api.upload(key.bucket(), key.path(), content, headers), 409, 412);
        remember(key, value, answer);
    }

    private void replace(Key key) {
        Version version = versions.get(key);
        if (version == null) {
            read(key);
            return;
        }
        String value = recorder.newValue();
        byte[] content = recorder.content(value);
        Answer answer = recorder.change(
                key,
                Kind.REPLACE,
                value,
                version.value,
                () -> api.upload(key.bucket(), key.path(), content, "If-Match", version.etag),
                412);
        remember(key, value, answer);
    }

    private void delete(Key key) {
        recorder.change(key, Kind.DELETE, Op.ABSENT, null, () -> api.remove(key.bucket(), key.path()), 404);
    }

    private void read(Key key) {
        long begun = System.nanoTime();
        Answer answer = api.download(key.bucket(), key.path());
        if (answer.status() != 200 && answer.status() != 404) {
            recorder.rest();
        }
        saw(key, answer, begun);
    }

    private void saw(Key key, Answer answer, long begun) {
        if (answer.status() == 404) {
            recorder.add(key, Kind.READ, Op.ABSENT, Result.DONE, begun);
        } else if (answer.status() == 200) {
            String value = recorder.history().value(Bytes.sha256(answer.body()));
            recorder.add(key, Kind.READ, value, Result.DONE, begun);
            remember(key, value, answer);
        }
    }

    private void list() {
        String bucket = recorder.bucket();
        String start = recorder.folder() + "/key-";
        long begun = System.nanoTime();
        Answer answer = api.send(
                "POST",
                "/object/list-v2/" + Names.encoded(bucket),
                Map.of("prefix", start, "limit", Recorder.KEYS + 1));
        if (answer.status() != 200) {
            recorder.rest();
            return;
        }
        Set<String> listed = new HashSet<>(answer.each("objects", "name"));
        for (int i = 0; i < Recorder.KEYS; i++) {
            String seen = listed.contains(start + i) ? Op.PRESENT : Op.ABSENT;
            recorder.add(new Key(bucket, start + i), Kind.READ, seen, Result.DONE, begun);
        }
    }

    /** Leaves at a random byte of the request; what was sent in full may take effect, what was not must not. */
    private void abort(Key key) throws IOException {
        String value = recorder.newValue();
        byte[] content = recorder.content(value);
        byte[] head = Bytes.of(
                "POST /storage/v1/object/%s/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(key.bucket(), key.path(), token, content.length));
        int sent = random.nextInt(4) == 0 ? content.length : random.nextInt(content.length);
        long begun = System.nanoTime();
        if (sent == content.length) {
            recorder.add(key, Kind.WRITE, value, Result.UNKNOWN, begun);
        }
        RawHttp connection = RawHttp.open(port);
        connection.write(head).write(content, 0, sent);
        connection.abort();
    }

    private void remember(Key key, String value, Answer answer) {
        if (answer.status() < 300) {
            answer.header("ETag").ifPresent(etag -> versions.put(key, new Version(etag, value)));
        }
    }
}
