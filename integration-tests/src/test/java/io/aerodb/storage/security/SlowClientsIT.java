package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Descriptors;
import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A thousand clients that send a byte a second and two hundred that read one, while others are served as ever. */
class SlowClientsIT {

    private static final int SENDERS = 1_000;
    private static final int BATCH = 50;
    private static final int READERS = 200;
    private static final int SECONDS = 4;
    private static final byte[] ONE = new byte[1];

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final String token = gateway.tokens().user(user);
    private final String service = gateway.tokens().service(); // others may not have so many uploads
    private final Api api = gateway.as(token);
    private final String bucket = api.newBucket("private");
    private final List<RawHttp> senders = new CopyOnWriteArrayList<>();
    private final List<RawHttp> readers = new CopyOnWriteArrayList<>();
    private final AtomicInteger seconds = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void everybodyLeaves() throws IOException {
        clock.shutdownNow();
        for (RawHttp connection : senders) {
            connection.abort();
        }
        for (RawHttp connection : readers) {
            connection.abort();
        }
        senders.clear();
        readers.clear();
    }

    @Test
    void othersAreServedBesideThemAndNothingIsLeftOfThem() throws IOException {
        Disk disk = gateway.disk(); // the S3 server of the tests has too few threads for so many
        api.upload(bucket, "large", new byte[4_000_000]).expect(201);
        Descriptors descriptors = Descriptors.of(gateway);
        long before = descriptors.count();
        Future<?> ticking = clock.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS);
        openSenders();
        openReaders();
        int opened = seconds.get();

        for (int i = 0; seconds.get() < opened + SECONDS; i++) {
            servedInGoodTime("file-" + i % 10);
            assertThat(ticking).as("slow clients are not dropped").isNotDone();
        }
        assertThat(disk.unfinished()).hasSizeGreaterThanOrEqualTo(SENDERS);

        everybodyLeaves();
        Leftovers.in(gateway, bucket).vanish();
        await("descriptors").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(descriptors.count())
                .isLessThanOrEqualTo(before + 20)); // connections to the database that were opened meanwhile
    }

    /** Not all at once, or the gateway would turn most of them away. Each is in the middle of its upload afterwards. */
    private void openSenders() throws IOException {
        for (int batch = 0; batch < SENDERS / BATCH; batch++) {
            List<RawHttp> opened = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                opened.add(RawHttp.open(gateway.port())
                        .request(
                                "POST /storage/v1/object/" + bucket + "/slow-" + batch + "-" + i + " HTTP/1.1",
                                "Authorization: Bearer " + service,
                                "Content-Length: 1000",
                                "Expect: 100-continue"));
            }
            for (RawHttp connection : opened) {
                assertThat(connection.answer()).hasStatus(100);
            }
            senders.addAll(opened);
        }
    }

    private void openReaders() throws IOException {
        for (int i = 0; i < READERS; i++) {
            readers.add(RawHttp.openNarrow(gateway.port())
                    .request("GET /storage/v1/object/" + bucket + "/large HTTP/1.1", "Authorization: Bearer " + token));
        }
    }

    private void tick() {
        try {
            for (RawHttp sender : senders) {
                sender.write(ONE);
            }
            for (RawHttp reader : readers) {
                reader.read(1);
            }
            seconds.incrementAndGet();
        } catch (IOException dropped) {
            throw new UncheckedIOException("a slow client was dropped", dropped);
        }
    }

    private void servedInGoodTime(String path) {
        long start = System.nanoTime();
        assertThat(api.replace(bucket, path, Bytes.of(path))).hasStatus(200);
        assertThat(api.download(bucket, path)).hasStatus(200).hasBody(Bytes.of(path));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
}
