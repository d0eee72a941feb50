package io.aerodb.storage.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and PostgreSQL and can misbehave as networks do. */
final class TcpProxy implements AutoCloseable {

    /** What happens to bytes, from now on, on every connection. */
    enum Mode {
        PASS,
        /** The server's answers disappear; the connection stays open. */
        STALL_ANSWERS,
        /** The request reaches the server; at its answer the connection is cut, so that the answer is lost. */
        CUT_AT_ANSWER,
        /** The connection is cut when the client sends, and the server never sees it. */
        CUT_AT_REQUEST
    }

    private final ServerSocket listener;
    private final int serverPort;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile Mode mode = Mode.PASS;

    TcpProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections made so far. */
    int accepted() {
        return accepted.get();
    }

    void mode(Mode next) {
        mode = next;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            accepted.incrementAndGet();
            sockets.add(client);
            sockets.add(server);
            start(() -> pump(client, server, Mode.CUT_AT_REQUEST));
            start(() -> pump(server, client, Mode.CUT_AT_ANSWER));
        }
    }

    private void pump(Socket from, Socket to, Mode cut) throws IOException {
        try (from;
                to) {
            byte[] buffer = new byte[8192];
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                if (mode == cut) {
                    return;
                }
                if (cut == Mode.CUT_AT_REQUEST || mode != Mode.STALL_ANSWERS) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            }
        }
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // the end of a connection, or of the proxy
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
