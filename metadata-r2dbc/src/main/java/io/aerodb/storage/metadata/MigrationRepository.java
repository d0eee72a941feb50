package io.aerodb.storage.metadata;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Migrations of buckets to other backends: asking for them, and working on them. For service_role and jobs only, which the
 * caller checks. Each method is one round trip; those that change something may be repeated when their answer was lost.
 */
public final class MigrationRepository {

    /** Rows looked at in one statement, so that none is long however large the bucket is. */
    private static final int PAGE = 1000;

    private static final int COUNTED_PAGE = 10_000;

    private static final String START = "SELECT outcome, " + Migration.COLUMNS
            + " FROM storage_private.migration_start($1, $2, $3, $4, $5, $6, $7, $8)";

    private static final String LIST =
            "SELECT " + Migration.COLUMNS + " FROM storage_private.migration_list($1, $2) migration";

    private static final String FIND = found("migration($1)");
    private static final String CANCEL = found("migration_cancel($1)");
    private static final String CLAIM = found("migration_claim($1, $2, $3)");
    private static final String FINISH = found("migration_finish($1, $2)");

    private static final String FETCH_PAGE =
            "SELECT name, blob_key, backend, size, sha256 FROM storage_private.migration_page($1, $2, $3)";

    private static final String SWITCH =
            "SELECT outcome, moved FROM storage_private.migration_switch($1, $2, $3, $4, $5)";

    private final MetadataExecutor executor;
    private final UUID instance;
    private final Duration longestUpload;

    /**
     * @param instance the lease under which copies are written, and jobs claimed
     * @param longestUpload an upload to another backend that began longer ago is not waited for
     */
    public MigrationRepository(MetadataExecutor executor, UUID instance, Duration longestUpload) {
        this.executor = executor;
        this.instance = instance;
        this.longestUpload = longestUpload;
    }

    /** From now on new objects of the bucket go to the target. */
    public Mono<MigrationStart> start(RlsContext caller, MigrationOrder order) {
        return executor.row(
                caller,
                START,
                MigrationStart::from,
                order.bucket(),
                order.target(),
                Columns.bigint(order.maxBytesPerSecond()),
                order.defaultBackend(),
                COUNTED_PAGE,
                longestUpload.toSeconds());
    }

    /** Newest first. */
    public Mono<List<Migration>> list(int limit, int offset) {
        return executor.rows(LIST, Migration::from, limit, offset);
    }

    public Mono<Migration> find(UUID id) {
        return one(FIND, id);
    }

    /** The migration as it is then, cancelled unless it had ended; or nothing, when there is none. */
    public Mono<Migration> cancel(UUID id) {
        return one(CANCEL, id);
    }

    /** The job to one of these backends that has been due for the longest time, ours until the lease ends; or nothing. */
    public Mono<Migration> claim(Set<String> targets, Duration lease) {
        return one(CLAIM, instance, targets.toArray(String[]::new), Columns.seconds(lease));
    }

    /** Renews the lease. False when the job is another's now, or has ended. */
    public Mono<Boolean> beat(UUID id, Duration lease) {
        return flag("migration_beat($1, $2, $3)", id, instance, Columns.seconds(lease));
    }

    /** Gives the job back; it may be claimed again after the pause. */
    public Mono<Void> pause(UUID id, Duration pause) {
        return release(id, pause, null);
    }

    /** The same, because something went wrong that may go well later. */
    public Mono<Void> stall(UUID id, Duration pause, String reason) {
        return release(id, pause, reason);
    }

    private Mono<Void> release(UUID id, Duration pause, @Nullable String reason) {
        return executor.run(
                "SELECT storage_private.migration_pause($1, $2, $3, $4)",
                id,
                instance,
                Columns.seconds(pause),
                Columns.text(reason));
    }

    /** Counts a part of the bucket into the totals. True when all of it is counted. */
    public Mono<Boolean> count(UUID id) {
        return executor.rows(
                        "SELECT storage_private.migration_count($1, $2) AS counted",
                        row -> !Boolean.FALSE.equals(row.get("counted", Boolean.class)),
                        id,
                        COUNTED_PAGE)
                .map(rows -> rows.get(0));
    }

    /** How many uploads may still come to lie elsewhere, because they began before the migration did. */
    public Mono<Long> awaited(UUID id) {
        return executor.row(
                "SELECT storage_private.migration_awaits($1, $2) AS uploads",
                row -> Columns.required(row, "uploads", Long.class),
                id,
                longestUpload.toSeconds());
    }

    /** @param after a name; empty for the first page */
    public Mono<MigrationPage> page(UUID id, String after) {
        return executor.rows(FETCH_PAGE, MigrationPage.Row::from, id, after, PAGE)
                .map(MigrationPage::of);
    }

    /** The key of a copy, which the ledger knows from now on; or nothing, when it is not wanted any more. */
    public Mono<String> begin(UUID id, MovableBlob blob) {
        return executor.row(
                        "SELECT storage_private.migration_begin($1, $2, $3, $4) AS blob_key",
                        row -> Optional.ofNullable(row.get("blob_key", String.class)),
                        id,
                        blob.key(),
                        blob.path(),
                        instance)
                .flatMap(Mono::justOrEmpty);
    }

    /**
     * Lets everything that refers to the blob refer to its copy, which is durable and has this size and digest. Fails with
     * TIMED_OUT or CONFLICT while others hold the rows.
     */
    public Mono<BlobSwitch> switchTo(UUID id, MovableBlob blob, String copyKey, long size, String sha256) {
        return executor.row(SWITCH, BlobSwitch::from, id, blob.key(), copyKey, size, sha256);
    }

    /** The migration does not try this blob again. False when nothing of the bucket refers to it any more. */
    public Mono<Boolean> fail(UUID id, MovableBlob blob, String reason) {
        return flag("migration_fail($1, $2, $3)", id, blob.key(), reason);
    }

    /** Ends the job, of which nothing is left to be done. */
    public Mono<Migration> finish(UUID id) {
        return one(FINISH, id, instance);
    }

    private Mono<Migration> one(String sql, Object... arguments) {
        return executor.rows(sql, Migration::from, arguments)
                .flatMap(rows -> Mono.justOrEmpty(rows.stream().findFirst()));
    }

    private Mono<Boolean> flag(String call, Object... arguments) {
        return executor.row(
                "SELECT storage_private.%s AS flag".formatted(call),
                row -> Columns.required(row, "flag", Boolean.class),
                arguments);
    }

    private static String found(String call) {
        return "SELECT %s FROM storage_private.%s migration WHERE (migration).id IS NOT NULL"
                .formatted(Migration.COLUMNS, call);
    }
}
