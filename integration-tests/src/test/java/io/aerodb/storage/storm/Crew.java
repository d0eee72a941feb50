package io.aerodb.storage.storm;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.storm.History.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Some clients that act at once from construction to {@link #rest}, and the history of what they did. */
public final class Crew {

    private static final int CLIENTS = 6;

    private final History history = new History();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<StormClient> clients = new ArrayList<>();
    private final List<Future<?>> running = new ArrayList<>();

    /** @param round names the folder they work in, and with the seed decides what they do */
    public Crew(Gateway gateway, String user, List<String> buckets, long seed, int round) {
        String token = gateway.tokens().user(user);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new StormClient(
                    "c" + i,
                    gateway.as(token),
                    token,
                    gateway.port(),
                    buckets,
                    "round-" + round,
                    history,
                    new Random((seed * 1_000 + round) * 100 + i),
                    over));
        }
        clients.forEach(client -> running.add(threads.submit(client)));
    }

    /** Lets them act for so long. */
    public void act(long millis) throws InterruptedException {
        over.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Ends them; fails when one of them found an answer that must not be. */
    public void rest() throws Exception {
        over.countDown();
        threads.shutdown();
        for (Future<?> each : running) {
            each.get(90, TimeUnit.SECONDS);
        }
    }

    /** Looks at everything that they touched once more, and says what can't be; nothing is unknown any more. */
    public List<String> violations() {
        clients.forEach(StormClient::settle);
        keys().forEach(clients.get(0)::lookAt);
        return history.violations();
    }

    public long acknowledged() {
        return history.acknowledged();
    }

    long unknown() {
        return history.unknown();
    }

    Iterable<Key> keys() {
        return history.keys();
    }
}
