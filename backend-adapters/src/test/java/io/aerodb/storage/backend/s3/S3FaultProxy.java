package io.aerodb.storage.backend.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * An HTTP/1.1 proxy between an S3 client and its server that does to chosen requests what networks and servers do on bad
 * days. One connection to the server for each of the client's.
 */
public final class S3FaultProxy implements AutoCloseable {

    private final URI server;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<S3Call> calls = new CopyOnWriteArrayList<>();

    private S3FaultProxy(URI server, ServerSocket listener) {
        this.server = server;
        this.listener = listener;
        threads.execute(this::accept);
    }

    /** A proxy to the server at this address, on a port of its own. */
    public static S3FaultProxy to(URI server) {
        try {
            return new S3FaultProxy(server, new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** From now on, until {@link #heal}. */
    public void always(Predicate<HttpHead> requests, Fault fault) {
        times(Integer.MAX_VALUE, requests, fault);
    }

    public void once(Predicate<HttpHead> requests, Fault fault) {
        times(1, requests, fault);
    }

    /** The next so many of these requests. */
    public void times(int times, Predicate<HttpHead> requests, Fault fault) {
        rules.add(new Rule(requests, fault, new AtomicInteger(times)));
    }

    /** Ends all faults that have not struck, and forgets the calls. */
    public void heal() {
        rules.clear();
        calls.clear();
    }

    /** How often this was called, since the start or since {@link #heal}. */
    long count(S3Call call) {
        return calls.stream().filter(call::equals).count();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdown();
    }

    private record Rule(Predicate<HttpHead> requests, Fault fault, AtomicInteger left) {

        boolean strikes(HttpHead request) {
            return requests.test(request) && left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
        }
    }

    private void accept() {
        try {
            while (closed.getCount() > 0) {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException ended) {
            closed.countDown();
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket(server.getHost(), server.getPort())) {
            sockets.addAll(List.of(client, upstream));
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            exchanges(Exchange.Connection.of(client, upstream, closed));
            sockets.removeAll(List.of(client, upstream));
        } catch (IOException | InterruptedException ended) {
            sockets.remove(client);
        }
    }

    private void exchanges(Exchange.Connection connection) throws IOException, InterruptedException {
        while (!connection.client().isClosed() && closed.getCount() > 0) {
            HttpHead request = HttpHead.read(connection.fromClient()).orElse(null);
            if (request == null) {
                return;
            }
            calls.add(S3Call.of(request));
            faultFor(request).strike(new Exchange(request, connection));
        }
    }

    private Fault faultFor(HttpHead request) {
        return rules.stream()
                .filter(rule -> rule.strikes(request))
                .map(Rule::fault)
                .findFirst()
                .orElseGet(Fault::none);
    }
}
