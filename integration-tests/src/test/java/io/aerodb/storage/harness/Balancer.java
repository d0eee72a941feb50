package io.aerodb.storage.harness;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Sends connections to gateways as a Service of Kubernetes does: each new one to the next of those that are ready by a probe of
 * its own, and for a while also to one that is to go, until the word has spread. What is connected stays where it is.
 */
public final class Balancer implements Closeable {

    private static final Duration PROBE_PERIOD = Duration.ofMillis(250);
    private static final int FAILURES_UNTIL_UNREADY = 2;
    /** So that it holds back next to nothing of what one side sends and the other one does not take. */
    private static final int BUFFER = 64 * 1024;

    private final ServerSocket listener;
    private final Duration spreading;
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4, Balancer::daemon);
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** @param spreading how long new connections go to an endpoint that was removed */
    public Balancer(Duration spreading) {
        this.spreading = spreading;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
        daemon(this::accept).start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From when its probe succeeds the gateway gets connections. */
    public void add(Gateway gateway) {
        Endpoint endpoint = new Endpoint(gateway.port(), () -> isReady(gateway));
        endpoints.add(endpoint);
        clock.scheduleWithFixedDelay(endpoint::probe, 0, PROBE_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** It is to go: once that has spread it gets no new connections, whatever its probe says. */
    public void remove(Gateway gateway) {
        endpoints.stream()
                .filter(endpoint -> endpoint.port == gateway.port())
                .forEach(endpoint ->
                        clock.schedule(() -> endpoints.remove(endpoint), spreading.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Whether new connections may go there now. */
    public boolean serves(Gateway gateway) {
        return endpoints.stream().anyMatch(endpoint -> endpoint.port == gateway.port() && endpoint.ready);
    }

    /** Connections that nobody took. */
    public int refused() {
        return refused.get();
    }

    @Override
    public void close() throws IOException {
        clock.shutdownNow();
        listener.close();
    }

    private static boolean isReady(Gateway gateway) {
        try {
            return gateway.anonymously()
                            .exchange(
                                    "GET",
                                    gateway.management().resolve("/actuator/health/readiness"),
                                    BodyPublishers.noBody())
                            .status()
                    == 200;
        } catch (UncheckedIOException silent) {
            return false;
        }
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                daemon(() -> connect(client)).start();
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void connect(Socket client) {
        List<Endpoint> ready =
                endpoints.stream().filter(endpoint -> endpoint.ready).toList();
        Socket server = new Socket();
        try {
            client.setSendBufferSize(BUFFER);
            server.setReceiveBufferSize(BUFFER);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            if (ready.isEmpty()) {
                throw new IOException("nobody is ready");
            }
            int port = ready.get(Math.floorMod(turn.getAndIncrement(), ready.size())).port;
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException nobody) {
            refused.incrementAndGet();
            reset(client);
            return;
        }
        daemon(() -> relay(client, server)).start();
        relay(server, client);
    }

    /** One direction; its end is handed on as one, a reset as a reset. */
    private static void relay(Socket from, Socket to) {
        byte[] some = new byte[BUFFER];
        try {
            for (int count = from.getInputStream().read(some);
                    count >= 0;
                    count = from.getInputStream().read(some)) {
                to.getOutputStream().write(some, 0, count);
            }
            to.shutdownOutput();
            if (from.isOutputShutdown()) {
                from.close();
                to.close();
            }
        } catch (IOException broken) {
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // by the other direction
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "balancer");
        thread.setDaemon(true);
        return thread;
    }

    private static final class Endpoint {

        private final int port;
        private final BooleanSupplier check;
        private int failures;
        private volatile boolean ready;

        Endpoint(int port, BooleanSupplier check) {
            this.port = port;
            this.check = check;
        }

        void probe() {
            failures = check.getAsBoolean() ? 0 : failures + 1;
            ready = failures == 0 || (ready && failures < FAILURES_UNTIL_UNREADY);
        }
    }
}
