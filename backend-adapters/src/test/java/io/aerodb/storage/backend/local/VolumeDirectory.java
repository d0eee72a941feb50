package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.TrackedBuffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A volume as an operator's shell sees it. */
record VolumeDirectory(Path root) {

    LocalSettings settings() {
        return new LocalSettings(root, true, 0, 4, 1000, Duration.ofSeconds(30));
    }

    LocalSettings settings(long minFreeBytes) {
        return new LocalSettings(root, true, minFreeBytes, 4, 1000, Duration.ofSeconds(30));
    }

    LocalStorageBackend open() {
        return LocalStorageBackend.open(settings());
    }

    BackendFixture fixture(StorageBackend backend) {
        return new BackendFixture(
                backend, new TrackedBuffers(), () -> (long) stagingFiles().size());
    }

    Path file(BlobKey key) {
        return root.resolve(key.value());
    }

    Path bucket(BlobKey key) {
        return root.resolve(key.value().split("/")[0]);
    }

    Path fanOut(BlobKey key) {
        return bucket(key).resolve(key.value().split("/")[1]);
    }

    Path staging() {
        return root.resolve(".staging");
    }

    List<Path> stagingFiles() {
        return files(staging());
    }

    /** Regular files below a directory; none when it is absent. */
    static List<Path> files(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException vanishedMeanwhile) {
            return files(directory);
        } catch (NoSuchFileException absent) {
            return List.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
