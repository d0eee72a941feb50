package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.local.LocalSettings;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.cleanup.VolumeGuard;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.gateway.object.LiveMetadata;
import io.aerodb.storage.metadata.Completion;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import io.aerodb.storage.metadata.ScrubRepository;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadIntent;
import io.aerodb.storage.metadata.WriteRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A database, a directory of files, and scrubbers that begin a pass whenever they are run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ScrubCase {

    static final Duration LIMIT = Duration.ofSeconds(30);
    static final Duration DEAD_AFTER = Duration.ofMinutes(1);

    private static final RlsContext ALICE =
            new RlsContext("alice", Role.AUTHENTICATED, "{\"sub\":\"alice\",\"role\":\"authenticated\"}");
    private static final Duration ALWAYS = Duration.ZERO;
    private static final Duration NEVER = Duration.ofDays(1);

    private final Scheduler hashing = Schedulers.newBoundedElastic(1, 1000, "scrub", 60, true);
    private Path directory;
    private UUID installation;
    Path root;
    LiveMetadata metadata;
    LocalStorageBackend local;
    UUID instance;
    String bucket;
    SimpleMeterRegistry registry;

    @BeforeAll
    void openDatabase(@TempDir Path directory) {
        this.directory = directory;
        metadata = new LiveMetadata(directory.resolve("data"));
        installation = metadata.ledger.installation().block();
    }

    @AfterAll
    void closeDatabase() {
        metadata.close();
        hashing.dispose();
    }

    @BeforeEach
    void openBackend() {
        registry = new SimpleMeterRegistry();
        instance = livingInstance();
        bucket = newBucket("bucket");
        root = directory.resolve(bucket);
        local = LocalStorageBackend.open(new LocalSettings(root, false, 0, 4, 10_000, LIMIT));
        local.own(installation).block();
    }

    @AfterEach
    void clear() {
        metadata.run("DELETE FROM storage.objects; DELETE FROM storage.blobs; DELETE FROM storage.instances;"
                + " DELETE FROM storage.events; DELETE FROM storage_private.scrubs");
        local.close();
    }

    UUID livingInstance() {
        UUID id = UUID.randomUUID();
        metadata.ledger.beat(id, "test", Duration.ofMinutes(1)).block();
        return id;
    }

    String newBucket(String name) {
        String unique = name + "-" + UUID.randomUUID();
        metadata.bucket(ALICE, unique, null);
        return unique;
    }

    String upload(String path) {
        return upload(bucket, path);
    }

    /** The key of the new object, whose bytes are its path. */
    String upload(String bucket, String path) {
        UploadIntent intent =
                new UploadIntent(bucket, path, "local", "text/plain", OptionalLong.empty(), WriteRule.OVERWRITE, null);
        Permitted permit =
                (Permitted) metadata.objects(instance).begin(ALICE, intent).block();
        StoredBlob stored = local.write(new BlobKey(permit.blobKey()), Flux.just(buffer(path)), WriteHints.NONE)
                .block(LIMIT);
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
        metadata.objects(instance).commit(ALICE, completion).block();
        return permit.blobKey();
    }

    static org.springframework.core.io.buffer.DataBuffer buffer(String content) {
        return DefaultDataBufferFactory.sharedInstance.wrap(content.getBytes(StandardCharsets.UTF_8));
    }

    void write(String key, String content) throws IOException {
        Files.writeString(root.resolve(key), content);
    }

    void pass() {
        pass(local);
    }

    void pass(StorageBackend backend) {
        passing(instance, backend).run(new StopSignal()).block(LIMIT);
    }

    /** One that begins a pass when the last one has ended. */
    Scrubber passing(UUID of, StorageBackend backend) {
        return scrubber(of, backend, new Pace(0), ALWAYS, NEVER);
    }

    /** Reads only those that are known to be damaged, when a pass has ended before. */
    void recheck() {
        metadata.run("UPDATE storage_private.scrubs SET rechecked_at = '-infinity'");
        scrubber(instance, local, new Pace(0), NEVER, LIMIT)
                .run(new StopSignal())
                .block(LIMIT);
    }

    Scrubber scrubber(UUID of, StorageBackend backend, Pace pace, Duration interval, Duration recheck) {
        return scrubber(of, backend, pace, interval, recheck, 1_000_000);
    }

    Scrubber scrubber(UUID of, StorageBackend backend, Pace pace, Duration interval, Duration recheck, long pageBytes) {
        VolumeGuard guard = new VolumeGuard(installation);
        return new Scrubber(
                "local",
                backend,
                scrubs(of),
                guard,
                new Verifier(guard, hashing, Duration.ofMillis(1)),
                new ScrubMeters(registry, Set.of("local")),
                pace,
                interval,
                recheck,
                Duration.ofMillis(100),
                pageBytes);
    }

    ScrubRepository scrubs(UUID of) {
        return metadata.scrubs(of, DEAD_AFTER);
    }

    boolean isMarked(String key) {
        return metadata.value("SELECT corrupt_since IS NOT NULL FROM storage.blobs WHERE key = '%s'".formatted(key))
                .equals("t");
    }

    boolean isVerified(String key) {
        return metadata.value("SELECT last_verified IS NOT NULL FROM storage.blobs WHERE key = '%s'".formatted(key))
                .equals("t");
    }

    /** Paths of objects that an event tells of. */
    String told() {
        return metadata.value("SELECT string_agg(path, ',' ORDER BY path) FROM storage.events"
                + " WHERE type = 'storage.object.corrupted'");
    }

    double read(String outcome) {
        return registry.counter("storage.scrub.files", "backend", "local", "outcome", outcome)
                .count();
    }
}
