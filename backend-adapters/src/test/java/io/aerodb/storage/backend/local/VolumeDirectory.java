package io.aerodb.storage.backend.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A volume as an operator's shell sees it. */
record VolumeDirectory(Path root) {

    LocalSettings settings() {
        return new LocalSettings(root, true, 0, 4, 1000);
    }

    List<Path> stagingFiles() {
        return files(root.resolve(".staging"));
    }

    /** Regular files below a directory; none when it is absent. */
    static List<Path> files(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile).toList();
        } catch (NoSuchFileException absent) {
            return List.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
