package io.aerodb.storage.bench;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small HTTP server in this JVM that answers as a test wants. */
final class StubTarget implements Target {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    StubTarget(HttpHandler answers) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.createContext("/", answers);
        server.setExecutor(threads);
        server.start();
    }

    @Override
    public Processes processes() {
        return Processes.UNKNOWN;
    }

    @Override
    public Client connect(Protocol protocol) throws IOException {
        return Connection.open(server.getAddress());
    }

    @Override
    public void createBucket(String name, boolean open) {
        // it has none
    }

    @Override
    public void drop(String bucket, long count) {
        // nor objects
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
