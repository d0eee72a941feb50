package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BatchDeletes;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.PresignedReads;
import io.aerodb.storage.backend.RangedListing;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.UnfinishedWrites;
import io.aerodb.storage.backend.WorkLoad;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.work.BlobThreads;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Blobs as objects of one bucket of Amazon S3 or a server that speaks its protocol, below a prefix.
 *
 * <p>A write keeps up to a few parts in memory, out of a budget for all writes together, and is one PutObject when it fits
 * into one part, else a multipart upload. An object appears whole, by one call of the server. What a crash leaves, an
 * unfinished upload, is removed by {@link #delete}.
 *
 * <p>Reads that break in the middle are continued from there.
 */
public final class S3StorageBackend
        implements StorageBackend,
                BatchDeletes,
                PresignedReads,
                OwnedVolume,
                UnfinishedWrites,
                RangedListing,
                AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(S3StorageBackend.class);

    private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);
    private static final int ABORTS_AT_ONCE = 8;
    /** Free blocks are not counted as taken: they may be this part of the memory. */
    private static final int KEPT_SHARE = 4;

    private final S3Settings settings;
    private final S3Clients clients;
    private final S3Volume volume;
    private final UUID volumeId;
    private final S3Keys keys;
    private final S3Bucket bucket;
    private final S3Presigner presigner;
    private final BlobThreads threads;
    private final Blocks blocks;
    private final PartBudget budget;
    private final PartSizes sizes;
    private volatile boolean full;

    private S3StorageBackend(S3Settings settings, S3Clients clients, S3Volume volume) {
        S3Settings.Transfer transfer = settings.transfer();
        this.settings = settings;
        this.clients = clients;
        this.volume = volume;
        this.volumeId = volume.open();
        this.keys = new S3Keys(settings.prefix());
        this.bucket = new S3Bucket(clients, settings.bucket(), keys, volume.probe());
        this.presigner = clients.presigner();
        this.threads = new BlobThreads(transfer.threads(), transfer.maxQueuedTasks());
        this.blocks = new Blocks(transfer.memory() / KEPT_SHARE);
        this.budget = new PartBudget(transfer.memory());
        this.sizes = PartSizes.of(transfer.partSize(), transfer.memory());
    }

    /**
     * Connects to the bucket, makes it the volume of an installation when it is empty, and proves each permission that is
     * needed. Blocks; for start-up.
     *
     * @throws BackendException that says what is missing
     */
    public static S3StorageBackend open(S3Settings settings) {
        S3Clients clients = new S3Clients(settings);
        try {
            return new S3StorageBackend(
                    settings, clients, new S3Volume(clients.control(), settings.bucket(), settings.prefix()));
        } catch (BackendException refusal) {
            clients.close();
            throw refusal;
        }
    }

    /** The id in the marker object, fixed when the bucket or its prefix was first used. */
    public UUID volumeId() {
        return volumeId;
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        Mono<StoredBlob> write = new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super StoredBlob> downstream) {
                downstream.onSubscribe(
                        new S3Writer(threads, key, content, signal -> sink(key, hints, signal), downstream));
            }
        };
        return write.doOnSuccess(stored -> full = false)
                .doOnError(BackendException.InsufficientStorage.class, refusal -> full |= saidByS3(refusal));
    }

    /** And not by us, of a blob that is larger than any may be. */
    private static boolean saidByS3(BackendException.InsufficientStorage refusal) {
        return refusal.getCause() != null;
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        return new BlobContent.Streamed(range, S3Reader.bytes(bucket, key, range));
    }

    /**
     * {@inheritDoc}
     *
     * <p>One call, whose answer tells the size, too.
     */
    @Override
    public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
        return range.length() == 0
                ? stat(key).doOnNext(stat -> stat.requireSize(size)).map(stat -> nothing())
                : DataBufferUtils.join(S3Reader.bytes(bucket, key, range, size));
    }

    private static DataBuffer nothing() {
        return DefaultDataBufferFactory.sharedInstance.allocateBuffer(0);
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return aborted(bucket.uploads(key), Set.of(key))
                .doOnSuccess(done -> FaultPoints.reach("s3.uploads-aborted"))
                .then(Mono.fromFuture(() -> bucket.delete(key)))
                .doOnSuccess(done -> FaultPoints.reach("s3.object-deleted"))
                .onErrorMap(failure -> Failures.translated("delete of '%s'".formatted(key), failure));
    }

    @Override
    public Flux<BlobKey> delete(List<BlobKey> blobs) {
        return aborted(bucket.uploads(null), Set.copyOf(blobs))
                .doOnSuccess(done -> FaultPoints.reach("s3.batch-uploads-aborted"))
                .then(Mono.fromFuture(() -> bucket.delete(blobs)))
                .doOnNext(answer -> FaultPoints.reach("s3.batch-deleted"))
                .flatMapIterable(answer -> gone(blobs, answer))
                .onErrorMap(failure -> Failures.translated("delete of %d blobs".formatted(blobs.size()), failure));
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return Mono.fromFuture(() -> bucket.head(key))
                .map(found -> new BlobStat(key, found.contentLength(), found.lastModified()))
                .onErrorMap(failure -> Failures.translated("stat", key, failure));
    }

    @Override
    public Flux<BlobStat> list() {
        return Flux.defer(() -> bucket.objects(null))
                .concatMapIterable(this::stats)
                .onErrorMap(failure -> Failures.translated("listing", failure));
    }

    @Override
    public Flux<BlobStat> list(BlobKey first, BlobKey last) {
        return Flux.defer(() -> bucket.objects(first))
                .takeWhile(object -> object.key().compareTo(keys.name(last)) <= 0)
                .concatMapIterable(this::stats)
                .onErrorMap(failure -> Failures.translated("listing", failure));
    }

    @Override
    public Flux<BlobStat> unfinished() {
        return Flux.defer(() -> bucket.uploads(null))
                .concatMap(upload ->
                        Mono.justOrEmpty(keys.key(upload.key()).map(key -> new BlobStat(key, 0, upload.initiated()))))
                .onErrorMap(failure -> Failures.translated("listing unfinished writes", failure));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Reads the marker, within five seconds, and compares its id. Whether there is room only writes tell: a quota that the last
     * one ran into is remembered until one succeeds.
     */
    @Override
    public Mono<Void> check() {
        return inTime(Mono.fromFuture(volume::id))
                .onErrorMap(failure -> Failures.translated("check of the bucket", failure))
                .filter(volumeId::equals)
                .switchIfEmpty(Mono.error(() -> new BackendException.Failed("the bucket has another marker now", null)))
                .then(Mono.defer(() -> full ? Mono.error(S3StorageBackend::noRoom) : Mono.empty()));
    }

    @Override
    public Mono<UUID> own(UUID installation) {
        return Mono.fromFuture(() -> volume.own(installation))
                .onErrorMap(failure -> Failures.translated("marking the bucket", failure));
    }

    @Override
    public Mono<UUID> owner() {
        return Mono.fromFuture(volume::owner)
                .onErrorMap(failure -> Failures.translated("looking whose the bucket is", failure));
    }

    @Override
    public Mono<Sign> sign() {
        return inTime(Mono.fromFuture(volume::sign))
                .onErrorMap(failure -> Failures.translated("reading the token", failure));
    }

    @Override
    public Mono<Void> mark(UUID token) {
        return Mono.fromFuture(() -> volume.mark(token))
                .onErrorMap(failure -> Failures.translated("writing the token", failure))
                .then();
    }

    @Override
    public Mono<Void> dispute() {
        return Mono.fromFuture(volume::dispute)
                .onErrorMap(failure -> Failures.translated("marking the bucket as disputed", failure))
                .then();
    }

    @Override
    public Mono<Void> settle() {
        return Mono.fromFuture(volume::settle)
                .onErrorMap(failure -> Failures.translated("taking back that the bucket is disputed", failure))
                .then();
    }

    private static <T> Mono<T> inTime(Mono<T> look) {
        return look.timeout(CHECK_LIMIT)
                .onErrorMap(
                        TimeoutException.class,
                        slow -> new BackendException.Unavailable("the S3 service is slow", slow));
    }

    @Override
    public Mono<URI> presign(BlobKey key, Answer answer, Duration validity) {
        return threads.run(Mono.fromCallable(() -> link(key, answer, validity)))
                .onErrorMap(failure -> Failures.translated("link to '%s'".formatted(key), failure));
    }

    /** Also that of its threads. */
    @Override
    public <A> Optional<A> ability(Class<A> type) {
        return type == WorkLoad.class ? Optional.of(type.cast(threads)) : StorageBackend.super.ability(type);
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        threads.close();
        presigner.close();
        clients.close();
    }

    private static BackendException noRoom() {
        return new BackendException.InsufficientStorage("S3 had no room for the last write", null);
    }

    /** Bytes of heap that parts take now. */
    long memoryTaken() {
        return budget.taken();
    }

    private URI link(BlobKey key, Answer answer, Duration validity) {
        return URI.create(presigner
                .presignGetObject(link -> link.signatureDuration(validity)
                        .getObjectRequest(request -> request.bucket(settings.bucket())
                                .key(keys.name(key))
                                .responseContentType(answer.contentType())
                                .responseContentDisposition(answer.contentDisposition())
                                .responseContentEncoding(answer.contentEncoding())
                                .responseCacheControl(answer.cacheControl())))
                .url()
                .toString());
    }

    private S3Sink sink(BlobKey key, WriteHints hints, Runnable signal) {
        return new S3Sink(bucket, blocks, budget, sizes, settings.transfer(), key, hints, signal);
    }

    /** Before the objects are deleted: an upload that is completed in between would make one again. */
    private Mono<Void> aborted(Flux<MultipartUpload> uploads, Set<BlobKey> blobs) {
        return uploads.filter(
                        upload -> keys.key(upload.key()).filter(blobs::contains).isPresent())
                .flatMap(this::aborted, ABORTS_AT_ONCE)
                .then();
    }

    private Mono<?> aborted(MultipartUpload upload) {
        return Mono.fromFuture(() -> bucket.abortUpload(keys.key(upload.key()).orElseThrow(), upload.uploadId()));
    }

    private Set<BlobKey> gone(List<BlobKey> blobs, DeleteObjectsResponse answer) {
        Set<BlobKey> gone = new HashSet<>(blobs);
        if (!answer.errors().isEmpty()) {
            log.warn(
                    "event=s3_blobs_not_deleted count={} first_code={}",
                    answer.errors().size(),
                    answer.errors().get(0).code());
        }
        answer.errors().forEach(error -> keys.key(error.key()).ifPresent(gone::remove));
        return gone;
    }

    private List<BlobStat> stats(S3Object object) {
        return keys.key(object.key()).map(key -> new BlobStat(key, object.size(), object.lastModified())).stream()
                .toList();
    }
}
