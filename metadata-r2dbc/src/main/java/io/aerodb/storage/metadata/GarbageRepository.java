package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** What becomes of blobs that nobody refers to, for the jobs of one gateway. Each method is one round trip and may be repeated. */
public final class GarbageRepository {

    /** Rows of one statement, so that none is long. */
    public static final int PAGE = 1000;

    private final MetadataExecutor executor;
    private final UUID instance;
    private final Duration deadAfter;

    /** A blob whose bytes may be deleted. */
    public record DueBlob(String key, long size) {

        static DueBlob from(Readable row) {
            return new DueBlob(Columns.required(row, "key", String.class), Columns.required(row, "size", Long.class));
        }
    }

    /**
     * What waits in one backend.
     *
     * @param due files that could have been deleted by now
     */
    public record Waiting(String backend, long files, long bytes, long due) {

        static Waiting from(Readable row) {
            return new Waiting(
                    Columns.required(row, "backend", String.class),
                    Columns.required(row, "files", Long.class),
                    Columns.required(row, "bytes", Long.class),
                    Columns.required(row, "due", Long.class));
        }
    }

    /** @param deadAfter a gateway that has not renewed its lease for so long is dead */
    public GarbageRepository(MetadataExecutor executor, UUID instance, Duration deadAfter) {
        this.executor = executor;
        this.instance = instance;
        this.deadAfter = deadAfter;
    }

    /** How old what this gateway has {@link #unfinished} is at least. */
    public Duration deadAfter() {
        return deadAfter;
    }

    /** How long bytes stay, of uploads that failed and of objects that were deleted or overwritten; from now on, for all gateways. */
    public Mono<Void> keep(Duration failed, Duration deleted) {
        return executor.run(
                "SELECT storage_private.keep_garbage($1, $2)", Columns.seconds(failed), Columns.seconds(deleted));
    }

    /**
     * Makes garbage of some of what dead gateways left unfinished. How many; 0 when nothing is left. Renews the lease of this one
     * first.
     *
     * @param closed backends of which nothing is swept
     */
    public Mono<Long> sweepDead(Set<String> closed) {
        return count(
                "sweep_dead($1, $2, $3, $4)",
                instance,
                Columns.seconds(deadAfter),
                closed.toArray(String[]::new),
                PAGE);
    }

    /** What this gateway began so long ago that it knows of it, if it is under way; in the order of the keys. */
    public Mono<List<String>> unfinished(Set<String> closed, String after) {
        return executor.rows(
                "SELECT unfinished AS key FROM storage_private.unfinished($1, $2, $3, $4, $5)",
                row -> Columns.required(row, "key", String.class),
                instance,
                Columns.seconds(deadAfter),
                closed.toArray(String[]::new),
                after,
                PAGE);
    }

    /** Makes garbage of those of these that are unfinished. */
    public Mono<Long> sweep(Collection<String> keys) {
        return count("sweep($1)", (Object) keys.toArray(String[]::new));
    }

    /** Lets garbage be claimed that a dead gateway was deleting. */
    public Mono<Void> releaseDead() {
        return executor.run("SELECT storage_private.garbage_release($1)", Columns.seconds(deadAfter));
    }

    /**
     * Garbage whose bytes this gateway deletes now. Durable: what the database forgot could be referred to again.
     *
     * @param pause after which it may be claimed again
     */
    public Mono<List<DueBlob>> claim(String backend, Duration pause, int most) {
        return executor.rows(
                "SELECT key, size FROM storage_private.garbage_claim($1, $2, $3, $4)",
                DueBlob::from,
                backend,
                instance,
                Columns.seconds(pause),
                most);
    }

    /** Lets garbage be claimed again that this gateway has claimed and not deleted. */
    public Mono<Void> giveBack(Collection<String> keys) {
        return executor.run("SELECT storage_private.garbage_give_back($1, $2)", keys.toArray(String[]::new), instance);
    }

    /** Forgets garbage whose bytes are gone. */
    public Mono<Void> done(Collection<String> keys) {
        return executor.run(
                MetadataExecutor.NOT_SYNCED + "storage_private.garbage_done($1)", (Object) keys.toArray(String[]::new));
    }

    public Mono<List<Waiting>> waiting() {
        return executor.rows("SELECT backend, files, bytes, due FROM storage_private.garbage_waiting()", Waiting::from);
    }

    private Mono<Long> count(String call, Object... arguments) {
        return executor.row(
                MetadataExecutor.NOT_SYNCED + "storage_private.%s AS count".formatted(call),
                row -> Columns.required(row, "count", Long.class),
                arguments);
    }
}
