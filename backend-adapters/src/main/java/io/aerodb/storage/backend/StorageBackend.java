package io.aerodb.storage.backend;

import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where the bytes are. Knows blobs by opaque keys; knows nothing of buckets, names, users or HTTP.
 *
 * <p>Every method is cold: nothing happens before the subscription, and each subscription does it anew. None blocks the
 * thread that subscribes; file and hash work runs on a bounded scheduler of the backend. Every failure is a
 * {@link BackendException}, except that an error of the content itself passes through {@link #write} unchanged.
 * Implementations are safe for concurrent use. {@code StorageBackendContract} in this module's test-jar is the proof of
 * each sentence here and is run against every implementation and decorator.
 */
public interface StorageBackend {

    /**
     * Stores a new blob.
     *
     * <p>The content is subscribed once, and only when the backend is ready to take its first byte; at most a bounded
     * number of bytes is asked for ahead of what was stored. Every buffer is released by the backend, whatever happens.
     * SHA-256 and the digests of the hints are computed on the way.
     *
     * <p>Emits when all bytes <em>and</em> the name are on stable storage, exactly one element. Until then neither
     * {@link #read}, {@link #stat} nor {@link #list} shows the blob (while the very last step, giving it its name, is under
     * way, they may show it whole), and no part of it ever becomes visible when the
     * content fails, ends at another length than declared, or the subscriber cancels: then the backend cancels the
     * content and removes what it wrote, also when the last step had already begun. What a crash leaves is removed by
     * {@link #delete}.
     *
     * @throws BackendException.AlreadyExists (signalled) when the key is taken; the existing blob stays as it is
     */
    Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints);

    /** The bytes of one range of a blob; see {@link BlobContent} for when it is opened and how it fails. */
    BlobContent read(BlobKey key, ByteRange range);

    /**
     * The bytes of one short range, by one step of the backend, of a blob that has this size. Emits one buffer, which the
     * subscriber releases; an empty one for no bytes. All of them are in memory then, so it is up to the caller how many he
     * asks for. Fails like {@link BlobContent#bytes()}, and with {@link BackendException.Truncated} also when the blob is
     * shorter or longer than this. What is read for one who has cancelled is released by the backend.
     */
    Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range);

    /**
     * Removes a blob and every unfinished write of that key. Completes when it is gone for good; completes too when there
     * was nothing. Readers that have already opened the blob may finish.
     */
    Mono<Void> delete(BlobKey key);

    /** Size and time of a blob; {@link BackendException.NotFound} when there is none. */
    Mono<BlobStat> stat(BlobKey key);

    /**
     * Every complete blob once, in no order, with flat memory, never unfinished writes. A blob written or deleted while
     * the listing runs may or may not be in it. What can't be listed keeps nobody from the others: it is told by a
     * {@link BackendException.Failed} at the end.
     */
    Flux<BlobStat> list();

    /**
     * Completes when the backend can serve reads and writes now, else fails with the reason:
     * {@link BackendException.InsufficientStorage} when only writes fail, for want of room. Bounded in time; for readiness
     * probes.
     */
    Mono<Void> check();

    /**
     * What this backend can do beside this, like {@link BatchDeletes} or {@link PresignedReads}; through its decorators, too.
     */
    default <A> Optional<A> ability(Class<A> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }
}
