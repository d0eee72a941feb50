package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;

class LocalVolumeTest {

    @TempDir
    private Path directory = Path.of("");

    private VolumeDirectory volume = new VolumeDirectory(directory);

    @BeforeEach
    void chooseRoot() {
        volume = new VolumeDirectory(directory.resolve("data/objects"));
    }

    @Test
    void newVolumeGetsAMarkerWithAnIdThatStays() throws IOException {
        UUID id = volume.open().volumeId();
        assertThat(Files.readString(volume.root().resolve(".aerodb-volume"))).isEqualTo(id + "\n");
        assertThat(volume.open().volumeId()).isEqualTo(id);
        assertThat(new VolumeDirectory(directory.resolve("other")).open().volumeId())
                .isNotEqualTo(id);
    }

    @Test
    void directoryThatHoldsSomethingElseIsRefusedAndLeftAsItWas() throws IOException {
        Files.createDirectories(volume.root());
        Files.writeString(volume.root().resolve("thesis.txt"), "mine");
        assertThatThrownBy(volume::open)
                .isInstanceOf(BackendException.Failed.class)
                .hasMessageContaining("no marker")
                .hasMessageNotContaining(directory.toString());
        assertThat(names(volume.root())).containsExactly("thesis.txt");
    }

    @Test
    void freshFileSystemIsAnEmptyDirectory() throws IOException {
        Files.createDirectories(volume.root().resolve("lost+found"));
        StepVerifier.create(volume.open().check()).expectComplete().verify(LIMIT);
    }

    @Test
    void damagedMarkerIsRefused() throws IOException {
        volume.open().close();
        Files.writeString(volume.root().resolve(".aerodb-volume"), "");
        assertThatThrownBy(volume::open)
                .isInstanceOf(BackendException.Failed.class)
                .hasMessageContaining("no id");
    }

