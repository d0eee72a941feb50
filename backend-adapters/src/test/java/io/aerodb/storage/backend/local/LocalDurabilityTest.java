package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.StepVerifier;

class LocalDurabilityTest {

    private static final BlobKey KEY = new BlobKey("photos/ab/" + UUID.randomUUID() + "~a");
    private static final BlobKey NEIGHBOUR = new BlobKey("photos/ab/" + UUID.randomUUID() + "~b");

    @TempDir
    private Path directory = Path.of("");

    private final RecordedSync sync = new RecordedSync();
    private VolumeDirectory volume = new VolumeDirectory(directory);
    private BackendFixture fixture = volume.fixture(new MemoryStorageBackend());

    @BeforeEach
    void openVolume() {
        volume = new VolumeDirectory(directory.resolve("volume"));
        fixture = volume.fixture(open());
        sync.steps().clear();
    }

    @Test
    void bytesAreSyncedFirstThenEveryDirectoryJustMadeThenTheName() {
        fixture.store(KEY, bytes(10, 1));
        assertThat(sync.steps()).containsExactly("file", "volume", "photos", "ab");
    }

    @Test
    void directoriesKnownToBeDurableAreNotSyncedAgain() {
        fixture.store(KEY, bytes(10, 1));
        sync.steps().clear();
        fixture.store(NEIGHBOUR, bytes(10, 2));
        assertThat(sync.steps()).containsExactly("file", "ab");
    }

    @Test
    void directoriesMadeByAnotherProcessAreSyncedOnce() {
        fixture.store(KEY, bytes(10, 1));
        BackendFixture restarted = volume.fixture(open());
        sync.steps().clear();
        restarted.store(NEIGHBOUR, bytes(10, 2));
        assertThat(sync.steps()).containsExactly("file", "volume", "photos", "ab");
    }

    @Test
    void deleteIsSyncedAlsoWhenThereIsNothingLeftToRemove() {
        fixture.store(KEY, bytes(10, 1));
        sync.steps().clear();
        fixture.backend().delete(KEY).block(LIMIT);
        fixture.backend().delete(KEY).block(LIMIT);
        assertThat(sync.steps()).containsExactly("ab", "ab", "ab", "ab");
    }

    @Test
    void withoutFsyncBlobsAreStoredAllTheSame() {
        LocalSettings settings = new LocalSettings(volume.root(), false, 0, 1, 10, LIMIT);
        BackendFixture quick = volume.fixture(LocalStorageBackend.open(settings));
        quick.store(KEY, bytes(10, 1));
        assertThat(quick.readAll(KEY)).isEqualTo(bytes(10, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void failedSyncFailsTheWriteAndLeavesNothing(int number) {
        sync.before(number, () -> {
            throw new IOException("Input/output error");
        });
        StepVerifier.create(fixture.write(KEY, fixture.content(bytes(10, 1))))
                .expectError(BackendException.Failed.class)
                .verify(LIMIT);
        assertThat(fixture.exists(KEY)).isFalse();
        assertThat(volume.stagingFiles()).isEmpty();
        assertThat(sync.steps().stream().filter("file"::equals)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void writeCancelledDuringASyncLeavesNothing(int number) {
        Disposable.Swap write = Disposables.swap();
        sync.before(number, () -> {
            eventually("subscribed").until(() -> write.get() != null);
            write.dispose();
        });
        write.update(fixture.write(KEY, fixture.content(bytes(10, 1))).subscribe());
        eventually("cancelled").until(write::isDisposed);
        eventually("nothing staged").until(() -> volume.stagingFiles().isEmpty());
        eventually("no blob").until(() -> !fixture.exists(KEY));
        fixture.buffers().assertAllReleased();
    }

    @Test
    void deleteDuringTheLastSyncIsNotUndone() {
        sync.before(0, () -> fixture.backend().delete(KEY).block(LIMIT));
        StepVerifier.create(fixture.write(KEY, fixture.content(bytes(10, 1))))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BackendException.Unavailable.class)
                        .hasMessageContaining("deleted while it was written"))
                .verify(LIMIT);
        assertThat(fixture.exists(KEY)).isFalse();
    }

    private LocalStorageBackend open() {
        return LocalStorageBackend.open(volume.settings(), sync, ByteBufAllocator.DEFAULT);
    }
}
