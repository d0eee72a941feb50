package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.FileSystemSpace;
import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.UnfinishedWrites;
import io.aerodb.storage.backend.WorkLoad;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.work.BlobThreads;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Blobs as files of one volume, each beside its bucket's others, its own name still readable.
 *
 * <p>A write fills a staging file on the same file system, syncs it, links it to its name and syncs the directories, so a
 * name never stands for less than the whole blob. While the last directory is synced the name can already be seen, by one
 * who knows the key; it is taken back when the sync fails or the writer leaves.
 *
 * <p>Reads are {@link BlobContent.FileRegion}s. Whoever sends the file itself follows what stands at that path then;
 * {@link #stat} beforehand refuses links, {@code bytes()} and {@link #readAtOnce} do it by themselves.
 */
public final class LocalStorageBackend
        implements StorageBackend, OwnedVolume, UnfinishedWrites, FileSystemSpace, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalStorageBackend.class);
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);

    private final Volume volume;
    private final BlobThreads threads;
    private final NettyDataBufferFactory buffers;
    private final Duration limit;

    private LocalStorageBackend(Volume volume, BlobThreads threads, NettyDataBufferFactory buffers, Duration limit) {
        this.volume = volume;
        this.threads = threads;
        this.buffers = buffers;
        this.limit = limit;
    }

    /**
     * Opens the volume at the root, or makes one there when the directory is absent or empty. Blocks; for start-up.
     *
     * @throws BackendException.Failed when the directory holds something else or can't do what a volume must: POSIX modes,
     *     hard links, synced directories
     */
    public static LocalStorageBackend open(LocalSettings settings) {
        if (!settings.fsync()) {
            log.warn("fsync is off: a power cut can lose acknowledged blobs");
        }
        return open(settings, Sync.of(settings.fsync()), ByteBufAllocator.DEFAULT);
    }

    /** The same, with the allocator of the buffers that reads emit, and the way to stable storage. */
    static LocalStorageBackend open(LocalSettings settings, Sync sync, ByteBufAllocator allocator) {
        Volume volume = opened(settings, sync);
        BlobThreads threads = new BlobThreads(settings.threads(), settings.maxQueuedTasks());
        return new LocalStorageBackend(volume, threads, new NettyDataBufferFactory(allocator), settings.ioTimeout());
    }

    private static Volume opened(LocalSettings settings, Sync sync) {
        try {
            Volume volume = Volume.open(settings, sync);
            probe(volume);
            return volume;
        } catch (IOException | UnsupportedOperationException failure) {
            throw Failures.translated("opening the volume", failure);
        }
    }

    /** A full volume passes: its blobs can still be read and deleted. */
    private static void probe(Volume volume) {
        try {
            volume.probe();
        } catch (IOException failure) {
            BackendException translated = Failures.translated("check of the volume", failure);
            if (!(translated instanceof BackendException.InsufficientStorage)) {
                throw translated;
            }
        }
    }

    private static boolean usable(Volume volume) throws IOException {
        probe(volume);
        volume.blobs().freeSpace().require(0);
        return true;
    }

    /** The id in the volume's marker file, fixed when the volume was made. */
    public UUID volumeId() {
        return volume.id();
    }

    /** Bytes that could still be written to the volume's file system, the free-space mark not considered. */
    public Mono<Long> usableBytes() {
        return call(
                "looking at the free space", () -> volume.blobs().freeSpace().usable());
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super StoredBlob> downstream) {
                Patience patience = new Patience(limit);
                downstream.onSubscribe(
                        new BlobWriter(volume.blobs(), threads, key, content, hints, patience, downstream));
            }
        };
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        Flux<DataBuffer> bytes = patient(sign -> BlobReader.bytes(volume.blobs(), key, range, buffers))
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release) // what comes when it is too late
                .onErrorMap(failure -> Failures.translated("read of '%s'".formatted(key), failure));
        return new BlobContent.FileRegion(volume.blobs().file(key), range, bytes);
    }

    @Override
    public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
        return ShortRead.by(threads, limit, () -> BlobReader.all(volume.blobs(), key, size, range, buffers))
                .onErrorMap(failure -> Failures.translated("read of '%s'".formatted(key), failure));
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return call("delete of '%s'".formatted(key), () -> {
                    volume.blobs().delete(key);
                    return key;
                })
                .then();
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return call("stat of '%s'".formatted(key), () -> volume.blobs().stat(key));
    }

    @Override
    public Flux<BlobStat> list() {
        return walked("listing", sign -> BlobWalk.blobs(volume.blobs().root(), sign));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Reads the marker and writes, syncs and removes a small file, within five seconds. A volume that is full or below
     * its free-space mark is still usable for reads and deletes, so it passes; {@link #usableBytes} tells.
     */
    @Override
    public Mono<Void> check() {
        return call("check of the volume", () -> usable(volume), CHECK_LIMIT).then();
    }

    @Override
    public Flux<BlobStat> unfinished() {
        return walked(
                "listing unfinished writes",
                sign -> BlobWalk.staged(volume.blobs().root(), sign));
    }

    @Override
    public Mono<UUID> own(UUID installation) {
        return call("marking the volume", () -> volume.own(installation));
    }

    @Override
    public Mono<UUID> owner() {
        return call("looking whose the volume is", volume::owner);
    }

    @Override
    public Mono<Sign> sign() {
        return call("reading the token", volume::sign);
    }

    /** Ends when the file system has ended, however long that takes: nothing is written behind its writer's back. */
    @Override
    public Mono<Void> mark(UUID token) {
        return threads.run(Mono.fromCallable(() -> {
                    volume.mark(token);
                    return token;
                }))
                .onErrorMap(failure -> Failures.translated("writing the token", failure))
                .then();
    }

    @Override
    public Mono<Space> space() {
        return call("looking at the space", () -> volume.blobs().freeSpace().space());
    }

    /** Also that of its threads. */
    @Override
    public <A> Optional<A> ability(Class<A> type) {
        return type == WorkLoad.class ? Optional.of(type.cast(threads)) : StorageBackend.super.ability(type);
    }

    @Override
    public Mono<Void> dispute() {
        return call("marking the volume as disputed", () -> {
                    volume.dispute();
                    return true;
                })
                .then();
    }

    @Override
    public Mono<Void> settle() {
        return call("taking back that the volume is disputed", () -> {
                    volume.settle();
                    return true;
                })
                .then();
    }

    /** Refuses new calls; those that have begun may finish. */
    @Override
    public void close() {
        threads.close();
    }

    private <T> Mono<T> call(String step, Callable<T> work) {
        return call(step, work, limit);
    }

    private <T> Mono<T> call(String step, Callable<T> work, Duration longest) {
        return threads.run(Mono.fromCallable(work))
                .timeout(longest, Mono.error(() -> Patience.hanging(longest)))
                .onErrorMap(failure -> Failures.translated(step, failure));
    }

    private Flux<BlobStat> walked(String step, Function<Runnable, Flux<BlobStat>> walk) {
        return patient(walk).onErrorMap(failure -> Failures.translated(step, failure));
    }

    /** @param elements told how to give a sign between two of them */
    private <T> Flux<T> patient(Function<Runnable, Flux<T>> elements) {
        return Flux.defer(() -> {
            Patience patience = new Patience(limit);
            return patience.with(threads.run(elements.apply(patience::sign)));
        });
    }
}
