package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.local.LocalSettings;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.GarbageRepository.DueBlob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** When bytes are deleted, and when they are not. */
class GarbageCollectorTest extends CleanupCase {

    @Test
    void whatPlainSqlDeletesLosesItsBytesAfterTheGraceTimeAndNotBefore() {
        grace(Duration.ofHours(1));
        String key = upload("path");
        deleteBySql("path");

        assertThat(collect()).isEqualTo(Collected.NOTHING);
        assertThat(files()).containsExactly(key);

        metadata.run("UPDATE storage.blobs SET not_before = not_before - interval '61 minutes'");
        assertThat(collect()).isEqualTo(new Collected(1, "content".length(), 0));
        assertThat(files()).isEmpty();
        assertThat(state(key)).isEmpty();
        assertThat(registry.counter("storage.garbage.collected.bytes", "backend", "local")
                        .count())
                .isEqualTo("content".length());
    }

    @Test
    void theGraceTimeBeginsWithTheCommitAndNotWithTheStatement() {
        grace(Duration.ofHours(1));
        String key = upload("path");
        metadata.run(("BEGIN; DELETE FROM storage.objects WHERE bucket_id = '%s'; SELECT pg_sleep(1.1);"
                        + " CREATE TEMPORARY TABLE before AS SELECT clock_timestamp() AS commit; COMMIT;"
                        + " UPDATE storage.blobs SET name = (not_before >= (SELECT commit FROM before)"
                        + " + interval '1 hour')::text WHERE key = '%s'; DROP TABLE before")
                .formatted(bucket, key));

        assertThat(metadata.value("SELECT name FROM storage.blobs WHERE key = '%s'".formatted(key)))
                .isEqualTo("true");
    }

    @Test
    void overwrittenBytesGoAndThoseThatReplacedThemStay() {
        upload("path");
        String second = upload("path");

        collect();

        assertThat(files()).containsExactly(second);
    }

    @Test
    void aCopyKeepsTheBytesOfADeletedObject() {
        String key = upload("path");
        metadata.run("INSERT INTO storage.objects (bucket_id, name, version, blob_key, backend, size, checksum,"
                + " content_type, cache_control) SELECT bucket_id, 'copy', version, blob_key, backend, size, checksum,"
                + " content_type, cache_control FROM storage.objects WHERE blob_key = '%s'".formatted(key));
        deleteBySql("path");

        collect();

        assertThat(files()).containsExactly(key);
        deleteBySql("copy");
        collect();
        assertThat(files()).isEmpty();
    }

    @Test
    void garbageThatAnObjectRefersToAllTheSameIsNone() {
        String key = upload("path");
        metadata.run("UPDATE storage.blobs SET state = 'garbage', not_before = now() WHERE key = '%s'".formatted(key));

        collect();

        assertThat(files()).containsExactly(key);
        assertThat(state(key)).isEqualTo("live");
    }

    @Test
    void unfinishedWritesOfTheKeyGoToo() throws IOException {
        String key = upload("path");
        Path staged = staged(key);
        deleteBySql("path");

        collect();

        assertThat(staged).doesNotExist();
        assertThat(files()).isEmpty();
    }

    @Test
    void twoCollectorsAtOnceDeleteEverythingAndNothingTwice() {
        for (int i = 0; i < 40; i++) {
            upload("path-" + i);
        }
        metadata.run("DELETE FROM storage.objects");
        ConcurrentLinkedQueue<String> deleted = new ConcurrentLinkedQueue<>();
        StorageBackend backend = deleting(key -> {
            deleted.add(key.value());
            return Mono.empty();
        });

        Mono<Collected> one = collected(livingInstance(), backend);
        Mono<Collected> two = collected(livingInstance(), backend);
        Collected all = Mono.zip(one, two, Collected::plus).block(LIMIT);

        assertThat(all.files()).isEqualTo(40);
        assertThat(deleted).hasSize(40).doesNotHaveDuplicates();
        assertThat(files()).isEmpty();
    }

