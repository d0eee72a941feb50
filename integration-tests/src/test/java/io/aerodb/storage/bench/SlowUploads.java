package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Another work while many clients send little by little: what each of them costs in memory, and the others in time. */
final class SlowUploads implements Work {

    private static final String BUCKET = "slow";
    private static final int CLIENTS = 500;
    private static final int PIECE = 4096;
    private static final long MILLIS = 500; // from one piece to the next
    private static final long LENGTH = 1L << 30;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Server server;
    private final Work work;
    private final List<SocketChannel> clients = new ArrayList<>();
    private Thread sender = new Thread();
    private long residentBefore;

    private SlowUploads(Server server, Work work) {
        this.server = server;
        this.work = work;
    }

    static Work beside(Contestant contestant, Line line) throws IOException {
        if (contestant.stock().lacks(BUCKET)) {
            contestant.target().createBucket(BUCKET, false);
        }
        return new SlowUploads(contestant.server(), Uploads.plain(contestant, line));
    }

    @Override
    public void begin() throws Exception {
        work.begin();
        if (residentBefore == 0) {
            residentBefore = server.processes().resident(); // later it may have kept what they took
        }
        for (int number = 0; number < CLIENTS; number++) {
            clients.add(client(number));
        }
        sender = new Thread(this::send, "slow-uploads");
        sender.setDaemon(true);
        sender.start();
        await(CLIENTS); // their beginning is not what is measured
    }

    @Override
    public Request next(long number) {
        return work.next(number);
    }

    @Override
    public void end(long count) throws Exception {
        boolean going = sender.isAlive();
        sender.interrupt();
        sender.join();
        for (SocketChannel client : clients) {
            client.close();
        }
        clients.clear();
        await(0);
        work.end(count);
        if (!going) {
            throw new IOException("the slow uploads were broken off");
        }
    }

    @Override
    public double kibEach(long resident) {
        return (resident - residentBefore) / 1024.0 / CLIENTS;
    }

    /** Until so many uploads are under way, the last of another round done with. */
    private void await(int underWay) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (underWay() != underWay) {
            if (System.nanoTime() > deadline) {
                throw new IOException("%d slow uploads instead of %d".formatted(underWay(), underWay));
            }
            Thread.sleep(50);
        }
    }

    private long underWay() {
        return server.database()
                .count("SELECT count(*) FROM storage.blobs WHERE state = 'writing' AND bucket_id = ?", BUCKET);
    }

    private SocketChannel client(int number) throws IOException {
        Request request = server.request("PUT", BUCKET, "slow/" + number);
        SocketChannel channel = SocketChannel.open(Child.address(server.port()));
        channel.write(ByteBuffer.wrap("PUT %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n"
                .formatted(request.target(), request.headers(), LENGTH)
                .getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    /** Round after round a piece by each. The kernel has room for it, so nobody waits for anybody. */
    private void send() {
        try {
            while (true) {
                for (SocketChannel client : clients) {
                    client.write(ByteBuffer.allocate(PIECE));
                }
                Thread.sleep(MILLIS);
            }
        } catch (IOException | InterruptedException end) {
            // of the round, or of a connection, which the round finds out
        }
    }
}