    @Test
    void checkFailsWhenTheVolumeIsNoLongerThere() throws IOException {
        LocalStorageBackend backend = volume.open();
        Files.delete(volume.root().resolve(".aerodb-volume"));
        StepVerifier.create(backend.check())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BackendException.Unavailable.class)
                        .hasMessageContaining("missing"))
                .verify(LIMIT);
    }

    @Test
    void checkFailsWhenAnotherVolumeStandsThere() throws IOException {
        LocalStorageBackend backend = volume.open();
        Files.writeString(volume.root().resolve(".aerodb-volume"), UUID.randomUUID() + "\n");
        StepVerifier.create(backend.check())
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
    }

    @Test
    void nothingIsStoredWhereTheVolumeIsNoLonger() throws IOException {
        BackendFixture fixture = volume.fixture(volume.open());
        fixture.stored(bytes(10, 1));
        Files.move(volume.root(), directory.resolve("unmounted"));
        Files.createDirectory(volume.root());
        StepVerifier.create(fixture.write(newKey(), fixture.content(bytes(10, 2))))
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
        assertThat(VolumeDirectory.files(volume.root())).isEmpty();
    }

    @Test
    void nothingIsTakenWhereTheVolumeIsNoLonger() throws IOException {
        BackendFixture fixture = volume.fixture(volume.open());
        unmount();
        PublisherProbe<DataBuffer> content = PublisherProbe.of(fixture.content(bytes(10, 2)));
        StepVerifier.create(fixture.write(newKey(), content.flux()))
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
        content.assertWasNotSubscribed();
        assertThat(volume.root()).isEmptyDirectory();
    }

    @Test
    void nothingIsMissingWhereTheVolumeIsNoLonger() throws IOException {
        LocalStorageBackend backend = volume.open();
        BlobKey key = volume.fixture(backend).stored(bytes(10, 1));
        unmount();
        StepVerifier.create(backend.stat(key))
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
        StepVerifier.create(backend.read(key, new ByteRange(0, 10)).bytes())
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
    }

    @Test
    void checkFailsWhenItIsAnothersNow() throws IOException {
        LocalStorageBackend backend = volume.open();
        backend.own(UUID.randomUUID()).block(LIMIT);
        StepVerifier.create(backend.check()).expectComplete().verify(LIMIT);
        Files.writeString(volume.root().resolve(".aerodb-installation"), UUID.randomUUID() + "\n");
        StepVerifier.create(backend.check())
                .expectError(BackendException.Failed.class)
                .verify(LIMIT);
    }

    @Test
    void aWriteWhoseFileIsDeletedMeanwhileMayBeTriedAgain() {
        LocalStorageBackend backend = volume.open();
        BackendFixture fixture = volume.fixture(backend);
        BlobKey key = newKey();
        Flux<DataBuffer> content =
                fixture.content(bytes(10, 1)).concatWith(backend.delete(key).then(Mono.empty()));
        StepVerifier.create(fixture.write(key, content))
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
        assertThat(volume.stagingFiles()).isEmpty();
    }

    private void unmount() throws IOException {
        Files.move(volume.root(), directory.resolve("unmounted"));
        Files.createDirectory(volume.root());
    }

    @Test
    void directoriesAndFilesAreForTheirOwnerOnly() throws IOException {
        BlobKey key = volume.fixture(volume.open()).stored(bytes(10, 1));
        for (Path path : List.of(
                directory.resolve("data"), volume.root(), volume.staging(), volume.bucket(key), volume.fanOut(key))) {
            assertThat(mode(path)).as(path.toString()).isEqualTo("rwx------");
        }
        assertThat(mode(volume.file(key))).isEqualTo("rw-------");
        assertThat(mode(volume.root().resolve(".aerodb-volume"))).isEqualTo("rw-------");
    }

    @Test
    void contentIsARegionOfTheFileOfItsKey() throws IOException {
        LocalStorageBackend backend = volume.open();
        BlobKey key = volume.fixture(backend).stored(bytes(10, 2));
        BlobContent.FileRegion region = (BlobContent.FileRegion) backend.read(key, new ByteRange(2, 3));
        assertThat(region.file()).isEqualTo(volume.root().toRealPath().resolve(key.value()));
        assertThat(region.file()).hasBinaryContent(bytes(10, 2));
    }

    @Test
    void whatACrashLeavesIsNotListedAndGoesWithADeleteOfItsKey() {
        BackendFixture before = volume.fixture(volume.open());
        BlobKey done = before.stored(bytes(1000, 3));
        BlobKey torn = newKey();
        Disposable dying = before.write(torn, before.content(bytes(1000, 4)).concatWith(Flux.never()))
                .subscribe();
        BackendFixture.eventually("staged").until(() -> volume.stagingFiles().size() == 1);

        BackendFixture after = volume.fixture(volume.open());
        assertThat(after.readAll(done)).isEqualTo(bytes(1000, 3));
        assertThat(after.listed()).containsExactly(done);
        after.backend().delete(torn).block(LIMIT);
        assertThat(volume.stagingFiles()).isEmpty();
        dying.dispose();
    }

    @Test
    void probesOfADeadProcessAreRemovedAtTheNextStart() throws IOException {
        volume.open().close();
        Path probe = Files.createFile(volume.staging().resolve("probe-abc"));
        Files.setLastModifiedTime(probe, FileTime.from(Instant.now().minusSeconds(3600)));
        volume.open().close();
        assertThat(volume.stagingFiles()).isEmpty();
    }

    @Test
    void aLookForUnfinishedWritesChangesNothing() throws IOException {
        try (LocalStorageBackend backend = volume.open()) {
            Path probe = Files.createFile(volume.staging().resolve("probe-abc"));
            Files.setLastModifiedTime(probe, FileTime.from(Instant.now().minusSeconds(3600)));

            assertThat(backend.unfinished().collectList().block(LIMIT)).isEmpty();

            assertThat(probe).exists();
        }
    }

    @Test
    void foreignFilesAreNotListed() throws IOException {
        BackendFixture fixture = volume.fixture(volume.open());
        BlobKey key = fixture.stored(bytes(10, 5));
        Files.createFile(volume.root().resolve("notes.txt"));
        Files.createFile(volume.bucket(key).resolve("notes.txt"));
        Files.createFile(volume.fanOut(key).resolve("notes.txt"));
        Files.createDirectories(volume.file(newKey()));
        Files.createDirectories(volume.fanOut(key).resolve("deeper/still"));
        assertThat(fixture.listed()).containsExactly(key);
    }

    @Test
    void longestKeyIsStored() {
        BlobKey key = new BlobKey("b".repeat(100) + "/ab/" + UUID.randomUUID() + "~" + "n".repeat(80));
        BackendFixture fixture = volume.fixture(volume.open());
        fixture.store(key, bytes(10, 6));
        assertThat(fixture.readAll(key)).isEqualTo(bytes(10, 6));
        assertThat(fixture.listed()).containsExactly(key);
    }

    @Test
    void damagedBlobIsTruncatedWhenItIsRead() throws IOException {
        BackendFixture fixture = volume.fixture(volume.open());
        BlobKey key = fixture.stored(bytes(1000, 7));
        Files.write(volume.file(key), bytes(999, 7));
        StepVerifier.create(fixture.read(key, 0, 1000))
                .expectError(BackendException.Truncated.class)
                .verify(LIMIT);
    }

    @Test
    void directoryInPlaceOfABlobIsDisplacedWhenItIsReadAtOnce() throws IOException {
        BackendFixture fixture = volume.fixture(volume.open());
        BlobKey key = fixture.stored(bytes(10, 9));
        Files.delete(volume.file(key));
        Files.createDirectory(volume.file(key));
        StepVerifier.create(fixture.backend().readAtOnce(key, 10, ByteRange.whole(10)))
                .expectError(BackendException.Displaced.class)
                .verify(LIMIT);
    }

    @Test
    void readerThatHasOpenedTheBlobMayFinish() {
        BackendFixture fixture = volume.fixture(volume.open());
        BlobKey key = fixture.stored(bytes(BackendFixture.MIB, 8));
        StepVerifier.create(
                        fixture.backend()
                                .read(key, ByteRange.whole(BackendFixture.MIB))
                                .bytes(),
                        1)
                .consumeNextWith(DataBufferUtils::release)
                .then(() -> fixture.backend().delete(key).block(LIMIT))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(buffer -> true, DataBufferUtils::release)
                .expectComplete()
                .verify(LIMIT);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
