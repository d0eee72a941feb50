package io.aerodb.storage.gateway.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.cleanup.OpenWrites;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.jobs.JobRunner;
import io.aerodb.storage.gateway.object.LiveMetadata;
import io.aerodb.storage.gateway.wiring.MigrationSettings;
import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.Completion;
import io.aerodb.storage.metadata.Migration;
import io.aerodb.storage.metadata.Migration.State;
import io.aerodb.storage.metadata.MigrationOrder;
import io.aerodb.storage.metadata.MigrationRepository;
import io.aerodb.storage.metadata.MigrationStart.Started;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadIntent;
import io.aerodb.storage.metadata.WriteRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Gateways that work on migrations: against a real database, and a target that can be held up. */
class MigrationJobTest {

    private static final RlsContext ALICE =
            new RlsContext("alice", Role.AUTHENTICATED, "{\"sub\":\"alice\",\"role\":\"authenticated\"}");
    private static final MigrationSettings SETTINGS = new MigrationSettings(
            2, DataSize.ofBytes(0), Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ofHours(1));
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static LiveMetadata metadata;

    private final MemoryStorageBackend source = new MemoryStorageBackend();
    private final MemoryStorageBackend stored = new MemoryStorageBackend();
    private final StorageBackends backends =
            new StorageBackends(Map.of("source", source, "target", new HeldUp()), "source");
    private final String bucket = "bucket-" + UUID.randomUUID();
    private Function<Mono<StoredBlob>, Mono<StoredBlob>> writing = Function.identity();
    private volatile Consumer<String> admission = backend -> {};

    @BeforeAll
    static void open() {
        metadata = new LiveMetadata(directory.resolve("data"));
    }

    @AfterAll
    static void close() {
        metadata.close();
    }

    @AfterEach
    void noCopyIsLeftUnfinished() {
        assertThat(unfinished()).isEqualTo("0");
        metadata.value("UPDATE storage_private.migrations SET state = 'cancelled', finished_at = now()"
                + " WHERE state = 'running' RETURNING 1");
    }

    @Test
    void noMoreAreCopiedAtOnceThanAllowed() {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        writing = write -> write.delayElement(Duration.ofMillis(50))
                .doFirst(() -> most.accumulateAndGet(open.incrementAndGet(), Math::max))
                .doFinally(end -> open.decrementAndGet());
        Migration job = started(6);

        JobRunner runner = runner(migrations());
        runner.start();
        await().atMost(LIMIT).until(() -> find(job).state() == State.DONE);
        stop(runner);

        assertThat(most).hasValue(2);
        assertThat(live("target")).isEqualTo("6");
    }

    @Test
    void aTargetThatTakesNoUploadsIsWaitedForAndSaidToBeTheReason() {
        admission = backend -> {
            if (backend.equals("target")) {
                throw ErrorCode.SERVICE_UNAVAILABLE.because("no uploads to " + backend);
            }
        };
        Migration job = started(1);

        JobRunner runner = runner(migrations());
        runner.start();
        await().atMost(LIMIT)
                .until(() -> "no uploads to target".equals(find(job).lastError()));
        assertThat(find(job).failed()).isZero();
        admission = backend -> {};
        await().atMost(LIMIT).until(() -> find(job).state() == State.DONE);
        stop(runner);
    }

    @Test
    void aTargetThatDoesNotAnswerIsWaitedForAndSaidToBeTheReason() {
        AtomicInteger failures = new AtomicInteger(2);
        writing = write -> Mono.defer(() -> failures.getAndDecrement() > 0
                ? Mono.error(new BackendException.Unavailable("the target is away", null))
                : write);
        Migration job = started(4);

        JobRunner runner = runner(migrations());
        runner.start();
        await().atMost(LIMIT).until(() -> find(job).state() == State.DONE);
        stop(runner);

        assertThat(find(job).lastError()).isEqualTo("the target is away");
        assertThat(find(job).failed()).isZero();
        assertThat(live("target")).isEqualTo("4");
    }

    @Test
    void aGatewayThatStopsGivesItsCopiesUpAndTheJobBack() {
        writing = write -> Mono.never();
        Migration job = started(4);
        JobRunner runner = runner(migrations());
        runner.start();
        await().atMost(LIMIT).until(() -> unfinished().equals("2"));

        stop(runner);

        assertThat(find(job).state()).isEqualTo(State.RUNNING);
        assertThat(metadata.value(
                        "SELECT worker IS NULL AND due_at <= now() FROM storage_private.migrations WHERE id = '%s'"
                                .formatted(job.id())))
                .isEqualTo("t");
    }

