package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/**
 * A walk through bucket, fan-out directory and files, one entry at a time: memory is three open directories. What is no
 * blob (internals, links, foreign names) is passed by and not entered, what disappears meanwhile too. What can't be looked at is
 * told when the walk is over.
 */
final class BlobWalk {

    private static final Pattern BUCKET = Pattern.compile("(?![. ])[A-Za-z0-9._ -]{1,100}(?<![. ])");
    private static final Pattern FAN_OUT = Pattern.compile("[0-9a-f]{2}");

    private record Level(Path path, DirectoryStream<Path> directory, Iterator<Path> entries) {}

    private final Path start;
    private final List<Pattern> directories;
    private final Function<Path, @Nullable BlobKey> keys;
    private final Runnable sign;
    private final Deque<Level> levels = new ArrayDeque<>();
    private int unread;
    private @Nullable BackendException first;

    /**
     * @param directories their names, from the start downwards; others are not entered
     * @param sign called at each entry
     */
    private BlobWalk(Path start, List<Pattern> directories, Function<Path, @Nullable BlobKey> keys, Runnable sign)
            throws IOException {
        this.start = start;
        this.directories = directories;
        this.keys = keys;
        this.sign = sign;
        enter(start);
    }

    /** @param sign called at each entry of a directory, whatever it is */
    static Flux<BlobStat> blobs(Path root, Runnable sign) {
        return walk(root, List.of(BUCKET, FAN_OUT), file -> key(root, file), sign);
    }

    /** Files of writes that have not ended, by the blobs that they were to become. */
    static Flux<BlobStat> staged(Path root, Runnable sign) {
        return walk(
                root.resolve(Volume.STAGING),
                List.of(FAN_OUT),
                file -> StagingName.key(file.getFileName().toString()),
                sign);
    }

    private static Flux<BlobStat> walk(
            Path start, List<Pattern> directories, Function<Path, @Nullable BlobKey> keys, Runnable sign) {
        return Flux.generate(() -> new BlobWalk(start, directories, keys, sign), BlobWalk::next, BlobWalk::close);
    }

    private BlobWalk next(SynchronousSink<BlobStat> sink) {
        try {
            BlobStat found = null;
            while (found == null && !levels.isEmpty()) {
                found = step(levels.getLast());
            }
            if (found == null) {
                end(sink);
            } else {
                sink.next(found);
            }
        } catch (BackendException failure) {
            sink.error(failure);
        }
        return this;
    }

    private void end(SynchronousSink<BlobStat> sink) {
        if (first == null) {
            sink.complete();
        } else {
            sink.error(new BackendException.Failed(
                    "%d directories or files can't be looked at: %s".formatted(unread, first.getMessage()), first));
        }
    }

    private @Nullable BlobStat step(Level level) {
        sign.run();
        Path entry = following(level);
        try {
            return entry == null ? null : looked(entry);
        } catch (IOException failure) {
            unread(entry, failure);
            return null;
        }
    }

    private @Nullable Path following(Level level) {
        try {
            if (level.entries().hasNext()) {
                return level.entries().next();
            }
        } catch (DirectoryIteratorException broken) {
            unread(level.path(), Objects.requireNonNull(broken.getCause()));
        }
        leave(levels.removeLast());
        return null;
    }

    private @Nullable BlobStat looked(Path entry) throws IOException {
        BasicFileAttributes attributes = Directories.attributes(entry);
        if (attributes != null && attributes.isRegularFile()) {
            return blob(entry, attributes);
        }
        if (attributes != null && attributes.isDirectory() && mayHoldBlobs(entry)) {
            enter(entry);
        }
        return null;
    }

    private boolean mayHoldBlobs(Path directory) {
        return levels.size() <= directories.size()
                && directories
                        .get(levels.size() - 1)
                        .matcher(directory.getFileName().toString())
                        .matches();
    }

    private @Nullable BlobStat blob(Path file, BasicFileAttributes attributes) {
        BlobKey key = keys.apply(file);
        return key == null
                ? null
                : new BlobStat(
                        key, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    private static @Nullable BlobKey key(Path root, Path file) {
        try {
            return new BlobKey(root.relativize(file).toString());
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }

    private void enter(Path directory) throws IOException {
        try {
            DirectoryStream<Path> entries = Files.newDirectoryStream(directory);
            levels.addLast(new Level(directory, entries, entries.iterator()));
        } catch (NoSuchFileException | NotDirectoryException gone) {
            // It was there a moment ago and holds no blob now.
        }
    }

    /** Fails when the walk must end: what is unavailable now, as file descriptors are, would be so for all that follows. */
    private void unread(Path path, IOException failure) {
        BackendException why = Failures.translated("'%s'".formatted(start.relativize(path)), failure);
        if (!(why instanceof BackendException.Failed)) {
            throw why;
        }
        unread++;
        first = first == null ? why : first;
    }

    private void close() {
        levels.forEach(BlobWalk::leave);
    }

    private static void leave(Level level) {
        try {
            level.directory().close();
        } catch (IOException ignored) {
            // Nothing is lost with a directory that was only read.
        }
    }
}
