package io.aerodb.storage.overload;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** More clients than are let in; and SIGTERM while uploads and downloads run, some of which never end by themselves. */
class ShutdownIT {

    private static final int MOST = 6;
    private static final int MOST_OF_ONE = 4;

    private static Gateway gateway;

    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                "--storage.shutdown-timeout=4s",
                "--storage.admission.max-uploads=" + MOST,
                "--storage.admission.max-uploads-per-caller=" + MOST_OF_ONE);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void uploadsBeyondTheBoundsAreRefusedBeforeTheirBodiesAndEverySlotComesBack() throws IOException {
        List<RawHttp> open = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < MOST_OF_ONE; i++) {
                open.add(begun(user, "open-" + i));
            }
            assertThat(offered(user)).isRefused(429, "SlowDown").hasHeader("retry-after", "1");
            assertThat(api.download(bucket, "missing")).isRefused(404, "NoSuchKey");
            while (open.size() < MOST) {
                open.add(begun(null, "service-" + open.size()));
            }
            assertThat(offered(null)).isRefused(503, "ServiceUnavailable").hasHeader("retry-after", "1");
            for (RawHttp connection : open) {
                connection.write(Bytes.of("01234")).abort();
            }
            open.clear();
            await("slots").untilAsserted(() -> assertThat(uploadsOpen()).isZero());
        }
        assertThat(new Metrics(gateway).sum("storage_refused_total", "kind=\"upload\""))
                .isGreaterThanOrEqualTo(10);
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void whatCanEndEndsAndTheRestIsGivenUpInTimeAndLeavesNothing() throws Exception {
        byte[] large = new byte[20_000_000];
        api.upload(bucket, "large", large).expect(201);
        List<RawHttp> connections = new ArrayList<>();
        try {
            RawHttp ends = begun(user, "ends");
            RawHttp stays = begun(user, "stays").write(Bytes.of("01234"));
            RawHttp reads = RawHttp.openNarrow(gateway.port())
                    .request("GET /storage/v1/object/" + bucket + "/large HTTP/1.1", authorization(user));
            connections.addAll(List.of(ends, stays, reads));
            assertThat(reads.read(1)).hasSize(1);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(ShutdownIT::stopNow);
            await("readiness off").atMost(Duration.ofSeconds(3)).until(() -> readiness() != 200);
            await("no new requests").atMost(Duration.ofSeconds(3)).until(ShutdownIT::refusesConnections);

            assertThat(ends.write(Bytes.of("0123456789")).answer()).hasStatus(201);
            long terminated = System.nanoTime();
            stopped.get();
            assertThat(Duration.ofNanos(System.nanoTime() - terminated)).isLessThan(Duration.ofSeconds(15));
            assertThat(stays.closedByServer()).isTrue();
        } finally {
            for (RawHttp connection : connections) {
                connection.close();
            }
            gateway.restart();
        }
        assertThat(api.download(bucket, "ends")).hasStatus(200).hasBody(Bytes.of("0123456789"));
        assertThat(api.download(bucket, "large")).hasStatus(200).hasBody(large);
        assertThat(api.download(bucket, "stays")).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, bucket).vanish();
    }

    private RawHttp begun(String who, String path) throws IOException {
        RawHttp upload = asking(who, path);
        assertThat(upload.answer()).hasStatus(100);
        return upload;
    }

    private Answer offered(String who) throws IOException {
        try (RawHttp upload = asking(who, "more")) {
            return upload.answer();
        }
    }

    private RawHttp asking(String who, String path) throws IOException {
        return RawHttp.open(gateway.port())
                .request(
                        "POST /storage/v1/object/" + bucket + "/" + path + " HTTP/1.1",
                        authorization(who),
                        "Content-Length: 10",
                        "Expect: 100-continue");
    }

    /** @param who null for service_role */
    private static String authorization(String who) {
        return "Authorization: Bearer "
                + (who == null ? gateway.tokens().service() : gateway.tokens().user(who));
    }

    private static double uploadsOpen() {
        return new Metrics(gateway).sum("storage_open", "kind=\"upload\"");
    }

    private static int readiness() {
        try {
            return gateway.anonymously()
                    .exchange(
                            "GET", gateway.management().resolve("/actuator/health/readiness"), BodyPublishers.noBody())
                    .status();
        } catch (java.io.UncheckedIOException gone) {
            return -1;
        }
    }

    private static void stopNow() {
        try {
            gateway.stop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean refusesConnections() {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            return connection
                            .request("GET /storage/v1/bucket HTTP/1.1")
                            .answer()
                            .status()
                    == 503;
        } catch (IOException refused) {
            return true;
        }
    }
}
