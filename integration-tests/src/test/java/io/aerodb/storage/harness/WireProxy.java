package io.aerodb.storage.harness;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Stands between a gateway and PostgreSQL and counts round trips: the frontend messages after which PostgreSQL has to
 * answer before the client goes on, Sync and Query (PostgreSQL manual, "Message Formats"). Those of the connections that events
 * are told by are not counted: nobody's request waits for them.
 */
public final class WireProxy implements Closeable {

    private static final int SSL_REQUEST = 80877103;

    private final ServerSocket listener;
    private final Database target;
    private final AtomicLong roundTrips = new AtomicLong();
    private final AtomicInteger cutsBefore = new AtomicInteger();
    private final AtomicInteger cutsAfter = new AtomicInteger();

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

    /** So many of the next statements that change objects never reach their commit: their connection is cut before. */
    public void cutBeforeCommit(int times) {
        cutsBefore.set(times);
    }

    /** So many of them commit, and their connection is cut before the answer. */
    public void cutAfterCommit(int times) {
        cutsAfter.set(times);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            background("wire-to-server", () -> relay(client));
        }
    }

    private void relay(Socket client) throws IOException {
        try (client;
                Socket server = new Socket(target.host(), target.port())) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Commits commits = new Commits();
            background("wire-to-client", () -> relayAnswers(server, client, commits));
            relayRequests(client, server, commits);
        }
    }

    private void relayRequests(Socket client, Socket server, Commits commits) throws IOException {
        try (client;
                server) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
            while (relayUntyped(in, out) == SSL_REQUEST) {
                out.flush();
            }
            for (out.flush(); ; flushWhenIdle(in, out)) {
                relayTyped(in, out, commits);
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

    private void relayTyped(DataInputStream in, DataOutputStream out, Commits commits) throws IOException {
        int type = in.readByte();
        int length = in.readInt();
        byte[] body = in.readNBytes(length - 4);
        if (commits.endsWith(type, body)) {
            cut(commits);
        }
        if ((type == 'S' || type == 'Q') && !commits.tellEvents) {
            roundTrips.incrementAndGet();
        }
        out.writeByte(type);
        out.writeInt(length);
        out.write(body);
    }

    private void cut(Commits commits) throws EOFException {
        if (taken(cutsBefore)) {
            throw new EOFException("cut before a commit");
        }
        commits.unanswered = taken(cutsAfter);
    }

    private static boolean taken(AtomicInteger cuts) {
        return cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private static void flushWhenIdle(DataInputStream in, DataOutputStream out) throws IOException {
        if (in.available() == 0) {
            out.flush();
        }
    }

    private static void relayAnswers(Socket server, Socket client, Commits commits) throws IOException {
        byte[] buffer = new byte[8192];
        try (server;
                client) {
            for (int read = 0;
                    read >= 0 && !commits.unanswered;
                    read = server.getInputStream().read(buffer)) {
                client.getOutputStream().write(buffer, 0, read);
            }
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

    /** Which statements of one connection change objects. Each is a transaction, which its Sync commits. */
    private static final class Commits {

        private static final Pattern CHANGES = Pattern.compile("upload_commit|objects?_delete|object_move|object_copy");

        private final Set<String> names = new HashSet<>();
        private boolean bound;
        private boolean tellEvents;
        private volatile boolean unanswered;

        /** Whether this message is what commits such a statement. */
        boolean endsWith(int type, byte[] body) {
            switch (type) {
                case 'P' -> parsed(text(body, 0), body);
                case 'B' -> bound = names.contains(text(body, text(body, 0).length() + 1));
                case 'S' -> {
                    boolean commits = bound;
                    bound = false;
                    return commits;
                }
                default -> {}
            }
            return false;
        }

        private void parsed(String name, byte[] body) {
            String sql = text(body, name.length() + 1);
            tellEvents |= sql.contains("storage_private.events_");
            if (CHANGES.matcher(sql).find()) {
                names.add(name);
            } else {
                names.remove(name);
            }
        }

        private static String text(byte[] body, int from) {
            int end = from;
            while (body[end] != 0) {
                end++;
            }
            return new String(body, from, end - from, StandardCharsets.ISO_8859_1);
        }
    }

    @FunctionalInterface
    private interface IoTask {
        void run() throws IOException;
    }
}