    @Test
    void whatAKilledCollectorWasDeletingIsTakenAgain() {
        String key = upload("path");
        deleteBySql("path");
        UUID killed = livingInstance();
        List<DueBlob> claimed =
                garbage(killed).claim("local", Duration.ofMinutes(10), 10).block();
        assertThat(claimed).extracting(DueBlob::key).containsExactly(key);

        assertThat(collect().files()).as("while the other lives").isZero();
        metadata.ledger.end(killed).block();
        sweeper().sweep().block(LIMIT);

        assertThat(state(key)).isEqualTo("deleting");
        assertThat(collect().files()).isEqualTo(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void aFileThatCanNotBeDeletedKeepsItsRowAndDoesNotKeepTheOthersFromIt() {
        String stubborn = upload("stubborn");
        upload("other");
        metadata.run("DELETE FROM storage.objects");
        StorageBackend backend = deleting(key -> key.value().equals(stubborn)
                ? Mono.error(new BackendException.Failed("stubborn", null))
                : Mono.empty());

        assertThat(collect(backend).files()).isEqualTo(1);

        assertThat(files()).containsExactly(stubborn);
        assertThat(state(stubborn)).isEqualTo("deleting");
        assertThat(collect().files()).as("the next time").isEqualTo(1);
    }

    @Test
    void nothingIsForgottenWhileTheVolumeIsNotMounted() throws IOException {
        String key = upload("path");
        deleteBySql("path");
        Path away = root().resolveSibling("away-" + UUID.randomUUID());
        Files.move(root(), away);
        Files.createDirectory(root());

        assertThatThrownBy(this::collect).isInstanceOf(BackendException.Unavailable.class);

        assertThat(state(key)).isEqualTo("garbage");
        Files.delete(root());
        Files.move(away, root());
        assertThat(collect().files()).isEqualTo(1);
    }

    @Test
    void nothingIsForgottenWhenTheVolumeGoesWhileItIsEmptied() {
        String key = upload("path");
        deleteBySql("path");
        AtomicInteger checks = new AtomicInteger();
        StorageBackend backend = new ForwardingBackend(local) {
            @Override
            public Mono<Void> check() {
                return checks.getAndIncrement() == 0
                        ? Mono.empty()
                        : Mono.error(new BackendException.Failed("another volume", null));
            }

            @Override
            public Mono<Void> delete(BlobKey key) {
                return Mono.empty();
            }
        };

        assertThatThrownBy(() -> collect(backend)).hasMessage("another volume");

        assertThat(state(key)).isEqualTo("deleting");
        assertThat(collect().files()).as("when it is back").isEqualTo(1);
    }

    @Test
    void aFullVolumeIsEmptied() {
        String key = upload("path");
        deleteBySql("path");
        StorageBackend full = new ForwardingBackend(local) {
            @Override
            public Mono<Void> check() {
                return super.check().then(Mono.error(new BackendException.InsufficientStorage("full", null)));
            }
        };

        assertThat(collect(full).files()).isEqualTo(1);

        assertThat(files()).isEmpty();
        assertThat(state(key)).isEmpty();
    }

    @Test
    void anotherInstallationsVolumeIsLeftAlone() {
        Path foreign = root().resolveSibling("foreign-" + UUID.randomUUID());
        String key = upload("path");
        deleteBySql("path");
        try (LocalStorageBackend other =
                LocalStorageBackend.open(new LocalSettings(foreign, false, 0, 1, 10, Duration.ofSeconds(30)))) {
            UUID owner = UUID.randomUUID();
            other.own(owner).block();

            assertThatThrownBy(() -> collect(other)).hasMessageContaining(owner.toString());
        }
        assertThat(state(key)).isEqualTo("garbage");
    }

    @Test
    void aBackendThatIsDownOrNotConfiguredKeepsNobodyFromTheOthers() {
        String key = upload("path");
        String away = upload("away");
        String down = upload("down");
        metadata.run("DELETE FROM storage.objects");
        backend(away, "gone");
        backend(down, "down");
        StorageBackend broken = new ForwardingBackend(local) {
            @Override
            public Mono<Void> check() {
                return Mono.error(new BackendException.Unavailable("down", null));
            }
        };
        StorageBackends all = new StorageBackends(Map.of("down", broken, "local", local), "local");

        new GarbageRound(sweeper(), collector(garbage()), all)
                .run(new StopSignal())
                .block(LIMIT);

        assertThat(state(key)).isEmpty();
        assertThat(state(away)).isEqualTo("garbage");
        assertThat(state(down)).isEqualTo("garbage");
    }

    private void backend(String key, String name) {
        metadata.run("UPDATE storage.blobs SET backend = '%s' WHERE key = '%s'".formatted(name, key));
    }

    private Mono<Collected> collected(UUID collector, StorageBackend backend) {
        return collector(garbage(collector))
                .collect("local", backend, new StopSignal())
                .reduce(Collected.NOTHING, Collected::plus);
    }

    private StorageBackend deleting(java.util.function.Function<BlobKey, Mono<Void>> before) {
        return new ForwardingBackend(local) {
            @Override
            public Mono<Void> delete(BlobKey key) {
                return Mono.defer(() -> before.apply(key)).then(super.delete(key));
            }
        };
    }
}
