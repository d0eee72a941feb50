package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.WriteHints;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class LocalFreeSpaceTest {

    private static final long MORE_THAN_ANY_DISK = 1L << 60;

    @TempDir
    private Path root = Path.of("");

    @Test
    void belowTheMarkWritesAreRefusedWhileTheRestGoesOn() {
        VolumeDirectory volume = new VolumeDirectory(root);
        BlobKey key = volume.fixture(volume.open()).stored(bytes(10, 1));
        BackendFixture fixture = volume.fixture(LocalStorageBackend.open(volume.settings(MORE_THAN_ANY_DISK)));
        StepVerifier.create(fixture.write(newKey(), fixture.content(bytes(10, 2))))
                .expectError(BackendException.InsufficientStorage.class)
                .verify(LIMIT);
        StepVerifier.create(fixture.backend().check())
                .expectError(BackendException.InsufficientStorage.class)
                .verify(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(bytes(10, 1));
        fixture.backend().delete(key).block(LIMIT);
        assertThat(fixture.exists(key)).isFalse();
    }

    @Test
    void contentThatCanNotFitIsRefusedBeforeItsFirstByte() {
        VolumeDirectory volume = new VolumeDirectory(root);
        BackendFixture fixture = volume.fixture(volume.open());
        AtomicBoolean subscribed = new AtomicBoolean();
        WriteHints hints = new WriteHints(OptionalLong.of(MORE_THAN_ANY_DISK), Set.of());
        StepVerifier.create(fixture.backend()
                        .write(
                                newKey(),
                                fixture.content(bytes(10, 3)).doOnSubscribe(subscription -> subscribed.set(true)),
                                hints))
                .expectError(BackendException.InsufficientStorage.class)
                .verify(LIMIT);
        assertThat(subscribed).isFalse();
        assertThat(volume.stagingFiles()).isEmpty();
    }

    @Test
    void usableBytesAreTold() {
        StepVerifier.create(new VolumeDirectory(root).open().usableBytes())
                .assertNext(usable -> assertThat(usable).isPositive())
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void fullDiskIsInsufficientStorage() {
        assertThat(Failures.translated("write", new IOException("No space left on device")))
                .isInstanceOf(BackendException.InsufficientStorage.class);
        assertThat(Failures.translated("write", new FileSystemException("/secret", null, "Disk quota exceeded")))
                .isInstanceOf(BackendException.InsufficientStorage.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void exhaustedDescriptorsAreUnavailable() {
        assertThat(Failures.translated("read", new FileSystemException("/secret", null, "Too many open files")))
                .isInstanceOf(BackendException.Unavailable.class)
                .hasMessageNotContaining("secret");
    }
}
