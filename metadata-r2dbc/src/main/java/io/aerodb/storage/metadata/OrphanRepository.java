package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Comparisons of a backend with the ledger, each called a run. Each method is one round trip over at most
 * {@value GarbageRepository#PAGE} rows and may be repeated.
 */
public final class OrphanRepository {

    private final MetadataExecutor executor;
    private final UUID instance;
    private final Duration lease;

    /** What is where it should not be, or is not where it should be. */
    public enum Kind {
        /** A file that the ledger does not know. */
        UNKNOWN,
        /** A blob of an object, whose file is not there. */
        MISSING;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An attempt to begin a run.
     *
     * @param busy whether another one is under way; then this one has not begun
     * @param stopped why nothing may be changed until a person says go, or null
     */
    public record Claim(boolean busy, @Nullable String stopped) {

        static Claim from(Readable row) {
            return new Claim(
                    Columns.required(row, "outcome", String.class).equals("busy"), row.get("stopped", String.class));
        }
    }

    /**
     * The last comparison of a backend.
     *
     * @param stopped whether nothing is changed until a person says go
     * @param unknown files that it found
     * @param missing files that it missed
     * @param unreadable files of which it could not tell
     */
    public record Result(String backend, boolean stopped, long unknown, long missing, long unreadable) {

        static Result from(Readable row) {
            return new Result(
                    Columns.required(row, "backend", String.class),
                    Columns.required(row, "stopped", Boolean.class),
                    Columns.required(row, "unknown", Long.class),
                    Columns.required(row, "missing", Long.class),
                    Columns.required(row, "unreadable", Long.class));
        }
    }

    /** A blob of the ledger, or a file. */
    public record SizedKey(String key, long size) {

        static SizedKey from(Readable row) {
            return new SizedKey(Columns.required(row, "key", String.class), Columns.required(row, "size", Long.class));
        }
    }

    /**
     * One page of the ledger.
     *
     * @param blobs that should be in the backend, in the order of their keys
     * @param next after which the next page begins; null when this is the last one
     */
    public record LedgerPage(List<SizedKey> blobs, @Nullable String next) {}

    /** An unknown file, which is garbage from now on, or was known to the ledger by then. */
    public record UnknownFile(String key, boolean adopted) {

        static UnknownFile from(Readable row) {
            return new UnknownFile(
                    Columns.required(row, "key", String.class), Columns.required(row, "adopted", Boolean.class));
        }
    }

    /** A missing file, and the bucket and the path of an object that was deleted for want of it, if there was one still. */
    public record MissingFile(
            String key, @Nullable String bucketId, @Nullable String path) {

        static MissingFile from(Readable row) {
            return new MissingFile(
                    Columns.required(row, "key", String.class),
                    row.get("bucket_id", String.class),
                    row.get("name", String.class));
        }

        public boolean hadObject() {
            return path != null;
        }
    }

    /** @param lease how long a run that gives no sign keeps others from beginning one */
    public OrphanRepository(MetadataExecutor executor, UUID instance, Duration lease) {
        this.executor = executor;
        this.instance = instance;
        this.lease = lease;
    }

    /** How long a run may give no sign. */
    public Duration lease() {
        return lease;
    }

    /** @param pause since the end of the last run, before which it is busy too */
    public Mono<Claim> claim(String backend, UUID run, Duration pause) {
        return executor.row(
                "SELECT outcome, stopped FROM storage_private.comparison_claim($1, $2, $3, $4)",
                Claim::from,
                backend,
                run,
                Columns.seconds(lease),
                Columns.seconds(pause));
    }

    /** Renews the lease. False when another run has begun meanwhile. */
    public Mono<Boolean> hold(String backend, UUID run) {
        return executor.row(
                "SELECT storage_private.comparison_hold($1, $2, $3) AS held",
                row -> Columns.required(row, "held", Boolean.class),
                backend,
                run,
                Columns.seconds(lease));
    }

    /**
     * @param ended whether the next one shall wait for its time, as after a run that was not broken off
     * @param unknown files, if it has ended
     * @param missing files, if it has ended
     * @param unreadable files, if it has ended
     */
    public Mono<Void> release(String backend, UUID run, boolean ended, long unknown, long missing, long unreadable) {
        return call("comparison_release($1, $2, $3, $4, $5, $6)", backend, run, ended, unknown, missing, unreadable);
    }

    /** Of each backend that was ever compared. */
    public Mono<List<Result>> results() {
        return executor.rows(
                "SELECT backend, stopped, unknown, missing, unreadable FROM storage_private.comparison_results()",
                Result::from);
    }

    /** From now on nothing may be changed in this backend, until a person says go; or it may again, without a reason. */
    public Mono<Void> stop(String backend, UUID run, @Nullable String reason) {
        return call("comparison_stop($1, $2, $3)", backend, run, Columns.text(reason));
    }

    /** @param after a key; empty for the first page */
    public Mono<LedgerPage> ledger(String backend, String after) {
        return executor.rows(
                        "SELECT key, size FROM storage_private.ledger_page($1, $2, $3)",
                        OrphanRepository::headed,
                        backend,
                        after,
                        GarbageRepository.PAGE)
                .map(rows -> new LedgerPage(
                        rows.subList(1, rows.size()).stream()
                                .map(row -> new SizedKey(String.valueOf(row.key()), row.size()))
                                .toList(),
                        rows.get(0).key()));
    }

    /** Those of these that the ledger does not know. */
    public Mono<List<String>> unknown(Collection<String> keys) {
        return executor.rows(
                "SELECT unknown_keys AS key FROM storage_private.unknown_keys($1)", OrphanRepository::key, (Object)
                        array(keys));
    }

    /** Those of these that should be in the backend. */
    public Mono<List<String>> missing(String backend, Collection<String> keys) {
        return executor.rows(
                "SELECT missing_keys AS key FROM storage_private.missing_keys($1, $2)",
                OrphanRepository::key,
                backend,
                array(keys));
    }

    /** Remembers what the run has found, until the next one. */
    public Mono<Void> note(String backend, UUID run, Kind kind, List<SizedKey> found) {
        return call(
                "orphans_note($1, $2, $3, $4, $5)",
                backend,
                run,
                kind.word(),
                keys(found),
                found.stream().map(SizedKey::size).toArray(Long[]::new));
    }

    /** Forgets some of what the run, which looked everywhere, has not found again. How many; 0 when all is forgotten. */
    public Mono<Long> settle(String backend, UUID run) {
        return executor.row(
                "SELECT storage_private.orphans_settle($1, $2, $3) AS settled",
                row -> Columns.required(row, "settled", Long.class),
                backend,
                run,
                GarbageRepository.PAGE);
    }

    /** Makes garbage of some of the unknown files that the run has found; nothing when all are. */
    public Mono<List<UnknownFile>> adopt(String backend, UUID run) {
        return executor.rows(
                "SELECT key, adopted FROM storage_private.unknown_adopt($1, $2, $3, $4)",
                UnknownFile::from,
                backend,
                run,
                instance,
                GarbageRepository.PAGE);
    }

    /**
     * Some files that were missing in this run and the one before; nothing when all have been {@link #remove removed}.
     *
     * @param age how long ago the first of these runs must have missed it
     */
    public Mono<List<SizedKey>> due(String backend, UUID run, Duration age) {
        return executor.rows(
                "SELECT key, size FROM storage_private.missing_due($1, $2, $3, $4)",
                SizedKey::from,
                backend,
                run,
                Columns.seconds(age),
                GarbageRepository.PAGE);
    }

    /**
     * Forgets that the run has missed these files, and deletes the objects of those that are still gone.
     *
     * @param gone some of these
     */
    public Mono<List<MissingFile>> remove(String backend, UUID run, List<SizedKey> due, List<SizedKey> gone) {
        return executor.rows(
                "SELECT key, bucket_id, name FROM storage_private.missing_remove($1, $2, $3, $4)",
                MissingFile::from,
                backend,
                run,
                keys(due),
                keys(gone));
    }

    private record Headed(@Nullable String key, long size) {}

    private static Headed headed(Readable row) {
        return new Headed(row.get("key", String.class), Columns.required(row, "size", Long.class));
    }

    private static String key(Readable row) {
        return Columns.required(row, "key", String.class);
    }

    private static String[] keys(List<SizedKey> of) {
        return of.stream().map(SizedKey::key).toArray(String[]::new);
    }

    private static String[] array(Collection<String> keys) {
        return keys.toArray(String[]::new);
    }

    private Mono<Void> call(String call, Object... arguments) {
        return executor.run("SELECT storage_private." + call, arguments);
    }
}
