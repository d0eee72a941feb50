package io.aerodb.storage.storm;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.storm.History.Key;
import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/**
 * What one client moves and copies: always from or to an object that only it knows, so that what became of a move without an
 * answer can be known later, and no value is written twice.
 */
final class StormMoves {

    private final Api api;
    private final Recorder recorder;
    private final Deque<Own> owns = new ArrayDeque<>();
    private final List<Move> unknown = new ArrayList<>();

    private record Own(Key key, String value) {}

    /** A move without an answer. One of the two keys is this client's own. */
    private record Move(Key from, Key to, Key own, String value, long begun) {}

    StormMoves(Api api, Recorder recorder) {
        this.api = api;
        this.recorder = recorder;
    }

    /** An object for later. */
    void own() {
        Key key = recorder.ownKey(recorder.bucket());
        String value = recorder.newValue();
        byte[] content = recorder.content(value);
        Answer answer =
                recorder.change(key, Kind.WRITE, value, null, () -> api.upload(key.bucket(), key.path(), content));
        if (answer.status() < 300) {
            owns.add(new Own(key, value));
        }
    }

    void copy() {
        Own own = owns.poll();
        if (own == null) {
            own();
            return;
        }
        Key to = recorder.key(own.key.bucket());
        boolean over = recorder.random().nextBoolean();
        String[] upsert = over ? new String[] {"x-upsert", "true"} : new String[0];
        recorder.change(
                to,
                over ? Kind.WRITE : Kind.CREATE,
                own.value,
                null,
                () -> api.copy(to.bucket(), own.key.path(), to.path(), upsert),
                409);
    }

    /** To where others are. */
    void moveIn() {
        Own own = owns.poll();
        if (own == null) {
            own();
            return;
        }
        Key to = recorder.key(own.key.bucket());
        long begun = System.nanoTime();
        Answer answer = asked(new Move(own.key, to, own.key, own.value, begun));
        if (answer.status() == 200) {
            recorder.add(own.key, Kind.TAKE, own.value, Result.DONE, begun);
            recorder.add(to, Kind.CREATE, own.value, Result.DONE, begun);
        } else if (answer.status() == 409) {
            recorder.add(to, Kind.CREATE, own.value, Result.REFUSED, begun);
        }
    }

    /** From where others are. */
    void moveOut() {
        Key from = recorder.key();
        Key to = recorder.ownKey(from.bucket());
        long begun = System.nanoTime();
        Answer answer = asked(new Move(from, to, to, null, begun));
        if (answer.status() == 200) {
            String value = recorder.history().value(answer.field("checksum"));
            recorder.add(from, Kind.TAKE, value, Result.DONE, begun);
            recorder.add(to, Kind.CREATE, value, Result.DONE, begun);
        } else if (answer.status() == 404) {
            recorder.add(from, Kind.TAKE, Op.ABSENT, Result.REFUSED, begun);
        }
    }

    /**
     * Says of each move without an answer what became of it: for when the gateway runs again and nobody acts.
     *
     * @param download of a key, patiently
     */
    void settle(Function<Key, Answer> download) {
        unknown.forEach(move -> settle(move, download.apply(move.own)));
        unknown.clear();
    }

    private void settle(Move move, Answer answer) {
        boolean there = answer.status() == 200;
        if (there == move.own.equals(move.to)) {
            String value = move.value == null ? recorder.history().value(Bytes.sha256(answer.body())) : move.value;
            long ended = Math.min(System.nanoTime(), recorder.history().endOfUnknown());
            add(move.from, Kind.TAKE, value, move.begun, ended);
            add(move.to, Kind.CREATE, value, move.begun, ended);
        }
    }

    private void add(Key key, Kind kind, String value, long begun, long ended) {
        recorder.history().add(key, new Op(recorder.name(), kind, value, null, Result.DONE, begun, ended));
    }

    private Answer asked(Move move) {
        try {
            Answer answer = api.move(move.from.bucket(), move.from.path(), move.to.path());
            if (answer.status() == 503) {
                unknown.add(move);
                recorder.rest();
            }
            return answer;
        } catch (UncheckedIOException broken) {
            if (Recorder.mayHaveArrived(broken)) {
                unknown.add(move);
            }
            throw broken;
        }
    }
}
