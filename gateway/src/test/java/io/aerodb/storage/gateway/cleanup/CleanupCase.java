package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.local.LocalSettings;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.gateway.object.LiveMetadata;
import io.aerodb.storage.gateway.wiring.CleanupSettings;
import io.aerodb.storage.metadata.CommitOutcome;
import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.Completion;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.ObjectRepository;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadIntent;
import io.aerodb.storage.metadata.WriteRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.Flux;

/** A database and a directory of files, with a bucket of the test, and jobs with the grace time that the test wants. */
abstract class CleanupCase {

    static final RlsContext ALICE =
            new RlsContext("alice", Role.AUTHENTICATED, "{\"sub\":\"alice\",\"role\":\"authenticated\"}");
    static final Duration LIMIT = Duration.ofSeconds(30);
    /** Files that may be missing or unknown. */
    static final int TOLERATED = 3;

    static final int MOST_MISSING = 5;

    static final Duration DEAD_AFTER = Duration.ofMinutes(1);

    final LiveMetadata metadata = Shared.METADATA;
    final UUID installation = Shared.INSTALLATION;
    /** From one comparison to the next. */
    Duration interval = Duration.ofHours(1);

    private final List<LocalStorageBackend> copies = new ArrayList<>();
    private Path root;
    LocalStorageBackend local;
    StorageBackends backends;
    UUID instance;
    String bucket;
    OpenWrites writes;
    SimpleMeterRegistry registry;
    CleanupMeters meters;

    @BeforeEach
    void openBackend(@TempDir Path directory) {
        writes = new OpenWrites();
        registry = new SimpleMeterRegistry();
        meters = new CleanupMeters(registry, Set.of());
        instance = livingInstance();
        bucket = "bucket-" + UUID.randomUUID();
        metadata.bucket(ALICE, bucket, null);
        root = directory.resolve(bucket);
        local = LocalStorageBackend.open(new LocalSettings(root, false, 0, 4, 10_000, LIMIT));
        local.own(installation).block();
        backends = new StorageBackends(Map.of("local", local), "local");
        grace(Duration.ZERO);
    }

    /** Nothing stays for the next test. */
    @AfterEach
    void clear() {
        metadata.run("DELETE FROM storage.objects; DELETE FROM storage.blobs; DELETE FROM storage.instances;"
                + " DELETE FROM storage_private.orphans; DELETE FROM storage_private.comparisons;"
                + " DELETE FROM storage_private.fences");
        local.close();
        copies.forEach(LocalStorageBackend::close);
    }

    /** As {@code cp -a} makes it. */
    LocalStorageBackend copyOfTheVolume() throws IOException {
        Path copy = root.resolveSibling("copy-" + UUID.randomUUID());
        FileSystemUtils.copyRecursively(root, copy);
        LocalStorageBackend opened = LocalStorageBackend.open(new LocalSettings(copy, false, 0, 4, 10_000, LIMIT));
        copies.add(opened);
        return opened;
    }

    Path root() {
        return root;
    }

    void grace(Duration grace) {
        garbage().keep(grace, grace).block();
    }

    GarbageRepository garbage() {
        return garbage(instance);
    }

    GarbageRepository garbage(UUID of) {
        return metadata.garbage(of, DEAD_AFTER);
    }

    Sweeper sweeper() {
        return new Sweeper(garbage(), writes, meters, fences());
    }

    Fences fences() {
        return fences(instance, backends);
    }

    Fences fences(UUID of, StorageBackends volumes) {
        return new Fences(
                new VolumeGuard(installation), metadata.fences(of, DEAD_AFTER), volumes, meters, Duration.ofMinutes(1));
    }

    GarbageCollector collector(GarbageRepository garbage) {
        return new GarbageCollector(garbage, fences(), 4, meters);
    }

    /** What one collector does at once with the files of a backend. */
    Collected collect(StorageBackend backend) {
        return collector(garbage())
                .collect("local", backend, new StopSignal())
                .reduce(Collected.NOTHING, Collected::plus)
                .block(LIMIT);
    }

    Collected collect() {
        return collect(local);
    }

