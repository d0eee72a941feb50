package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A thousand subscribers with tokens of their own while many upload: everything is told once, and how soon. The figures are
 * printed; they mean something on a quiet machine only.
 */
@Tag("slow")
class EventLoadIT {

    private static final int SUBSCRIBERS = 1000;
    private static final int UPLOADERS = 16;
    private static final int WARM_UP_SECONDS = 15;
    private static final int SECONDS = 30;
    private static final Body CONTENT = Body.ofSize(1024);

    private final Gateway gateway = Launch.fresh()
            .onJvm("-Xmx512m", "-XX:+UseSerialGC", "-Dio.netty.maxDirectMemory=268435456")
            .start();
    private final InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
    private final AtomicLong uploads = new AtomicLong();

    @Test
    void aThousandSubscribersAreToldOfAllUploads() throws Exception {
        try {
            System.out.println(Machine.here(Path.of("target")));
            buckets();
            round("each his own bucket", false, 200);
            round("all the same public bucket", true, 20);
        } finally {
            gateway.close();
        }
    }

    private void buckets() {
        gateway.database().execute("""
                INSERT INTO storage.buckets (id, name, owner_id, policy)
                SELECT 'b-' || n, 'b-' || n, 'user-' || n, CASE n WHEN 0 THEN 'public' ELSE 'private' END
                FROM generate_series(0, ?) n""", SUBSCRIBERS);
    }

    private void round(String name, boolean shared, int perSecond) throws Exception {
        Processes process = Processes.gateway(ProcessHandle.of(gateway.pid()).orElseThrow());
        try (Listeners listeners = new Listeners(server);
                ResidentMemory memory = new ResidentMemory(process)) {
            for (int i = 1; i <= SUBSCRIBERS; i++) {
                listeners.open(gateway.tokens().user("user-" + i), shared ? "b-0" : "b-" + i);
            }
            listeners.start();
            await("all streams").atMost(Duration.ofMinutes(1)).until(() -> listeners.begun() == SUBSCRIBERS);
            upload(shared, perSecond, WARM_UP_SECONDS);
            allTold(listeners, shared);
            listeners.measure();
            long before = uploads.get();
            CpuSeconds start = CpuSeconds.now(process);
            upload(shared, perSecond, SECONDS);
            double reached = (uploads.get() - before) / (double) SECONDS;
            allTold(listeners, shared);
            print(name, reached, CpuSeconds.now(process).since(start), listeners.latencies(), memory.most());
        } finally {
            uploads.set(0);
        }
    }

    private void allTold(Listeners listeners, boolean shared) {
        long expected = uploads.get() * (shared ? SUBSCRIBERS : 1);
        await("all events").atMost(Duration.ofMinutes(1)).until(() -> listeners.told() >= expected);
        assertThat(listeners.told()).isEqualTo(expected);
    }

    /** Each uploader begins when it is his turn, or at once when he is late. */
    private void upload(boolean shared, int perSecond, int seconds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(UPLOADERS);
        try {
            long begin = System.nanoTime();
            AtomicLong turns = new AtomicLong();
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < UPLOADERS; i++) {
                running.add(threads.submit(uploader(shared, perSecond, seconds, begin, turns)));
            }
            for (Future<Void> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Callable<Void> uploader(boolean shared, int perSecond, int seconds, long begin, AtomicLong turns) {
        return () -> {
            try (Connection connection = Connection.open(server)) {
                while (true) {
                    long due = begin + turns.getAndIncrement() * 1_000_000_000L / perSecond;
                    if (Math.max(due, System.nanoTime()) - begin >= seconds * 1_000_000_000L) {
                        return null;
                    }
                    Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
                    put(connection, shared);
                }
            }
        };
    }

    private void put(Connection connection, boolean shared) throws IOException {
        long number = uploads.get();
        long user = shared ? 0 : 1 + System.nanoTime() / 1000 % SUBSCRIBERS;
        String path = "/storage/v1/object/b-%d/%s-%d"
                .formatted(user, Thread.currentThread().getName(), System.nanoTime() + number);
        String token = "Authorization: Bearer " + gateway.tokens().user("user-" + user) + "\r\n";
        connection.exchange(new Request("POST", path, token).sending(CONTENT));
        uploads.incrementAndGet();
    }

    private static void print(String name, double reached, CpuSeconds cpu, int[] micros, long memory) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.0f uploads/s; told after p50 %.1f ms, p99 %.1f ms, at most %.1f ms; CPU of two: gateway %.2f,"
                        + " PostgreSQL %.2f, client %.2f, others %.2f; RSS %d MiB%n",
                name,
                reached,
                micros[0] / 1000.0,
                micros[1] / 1000.0,
                micros[2] / 1000.0,
                cpu.server() / SECONDS,
                cpu.database() / SECONDS,
                cpu.client() / SECONDS,
                cpu.others() / SECONDS,
                memory >> 20);
    }
}
