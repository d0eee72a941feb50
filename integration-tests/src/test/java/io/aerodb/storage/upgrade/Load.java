package io.aerodb.storage.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Clients of all kinds at one address, from construction to {@link #stop}. */
final class Load implements Closeable {

    private static final int PATIENCE_SECONDS = 60;

    private final int port;
    private final String token;
    private final String bucket;
    private final Acknowledged acknowledged = new Acknowledged();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch unheard = new CountDownLatch(1);
    private final Set<Closeable> listening = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> clients = new CopyOnWriteArrayList<>();
    private final List<Future<?>> all = new CopyOnWriteArrayList<>();

    Load(int port, String token, String bucket) {
        this.port = port;
        this.token = token;
        this.bucket = bucket;
    }

    int port() {
        return port;
    }

    String token() {
        return token;
    }

    String bucket() {
        return bucket;
    }

    Acknowledged acknowledged() {
        return acknowledged;
    }

    PatientClient patientClient() {
        return new PatientClient(port, token, acknowledged);
    }

    /** Somebody who is at work until the load stops. */
    void client(Client client) {
        Future<?> running = started(client);
        clients.add(running);
        all.add(running);
    }

    /** Somebody who listens until nobody does any more. */
    Told followed(Function<Told, Client> follower) {
        Told told = new Told();
        all.add(started(follower.apply(told)));
        return told;
    }

    private Future<?> started(Client client) {
        return threads.submit(() -> {
            client.run();
            return null;
        });
    }

    /** The clients end what they are at; what went wrong with any of them is thrown. Followers go on. */
    void stop() throws Exception {
        over.countDown();
        for (Future<?> client : clients) {
            client.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Throws what went wrong with somebody so far. */
    void check() throws Exception {
        for (Future<?> one : all) {
            if (one.isDone()) {
                one.get();
            }
        }
    }

    /** Nobody listens any more. */
    @Override
    public void close() throws IOException {
        over.countDown();
        unheard.countDown();
        for (Closeable connection : listening) {
            connection.close();
        }
        threads.shutdownNow();
    }

    /** For clients: whether there is to be a next time, after this pause. */
    boolean goesOn(int pauseMillis) {
        waits(pauseMillis);
        return over.getCount() > 0;
    }

    /** For followers. */
    boolean isFollowed() {
        return unheard.getCount() > 0;
    }

    void waits(int millis) {
        try {
            unheard.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** For followers: what they read from. */
    void closesAtTheEnd(Closeable connection) throws IOException {
        listening.add(connection);
        if (!isFollowed()) {
            connection.close();
        }
    }

    /** What one client does. */
    @FunctionalInterface
    interface Client {
        void run() throws IOException;
    }
}