    /** A gateway that has held its lease for long. */
    UUID livingInstance() {
        UUID id = UUID.randomUUID();
        metadata.ledger.beat(id, "test", DEAD_AFTER).block();
        metadata.run(
                "UPDATE storage.instances SET started_at = now() - interval '1 day' WHERE id = '%s'".formatted(id));
        return id;
    }

    /** A gateway whose last beat is longer ago than gateways live. */
    UUID deadInstance() {
        UUID id = livingInstance();
        metadata.run("UPDATE storage.instances SET heartbeat_at = now() - interval '61 seconds' WHERE id = '%s'"
                .formatted(id));
        return id;
    }

    /** The key of the new object. */
    String upload(String path) {
        Permitted permit = begin(instance, path);
        StoredBlob stored = store(permit);
        assertThat(commit(instance, permit, path, stored)).isInstanceOf(Committed.class);
        return permit.blobKey();
    }

    Permitted begin(UUID writer, String path) {
        UploadIntent intent =
                new UploadIntent(bucket, path, "local", "text/plain", OptionalLong.empty(), WriteRule.OVERWRITE, null);
        return (Permitted) metadata.objects(writer).begin(ALICE, intent).block();
    }

    StoredBlob store(Permitted permit) {
        return store(permit.blobKey());
    }

    StoredBlob store(String key) {
        byte[] bytes = "content".getBytes(StandardCharsets.UTF_8);
        return local.write(
                        new BlobKey(key),
                        Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes)),
                        WriteHints.NONE)
                .block(LIMIT);
    }

    CommitOutcome commit(UUID writer, Permitted permit, String path, StoredBlob stored) {
        ObjectRepository objects = metadata.objects(writer);
        Completion completion = new Completion(
                permit,
                path,
                stored.size(),
                stored.sha256(),
                "text/plain",
                "no-cache",
                null,
                null,
                WriteRule.OVERWRITE,
                null);
        return objects.commit(ALICE, completion).block();
    }

    /** As a client of the database would do it that knows nothing of this product. */
    void deleteBySql(String path) {
        metadata.run("DELETE FROM storage.objects WHERE bucket_id = '%s' AND name = '%s'".formatted(bucket, path));
    }

    /** The state of the blob in the ledger; empty when it is not there. */
    String state(String key) {
        return metadata.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(key));
    }

    /** Names of all files that are there, those of the volume itself left out. */
    List<String> files() {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(name -> !name.startsWith(".aerodb-"))
                    .toList();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Since everything that a comparison has noted. */
    void anHourPasses() {
        metadata.run("UPDATE storage_private.orphans SET found_at = found_at - interval '1 hour';"
                + " UPDATE storage_private.comparisons SET ended_at = ended_at - interval '1 hour'");
    }

    /** A file as a writer that died left it. */
    Path staged(String key) throws IOException {
        Path directory = Files.createDirectories(root().resolve(".staging").resolve(key.split("/")[1]));
        return Files.createFile(directory.resolve(key.replace('/', '~') + "~1f"));
    }

    /** @param grace after which a file may be unknown */
    OrphanCleanupJob job(StorageBackend backend, Duration grace) {
        return job(backend, grace, DEAD_AFTER);
    }

    /** @param lease of a comparison */
    OrphanCleanupJob job(StorageBackend backend, Duration grace, Duration lease) {
        CleanupSettings settings = new CleanupSettings(
                true,
                interval,
                Duration.ofMinutes(1),
                DEAD_AFTER,
                grace,
                Duration.ZERO,
                4,
                0.01,
                TOLERATED,
                MOST_MISSING);
        return new OrphanCleanupJob(
                metadata.orphans(instance, lease),
                sweeper(),
                collector(garbage()),
                new StorageBackends(Map.of("local", backend), "local"),
                new VolumeGuard(installation),
                fences(),
                meters,
                settings);
    }

    /** One database for all classes: a server for each would cost them seconds. It ends with the process. */
    private static final class Shared {

        private static final LiveMetadata METADATA = opened();
        private static final UUID INSTALLATION = METADATA.ledger.installation().block();

        private static LiveMetadata opened() {
            try {
                Path directory = Files.createTempDirectory("cleanup");
                LiveMetadata metadata = new LiveMetadata(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    metadata.close();
                    FileSystemUtils.deleteRecursively(directory.toFile());
                }));
                return metadata;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
