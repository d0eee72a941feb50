package io.aerodb.storage.overload;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Cable;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.OwnDatabase;
import io.aerodb.storage.harness.RawHttp;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * PostgreSQL that is away, silent, slow, or out of connections: every request is told so within its time, readiness says it,
 * and nobody has to do anything when it is over.
 */
class DatabaseOutageIT {

    /** Statement time-out, what an answer may take beyond it, and some for a slow machine. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static Cable cable;
    private static Database database;
    private static String login;
    private static Gateway gateway;

    private final Api api = gateway.asUser(Names.user());
    private String bucket;

    @BeforeAll
    static void start() {
        OwnDatabase own = OwnDatabase.fresh();
        database = own.database();
        login = own.login();
        cable = new Cable(database.host(), database.port());
        Stream<String> impatient = Stream.of(
                "--storage.database.pool-size=4",
                "--storage.database.acquire-timeout=1s",
                "--storage.database.connect-timeout=1s",
                "--storage.database.statement-timeout=1s");
        gateway = Gateway.start(
                Stream.concat(own.settings(cable.port()).stream(), impatient).toArray(String[]::new));
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        cable.close();
    }

    @BeforeEach
    void somethingIsThere() {
        bucket = api.newBucket("private");
        api.upload(bucket, "file", Bytes.of("content")).expect(201);
    }

    @AfterEach
    void everythingWorksAgainByItself() {
        await("readiness")
                .atMost(Duration.ofSeconds(20))
                .until(() -> readiness().status() == 200);
        await("service").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(Bytes.of("content"));
            assertThat(api.replace(bucket, "after", Bytes.of("x"))).hasStatus(200);
        });
    }

    @Test
    void awayAndBackAgain() throws IOException {
        RawHttp upload = begun();
        cable.pullOut();
        try {
            everyRequestIsRefused();
            assertThat(upload.write(Bytes.of("0123456789")).answer()).isRefused(503, "ServiceUnavailable");
        } finally {
            upload.close();
            cable.plugIn();
        }
    }

    @Test
    void silent() {
        cable.fallSilent();
        try {
            everyRequestIsRefused();
        } finally {
            cable.speakAgain();
        }
    }

    @Test
    void outOfConnections() {
        database.execute("ALTER ROLE " + login + " CONNECTION LIMIT 0");
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?", login);
        try {
            everyRequestIsRefused();
        } finally {
            database.execute("ALTER ROLE " + login + " CONNECTION LIMIT -1");
        }
    }

    @Test
    void slow() throws Exception {
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("LOCK TABLE storage.objects, storage.buckets IN ACCESS EXCLUSIVE MODE");
            for (Supplier<Answer> request : requests()) {
                isRefusedSoon(request);
            }
            other.rollback();
        }
    }

    private void everyRequestIsRefused() {
        for (Supplier<Answer> request : requests()) {
            isRefusedSoon(request);
        }
        Answer readiness = readiness();
        assertThat(readiness.status()).isEqualTo(503);
        assertThat(readiness.json().at("/components/database/status").asString())
                .isEqualTo("DOWN");
        assertThat(readiness.json().at("/components/database/details/reason").asString())
                .containsAnyOf("connection", "no answer")
                .doesNotContain("password", "secret");
        assertThat(readiness.json().at("/components/backend/status").asString()).isEqualTo("UP");
        assertThat(liveness().json().at("/components").propertyNames()).containsExactly("livenessState");
        assertThat(liveness()).hasStatus(200);
    }

    private List<Supplier<Answer>> requests() {
        return List.of(
                () -> api.download(bucket, "file"),
                () -> api.upload(bucket, "new", Bytes.of("x")),
                () -> api.postJson("/object/list/" + bucket, "{\"prefix\":\"\"}"),
                () -> api.get("/bucket/" + bucket));
    }

    private static void isRefusedSoon(Supplier<Answer> request) {
        long start = System.nanoTime();
        Answer answer = request.get();
        assertThat(answer).isRefused(503, "ServiceUnavailable").hasHeader("retry-after", "1");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    /** An upload that the database has permitted. */
    private RawHttp begun() throws IOException {
        RawHttp upload = RawHttp.open(gateway.port())
                .request(
                        "POST /storage/v1/object/" + bucket + "/begun HTTP/1.1",
                        "Authorization: Bearer " + gateway.tokens().service(),
                        "Content-Length: 10",
                        "Expect: 100-continue");
        assertThat(upload.answer()).hasStatus(100);
        return upload;
    }

    private static Answer readiness() {
        return management("readiness");
    }

    private static Answer liveness() {
        return management("liveness");
    }

    private static Answer management(String group) {
        return gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/health/" + group), BodyPublishers.noBody());
    }
}
