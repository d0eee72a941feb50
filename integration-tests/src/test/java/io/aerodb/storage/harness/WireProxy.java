package io.aerodb.storage.harness;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a gateway and PostgreSQL and counts round trips: the frontend messages after which PostgreSQL has to
 * answer before the client goes on, Sync and Query (PostgreSQL manual, "Message Formats").
 */
public final class WireProxy implements Closeable {

    private static final int SSL_REQUEST = 80877103;

    private final ServerSocket listener;
    private final Database target;
    private final AtomicLong roundTrips = new AtomicLong();

    public WireProxy(Database target) {
        this.target = target;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
        background("wire-proxy", this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public long roundTrips() {
        return roundTrips.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(target.host(), target.port());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            background("wire-to-server", () -> relayRequests(client, server));
            background("wire-to-client", () -> relayAnswers(server, client));
        }
    }

    private void relayRequests(Socket client, Socket server) throws IOException {
        try (client;
                server) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
            while (relayUntyped(in, out) == SSL_REQUEST) {
                out.flush();
            }
            for (out.flush(); ; flushWhenIdle(in, out)) {
                relayTyped(in, out);
            }
        }
    }

    private static int relayUntyped(DataInputStream in, DataOutputStream out) throws IOException {
        int length = in.readInt();
        int code = in.readInt();
        out.writeInt(length);
        out.writeInt(code);
        out.write(in.readNBytes(length - 8));
        return code;
    }

    private void relayTyped(DataInputStream in, DataOutputStream out) throws IOException {
        int type = in.readByte();
        int length = in.readInt();
        if (type == 'S' || type == 'Q') {
            roundTrips.incrementAndGet();
        }
        out.writeByte(type);
        out.writeInt(length);
        out.write(in.readNBytes(length - 4));
    }

    private static void flushWhenIdle(DataInputStream in, DataOutputStream out) throws IOException {
        if (in.available() == 0) {
            out.flush();
        }
    }

    private static void relayAnswers(Socket server, Socket client) throws IOException {
        try (server;
                client) {
            server.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static void background(String name, IoTask task) {
        Thread thread = new Thread(() -> untilClosed(task), name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void untilClosed(IoTask task) {
        try {
            task.run();
        } catch (IOException closed) {
            // one of the two ends has gone, and with it this connection
        }
    }

    @FunctionalInterface
    private interface IoTask {
        void run() throws IOException;
    }
}