    @Test
    void aCancelledJobStopsWithinItsLease() {
        writing = write -> Mono.never();
        Migration job = started(4);
        JobRunner runner = runner(migrations());
        runner.start();
        await().atMost(LIMIT).until(() -> unfinished().equals("2"));

        migrations().cancel(job.id()).block();

        await().atMost(LIMIT).until(() -> unfinished().equals("0"));
        stop(runner);
        assertThat(live("source")).isEqualTo("4");
    }

    @Test
    void twoGatewaysThatWorkOnOneJobMoveEverythingOnce() {
        writing = write -> write.delayElement(Duration.ofMillis(20));
        Migration job = started(8);
        MigrationRepository one = migrations();
        MigrationRepository two = migrations();
        one.claim(backends.names(), SETTINGS.lease()).block();
        metadata.value(
                "UPDATE storage_private.migrations SET due_at = now() WHERE id = '%s' RETURNING 1".formatted(job.id()));
        two.claim(backends.names(), SETTINGS.lease()).block();

        Mono.when(turn(job, one).run(Mono.never()), turn(job, two).run(Mono.never()))
                .block(LIMIT);
        JobRunner runner = runner(two);
        runner.start();
        await().atMost(LIMIT).until(() -> find(job).state() == State.DONE);
        stop(runner);

        assertThat(find(job).objects()).isEqualTo(8);
        assertThat(live("target")).isEqualTo("8");
        assertThat(stored.list().count().block()).as("files on the target").isEqualTo(8);
    }

    private static MigrationRepository migrations() {
        return metadata.migrations(UUID.randomUUID());
    }

    private JobRunner runner(MigrationRepository migrations) {
        MigrationJob job = new MigrationJob(migrations, mover(migrations), backends.names(), SETTINGS);
        return new JobRunner("migration", job::run, Duration.ZERO, SETTINGS.pollInterval(), true);
    }

    private Turn turn(Migration job, MigrationRepository migrations) {
        return new Turn(job, migrations, mover(migrations), SETTINGS);
    }

    private BlobMover mover(MigrationRepository migrations) {
        return new BlobMover(
                migrations,
                metadata.ledger,
                backends,
                new MigrationMeters(new SimpleMeterRegistry(), Set.of()),
                new OpenWrites(),
                backend -> admission.accept(backend));
    }

    private static void stop(JobRunner runner) {
        CountDownLatch stopped = new CountDownLatch(1);
        runner.stop(stopped::countDown);
        try {
            assertThat(stopped.await(9, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static Migration find(Migration job) {
        return migrations().find(job.id()).block();
    }

    private Migration started(int objects) {
        metadata.bucket(ALICE, bucket, null);
        for (int i = 0; i < objects; i++) {
            upload("f" + i);
        }
        MigrationOrder order = new MigrationOrder(bucket, "target", null, "source");
        return ((Started) migrations().start(ALICE, order).block()).migration();
    }

    private void upload(String path) {
        UploadIntent intent =
                new UploadIntent(bucket, path, "source", "text/plain", OptionalLong.empty(), WriteRule.CREATE, null);
        Permitted permit = (Permitted) metadata.objects.begin(ALICE, intent).block();
        Flux<DataBuffer> content =
                Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(path.getBytes(StandardCharsets.UTF_8)));
        StoredBlob blob = source.write(new BlobKey(permit.blobKey()), content, WriteHints.NONE)
                .block();
        Completion upload = new Completion(
                permit, path, blob.size(), blob.sha256(), "text/plain", "no-cache", null, null, WriteRule.CREATE, null);
        assertThat(metadata.objects.commit(ALICE, upload).block()).isInstanceOf(Committed.class);
    }

    private String live(String backend) {
        return metadata.value("SELECT count(*) FROM storage.objects o JOIN storage.blobs b ON b.key = o.blob_key"
                + " WHERE o.bucket_id = '%s' AND o.backend = '%s' AND b.state = 'live'".formatted(bucket, backend));
    }

    private String unfinished() {
        return metadata.value(
                "SELECT count(*) FROM storage.blobs WHERE bucket_id = '%s' AND state = 'writing'".formatted(bucket));
    }

    /** The target, whose writes a test may hold up. */
    private final class HeldUp extends ForwardingBackend {

        HeldUp() {
            super(stored);
        }

        @Override
        public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
            return Mono.defer(() -> writing.apply(super.write(key, content, hints)));
        }
    }
}
