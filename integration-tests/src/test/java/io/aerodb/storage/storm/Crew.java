package io.aerodb.storage.storm;

import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.storm.History.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
            Random random = new Random((seed * 1_000 + round) * 100 + i);
            Recorder recorder =
                    new Recorder("c" + i, "round-" + round, buckets, history, random, over, new AtomicInteger());
            clients.add(new StormClient(gateway.as(token), token, gateway.port(), recorder));
        }
        clients.forEach(client -> running.add(threads.submit(client)));
    }

    /** Lets them act for so long. */
    public void act(long millis) throws InterruptedException {
        over.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Lets them act until so many of their changes have been acknowledged. */
    void actUntilAcknowledged(int changes) {
        await("changes").atMost(Duration.ofSeconds(60)).until(() -> acknowledged() >= changes);
    }

    /** Ends them; fails when one of them found an answer that must not be. */
    public void rest() throws Exception {
        over.countDown();
        threads.shutdown();
        for (Future<?> each : running) {
            each.get(90, TimeUnit.SECONDS);
        }
    }

    /**
     * Says that the gateway that they asked has ended, and its database sessions with it: what of their changes is unknown has
     * happened by now, or never will.
     */
    public void gatewayIsDead() {
        history.gatewayIsDead();
    }

    /** Looks at everything that they touched. */
    void look() {
        keys().forEach(clients.get(0)::lookAt);
    }

    /** Looks at everything that they touched once more, and says what can't be. */
    public List<String> violations() {
        clients.forEach(StormClient::settle);
        look();
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
