package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.MemoryStorageBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.test.StepVerifier;

/** A link planted at any place below the root leads nowhere; what it points to stays as it was. */
class LocalSymbolicLinkTest {

    enum Place {
        BUCKET(VolumeDirectory::bucket),
        FAN_OUT(VolumeDirectory::fanOut),
        BLOB(VolumeDirectory::file);

        private final BiFunction<VolumeDirectory, BlobKey, Path> path;

        Place(BiFunction<VolumeDirectory, BlobKey, Path> path) {
            this.path = path;
        }
    }

    private static final BlobKey KEY = new BlobKey("photos/ab/" + UUID.randomUUID() + "~a");

    @TempDir
    private Path directory = Path.of("");

    private VolumeDirectory volume = new VolumeDirectory(directory);
    private VolumeDirectory outside = new VolumeDirectory(directory);
    private BackendFixture fixture = volume.fixture(new MemoryStorageBackend());

    @BeforeEach
    void openVolume() throws IOException {
        volume = new VolumeDirectory(directory.resolve("volume"));
        outside = new VolumeDirectory(Files.createDirectory(directory.resolve("outside")));
        fixture = volume.fixture(volume.open());
        Files.createDirectories(outside.fanOut(KEY));
        Files.write(outside.file(KEY), bytes(10, 1));
    }

    @ParameterizedTest
    @EnumSource
    void plantedLinkIsNeverFollowed(Place place) throws IOException {
        plant(place);
        assertNotRead(place, fixture.backend().stat(KEY));
        assertNotRead(place, fixture.read(KEY, 0, 10));
        assertNotRead(place, fixture.backend().readAtOnce(KEY, 10, ByteRange.whole(10)));
        assertRefused(fixture.write(KEY, fixture.content(bytes(20, 2))));
        assertRefused(fixture.backend().delete(KEY));
        assertThat(fixture.listed()).isEmpty();
        assertOutsideIsUntouched();
    }

    @Test
    void linkInPlaceOfTheStagingDirectoryIsNotFollowed() throws IOException {
        try (var entries = Files.newDirectoryStream(volume.staging())) {
            assertThat(entries).isEmpty();
        }
        Files.delete(volume.staging());
        Files.createSymbolicLink(volume.staging(), outside.root());
        assertRefused(fixture.write(KEY, fixture.content(bytes(20, 3))));
        assertRefused(fixture.backend().delete(KEY));
        assertRefused(fixture.backend().check());
        assertOutsideIsUntouched();
    }

    @Test
    void linkInTheStagingDirectoryIsNotFollowed() throws IOException {
        Files.createSymbolicLink(volume.staging().resolve("ab"), outside.root());
        assertRefused(fixture.write(KEY, fixture.content(bytes(20, 4))));
        assertRefused(fixture.backend().delete(KEY));
        assertOutsideIsUntouched();
    }

    @Test
    void linkInPlaceOfTheMarkerIsNotFollowed() throws IOException {
        Path marker = volume.root().resolve(".aerodb-volume");
        Files.move(marker, outside.root().resolve("marker"));
        Files.createSymbolicLink(marker, outside.root().resolve("marker"));
        StepVerifier.create(fixture.backend().check())
                .expectErrorMatches(failure -> failure instanceof BackendException.Unavailable
                        && failure.getMessage().contains("the marker .aerodb-volume is no file"))
                .verify(LIMIT);
    }

    @Test
    void rootItselfMayBeALink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), volume.root());
        BlobKey key = fixture.stored(bytes(10, 5));
        assertThat(volume.fixture(new VolumeDirectory(link).open()).readAll(key))
                .isEqualTo(bytes(10, 5));
    }

    private void plant(Place place) throws IOException {
        Path link = place.path.apply(volume, KEY);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, place.path.apply(outside, KEY));
    }

    private void assertOutsideIsUntouched() {
        assertThat(VolumeDirectory.files(outside.root())).containsExactly(outside.file(KEY));
        assertThat(outside.file(KEY)).hasBinaryContent(bytes(10, 1));
        assertThat(volume.stagingFiles()).isEmpty();
    }

    /** The bytes of one blob are lost for sure; of those behind a directory nobody knows. */
    private static void assertNotRead(Place place, Publisher<?> call) {
        StepVerifier.create(call)
                .expectError(place == Place.BLOB ? BackendException.Displaced.class : BackendException.Failed.class)
                .verify(LIMIT);
    }

    private static void assertRefused(Publisher<?> call) {
        StepVerifier.create(call)
                .expectErrorMatches(failure ->
                        failure instanceof BackendException.Failed || failure instanceof BackendException.AlreadyExists)
                .verify(LIMIT);
    }
}
