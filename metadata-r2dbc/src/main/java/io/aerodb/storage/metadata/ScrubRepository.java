package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Passes over the ledger, in which one gateway at a time reads what is stored in a backend again, and what was found out that
 * way. Each method is one round trip and may be repeated.
 */
public final class ScrubRepository {

    private final MetadataExecutor executor;
    private final UUID instance;
    private final Duration deadAfter;

    /**
     * An attempt to work on a backend.
     *
     * @param held whether there is something to do, and this gateway does it
     * @param after the key behind which the pass goes on; null when none is due
     * @param began when the pass did
     */
    public record Claim(
            boolean held, @Nullable String after, @Nullable Instant began) {

        static Claim from(Readable row) {
            return new Claim(
                    Columns.required(row, "outcome", String.class).equals("claimed"),
                    row.get("after", String.class),
                    row.get("began", Instant.class));
        }
    }

    /** A blob as it should be in its backend. */
    public record ExpectedBlob(String key, long size, String sha256) {}

    /**
     * Blobs to read, in the order of their keys.
     *
     * @param next the key behind which the next page begins; null when this is the last one
     * @param readAt before any of them is read, by the database's clock
     */
    public record Page(List<ExpectedBlob> blobs, @Nullable String next, Instant readAt) {}

    /**
     * What a pass has seen.
     *
     * @param held false when another gateway has taken over, and this one has to stop
     */
    public record Progress(boolean held, long files, long bytes, long damaged) {

        static Progress from(Readable row) {
            boolean held = Columns.required(row, "held", Boolean.class);
            return held
                    ? new Progress(
                            true,
                            Columns.required(row, "files", Long.class),
                            Columns.required(row, "bytes", Long.class),
                            Columns.required(row, "damaged", Long.class))
                    : new Progress(false, 0, 0, 0);
        }
    }

    /** Whether it is news that a blob is damaged. */
    public enum Find {
        NEWS,
        KNOWN,
        /** Nobody refers to it any more. */
        GONE
    }

    /** How the blob of an object is. */
    public record CheckedObject(
            UUID id,
            String bucketId,
            String bucket,
            String path,
            long size,
            String key,
            String backend,
            @Nullable Instant corruptSince,
            @Nullable Instant lastVerified) {

        static CheckedObject from(Readable row) {
            return new CheckedObject(
                    Columns.required(row, "object_id", UUID.class),
                    Columns.required(row, "bucket_id", String.class),
                    Columns.required(row, "bucket", String.class),
                    Columns.required(row, "name", String.class),
                    Columns.required(row, "size", Long.class),
                    Columns.required(row, "key", String.class),
                    Columns.required(row, "backend", String.class),
                    row.get("corrupt_since", Instant.class),
                    row.get("last_verified", Instant.class));
        }
    }

    /**
     * @param instance the lease of this gateway: while it is renewed, nobody else takes over what it has claimed
     * @param deadAfter a gateway that has not renewed its lease for so long is dead
     */
    public ScrubRepository(MetadataExecutor executor, UUID instance, Duration deadAfter) {
        this.executor = executor;
        this.instance = instance;
        this.deadAfter = deadAfter;
    }

    /**
     * @param interval from the beginning of one pass to that of the next
     * @param recheck from the beginning of one round through those that are marked as corrupt to that of the next
     */
    public Mono<Claim> claim(String backend, Duration interval, Duration recheck) {
        return executor.row(
                "SELECT outcome, after, began FROM storage_private.scrub_claim($1, $2, $3, $4, $5)",
                Claim::from,
                backend,
                instance,
                Columns.seconds(deadAfter),
                Columns.seconds(interval),
                Columns.seconds(recheck));
    }

    public Mono<Void> release(String backend) {
        return executor.run("SELECT storage_private.scrub_release($1, $2)", backend, instance);
    }

    /**
     * What is to be read behind a key, of {@value GarbageRepository#PAGE} rows of the ledger.
     *
     * @param most bytes; a larger blob is a page of its own
     */
    public Mono<Page> page(String backend, Instant began, String after, long most) {
        return executor.rows(
                        "SELECT key, size, sha256, read_at FROM storage_private.scrub_page($1, $2, $3, $4, $5)",
                        Row::from,
                        backend,
                        began,
                        after,
                        GarbageRepository.PAGE,
                        most)
                .map(Row::page);
    }

