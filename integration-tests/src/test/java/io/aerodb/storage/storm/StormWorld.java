package io.aerodb.storage.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.s3.S3FaultProxy;
import io.aerodb.storage.backend.s3.S3ProxyServer;
import io.aerodb.storage.harness.Cleanup;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Integrity;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.PostgresServer;
import io.aerodb.storage.harness.Stored;
import io.aerodb.storage.harness.StoredInS3;
import io.aerodb.storage.harness.WireProxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything there is in a storm: the packaged gateway with a local backend on a small disk and one in S3, PostgreSQL, S3,
 * and between them what cuts and delays.
 */
final class StormWorld implements AutoCloseable {

    /** Lines of a log that tell its reader of a defect, or of nothing. */
    private static final Pattern NOISE = Pattern.compile(
            "onErrorDropped|event=error_dropped|onUncaughtException|Failed to mark a promise|exceptionCaught\\(\\)|post termination");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String user = Names.user();
    private final PostgresServer postgres;
    private final Database database;
    private final WireProxy wire;
    private final S3ProxyServer s3;
    private final S3FaultProxy network;
    private final StoredInS3 inS3;
    private final Optional<SmallDisk> disk;
    private final Gateway gateway;
    private final List<String> buckets;

    StormWorld() throws Exception {
        postgres = opened(PostgresServer.fresh());
        database = postgres.newDatabase();
        wire = opened(new WireProxy(database));
        s3 = opened(S3ProxyServer.inMemory());
        network = opened(S3FaultProxy.to(s3.endpoint().uri()));
        inS3 = StoredInS3.on(s3);
        disk = SmallDisk.mounted();
        disk.ifPresent(open::push);
        gateway = opened(Launch.fresh(settings())
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start());
        buckets = List.of(bucket("local"), bucket("s3"));
    }

    PostgresServer postgres() {
        return postgres;
    }

    Database database() {
        return database;
    }

    WireProxy wire() {
        return wire;
    }

    S3ProxyServer s3() {
        return s3;
    }

    S3FaultProxy network() {
        return network;
    }

    Optional<SmallDisk> disk() {
        return disk;
    }

    Gateway gateway() {
        return gateway;
    }

    String user() {
        return user;
    }

    /** One for each backend. */
    List<String> buckets() {
        return buckets;
    }

    /** A time in which the clients go on. */
    void pause(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    /** PostgreSQL has noticed that the gateway is no more, and nothing of what it asked for can happen any more. */
    void awaitEndOfSessions() {
        await("sessions").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(sessions("true"))
                .isEmpty());
    }

    /** Nobody is given time any more because a gateway could not beat, or has just started: the dead are dead. */
    private void awaitLeases() {
        await("leases").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(database.rows("""
                SELECT FROM storage.instances
                WHERE greatest(resumed_at, started_at) > clock_timestamp() - interval '2 seconds'"""))
                .isEmpty());
    }

    /** The gateway's in the database, of which this holds. */
    List<Map<String, Object>> sessions(String condition) {
        return database.rows("""
                SELECT pid, state, query FROM pg_stat_activity
                WHERE application_name = 'aerodb-storage' AND datname = current_database() AND (%s)""".formatted(condition));
    }

    /** What does not hold now that nobody acts, after one clean-up. */
    List<String> violations() {
        awaitLeases();
        Cleanup.run(gateway).expect(200);
        List<String> violations = new ArrayList<>(new Integrity(gateway, database, backends()).violations());
        gateway.output().lines().filter(line -> NOISE.matcher(line).find()).forEach(violations::add);
        return violations;
    }

    List<Stored> backends() {
        return List.of(gateway.directory(), inS3);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            close(open.pop());
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception failure) {
            throw new IllegalStateException("a part of the storm did not end", failure);
        }
    }

    private String bucket(String backend) {
        String name = Names.bucket(backend);
        gateway.as(gateway.tokens().serviceFor(user))
                .createBucket("""
                        {"name": "%s", "policy": "private", "backend": "%s"}""".formatted(name, backend))
                .expect(201);
        return name;
    }

    private String[] settings() {
        List<String> own = new ArrayList<>(List.of(
                "--storage.local.enabled=true",
                "--storage.local.min-free-space=1MB",
                "--storage.default-backend=local"));
        disk.ifPresent(
                small -> own.add("--storage.local.root=" + small.directory().resolve("objects")));
        Stream<String> bytes = new StoredInS3(s3.endpoint().via(network.uri()), inS3.bucket())
                .settings().stream().filter(setting -> !setting.startsWith("--storage.local."));
        return Stream.of(
                        own.stream(),
                        bytes,
                        postgres.settings(database, wire.port()).stream(),
                        Cleanup.settings().stream())
                .flatMap(all -> all)
                .toArray(String[]::new);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }
}
