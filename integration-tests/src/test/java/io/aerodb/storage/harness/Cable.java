package io.aerodb.storage.harness;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** The network between a gateway and a server: it can be pulled out, and it can swallow what is sent without a word. */
public final class Cable implements Closeable {

    private final InetSocketAddress target;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listener;
    private volatile CountDownLatch silence = new CountDownLatch(0);

    /** In its place, plugged in. */
    public Cable(String host, int port) {
        this.target = new InetSocketAddress(host, port);
        this.listener = listening(0);
        this.port = listener.getLocalPort();
        background(() -> accept(listener));
    }

    public int port() {
        return port;
    }

    /** Connections are reset and new ones refused. */
    public void pullOut() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            reset(socket);
        }
        sockets.clear();
    }

    private static void reset(Socket socket) throws IOException {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException closed) {
            return;
        }
        socket.close();
    }

    public void plugIn() {
        ServerSocket again = listening(port);
        listener = again;
        background(() -> accept(again));
    }

    /** Connections stay and can be made, but nothing goes through, until {@link #speakAgain}. */
    public void fallSilent() {
        silence = new CountDownLatch(1);
    }

    public void speakAgain() {
        silence.countDown();
    }

    @Override
    public void close() throws IOException {
        speakAgain();
        pullOut();
    }

    private static ServerSocket listening(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    private void accept(ServerSocket from) throws IOException {
        while (!from.isClosed()) {
            Socket client = from.accept();
            Socket server = new Socket();
            sockets.add(client);
            sockets.add(server);
            server.connect(target);
            background(() -> relay(client, server));
            background(() -> relay(server, client));
        }
    }

    private void relay(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            byte[] some = new byte[8192];
            for (int count = from.getInputStream().read(some);
                    count >= 0;
                    count = from.getInputStream().read(some)) {
                silence.await();
                to.getOutputStream().write(some, 0, count);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void background(IoTask task) {
        Thread thread = new Thread(() -> untilClosed(task), "cable");
        thread.setDaemon(true);
        thread.start();
    }

    private static void untilClosed(IoTask task) {
        try {
            task.run();
        } catch (IOException closed) {
            // pulled out, or one of the ends has gone
        }
    }

    @FunctionalInterface
    private interface IoTask {
        void run() throws IOException;
    }
}