    /** A large blob, which is a page of its own, is begun for the how-manieth time; empty when another gateway has taken over. */
    public Mono<Integer> attempt(String backend) {
        return executor.rows(
                        "SELECT scrub_try FROM storage_private.scrub_try($1, $2)",
                        row -> Columns.required(row, "scrub_try", Integer.class),
                        backend,
                        instance)
                .flatMap(rows -> Mono.justOrEmpty(rows.stream().findFirst()));
    }

    /**
     * Some of those that are marked as corrupt, small ones first; each once in a round. Empty when no round is under way or due, and
     * when another gateway has taken over.
     *
     * @param recheck from the beginning of one round to that of the next
     */
    public Mono<Page> marked(String backend, Duration recheck) {
        return executor.rows(
                        "SELECT key, size, sha256, read_at FROM storage_private.scrub_marked($1, $2, $3, $4)",
                        Row::from,
                        backend,
                        instance,
                        Columns.seconds(recheck),
                        GarbageRepository.PAGE)
                .filter(rows -> !rows.isEmpty())
                .map(Row::page);
    }

    /** A page of the pass is done, of which these blobs were as stored. They are marked as corrupt no longer. */
    public Mono<Progress> done(String backend, Page page, Collection<String> verified, long bytes, long damaged) {
        return executor.row(
                MetadataExecutor.NOT_SYNCED + "p.* FROM storage_private.scrub_done($1, $2, $3, $4, $5, $6, $7, $8) p",
                Progress::from,
                backend,
                instance,
                verified.toArray(String[]::new),
                page.readAt(),
                Columns.text(page.next()),
                verified.size() + damaged,
                bytes,
                damaged);
    }

    /** Those of the page that were as stored. They are marked as corrupt no longer. */
    public Mono<Void> verified(Page page, Collection<String> verified) {
        return executor.run(
                MetadataExecutor.NOT_SYNCED + "storage_private.blobs_verified($1, $2)",
                verified.toArray(String[]::new),
                page.readAt());
    }

    /** Marks a blob as corrupt, with an event for each object that has it, if there are any. */
    public Mono<Find> damaged(String key) {
        return executor.row(
                "SELECT outcome FROM storage_private.scrub_damaged($1)",
                row -> Find.valueOf(
                        Columns.required(row, "outcome", String.class).toUpperCase(Locale.ROOT)),
                key);
    }

    /** Objects whose blob is marked as corrupt, in the order of the finds. */
    public Mono<List<CheckedObject>> corrupt(int limit, int offset) {
        return checked(null, null, limit, offset);
    }

    /** How the blob of this object is; empty when there is no such object. */
    public Mono<CheckedObject> checked(String bucket, String path) {
        return checked(bucket, path, 1, 0)
                .flatMap(found -> Mono.justOrEmpty(found.stream().findFirst()));
    }

    private Mono<List<CheckedObject>> checked(@Nullable String bucket, @Nullable String path, int limit, int offset) {
        return executor.rows(
                "SELECT object_id, bucket_id, bucket, name, size, key, backend, corrupt_since, last_verified"
                        + " FROM storage_private.corrupt_objects($1, $2, $3, $4)",
                CheckedObject::from,
                Columns.text(bucket),
                Columns.text(path),
                limit,
                offset);
    }

    /** How many objects have a blob that is marked as corrupt, by backend; none for backends without. */
    public Mono<Map<String, Long>> count() {
        return executor.rows(
                        "SELECT backend, objects FROM storage_private.corrupt_count()",
                        row -> Map.entry(
                                Columns.required(row, "backend", String.class),
                                Columns.required(row, "objects", Long.class)))
                .map(rows -> rows.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** The first one of a page is its header. */
    private record Row(@Nullable String key, long size, String sha256, Instant readAt) {

        static Row from(Readable row) {
            return new Row(
                    row.get("key", String.class),
                    Columns.required(row, "size", Long.class),
                    Columns.required(row, "sha256", String.class),
                    Columns.required(row, "read_at", Instant.class));
        }

        static Page page(List<Row> rows) {
            return new Page(
                    rows.stream().skip(1).map(Row::blob).toList(),
                    rows.get(0).key(),
                    rows.get(0).readAt());
        }

        private ExpectedBlob blob() {
            return new ExpectedBlob(String.valueOf(key), size, sha256);
        }
    }
}
