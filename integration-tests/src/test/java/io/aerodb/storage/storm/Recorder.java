package io.aerodb.storage.storm;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.storm.History.Key;
import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What one client makes up, and its pen: writes down what its requests did. */
record Recorder(
        String name,
        String folder,
        List<String> buckets,
        History history,
        Random random,
        CountDownLatch over,
        AtomicInteger written) {

    static final int KEYS = 6;

    private static final int LARGE = 9 << 20;

    /** One that all clients use. */
    Key key() {
        return key(bucket());
    }

    Key key(String bucket) {
        return new Key(bucket, folder + "/key-" + random.nextInt(KEYS));
    }

    /** One that nobody else uses, nor this client again. */
    Key ownKey(String bucket) {
        return new Key(bucket, "%s/own-%s-%d".formatted(folder, name, written.incrementAndGet()));
    }

    String bucket() {
        return buckets.get(random.nextInt(buckets.size()));
    }

    String newValue() {
        return "%s-%s-%d".formatted(folder, name, written.incrementAndGet());
    }

    /** Small most times. */
    byte[] content(String value) {
        int dice = random.nextInt(100);
        int size = dice < 2 ? LARGE : random.nextInt(dice < 20 ? 400_000 : 20_000);
        return history.content(value, size);
    }

    /** Refusals are what these statuses say; any other failure but 503 says that nothing has changed. */
    Answer change(Key key, Kind kind, String value, String expected, Supplier<Answer> request, int... refusals) {
        long begun = System.nanoTime();
        try {
            Answer answer = request.get();
            if (answer.status() < 300) {
                add(key, kind, value, expected, Result.DONE, begun);
            } else if (IntStream.of(refusals).anyMatch(status -> status == answer.status())) {
                add(key, kind, value, expected, Result.REFUSED, begun);
            } else {
                if (answer.status() == 503) {
                    add(key, kind, value, expected, Result.UNKNOWN, begun);
                }
                rest();
            }
            return answer;
        } catch (UncheckedIOException broken) {
            if (mayHaveArrived(broken)) {
                add(key, kind, value, expected, Result.UNKNOWN, begun);
            }
            throw broken;
        }
    }

    static boolean mayHaveArrived(UncheckedIOException broken) {
        return !(broken.getCause() instanceof ConnectException);
    }

    void add(Key key, Kind kind, String value, Result result, long begun) {
        add(key, kind, value, null, result, begun);
    }

    /** Ends now, if anybody knows what came of it. */
    private void add(Key key, Kind kind, String value, String expected, Result result, long begun) {
        long ended = result == Result.UNKNOWN ? Op.NEVER : System.nanoTime();
        history.add(key, new Op(name, kind, value, expected, result, begun, ended));
    }

    /** A moment without a request. */
    void rest() {
        try {
            over.await(20 + random.nextInt(60), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
