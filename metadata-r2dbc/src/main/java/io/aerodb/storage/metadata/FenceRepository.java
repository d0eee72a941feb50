package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The tokens by which a volume and a database know each other, for one gateway. A token is first one that the volume may have, then
 * written there, and then the current one.
 */
public final class FenceRepository {

    private final MetadataExecutor executor;
    private final UUID instance;
    private final Duration deadAfter;

    /**
     * What the database says of a token that was seen on the volume.
     *
     * @param current the last turn whose token the volume was known to have; 0 before the first
     * @param turn of the token; null when it is none of this database's
     * @param held whether the volume was known to have it; else its write was cut off
     * @param disputed why nothing is cleaned up; null when nothing is in the way
     */
    public record Fence(
            long current,
            @Nullable Long turn,
            boolean held,
            @Nullable String disputed) {

        /** Before the first use. */
        private static final Fence NONE = new Fence(0, null, false, null);

        static Fence from(Readable row) {
            return new Fence(
                    Columns.required(row, "current", Long.class),
                    row.get("turn", Long.class),
                    Columns.required(row, "held", Boolean.class),
                    row.get("disputed", String.class));
        }
    }

    /** @param deadAfter a gateway that has not renewed its lease for so long is dead */
    public FenceRepository(MetadataExecutor executor, UUID instance, Duration deadAfter) {
        this.executor = executor;
        this.instance = instance;
        this.deadAfter = deadAfter;
    }

    /** @param seen on the volume, or null when it has no token */
    public Mono<Fence> find(String backend, @Nullable UUID seen) {
        return executor.rows(
                        "SELECT current, turn, held, disputed FROM storage_private.fence($1, $2)",
                        Fence::from,
                        backend,
                        Columns.uuid(seen))
                .flatMapIterable(rows -> rows)
                .next()
                .defaultIfEmpty(Fence.NONE);
    }

    /**
     * Lets a token be one that the volume may have, and emits its turn; nothing when it is another gateway's to make one, not yet
     * time to, or the volume's token is none that it may have.
     *
     * @param seen on the volume, or null when it has no token
     * @param pause from one to the next
     * @param forced whether it is time to in any case
     */
    public Mono<Long> next(String backend, @Nullable UUID seen, UUID token, Duration pause, boolean forced) {
        return executor.rows(
                        "SELECT turn FROM storage_private.fence_next($1, $2, $3, $4, $5, $6, $7) AS turn"
                                + " WHERE turn IS NOT NULL",
                        FenceRepository::turn,
                        backend,
                        instance,
                        Columns.seconds(deadAfter),
                        Columns.uuid(seen),
                        token,
                        Columns.seconds(pause),
                        forced)
                .flatMapIterable(rows -> rows)
                .next();
    }

    /** The same whatever the volume has. */
    public Mono<Long> accept(String backend, UUID token) {
        return executor.row(
                "SELECT storage_private.fence_accept($1, $2, $3) AS turn",
                FenceRepository::turn,
                backend,
                instance,
                token);
    }

    /** The volume has the token of this turn. False when it is another gateway's to make tokens meanwhile. */
    public Mono<Boolean> done(String backend, long turn) {
        return executor.row(
                "SELECT storage_private.fence_done($1, $2, $3) AS done",
                row -> Columns.required(row, "done", Boolean.class),
                backend,
                instance,
                turn);
    }

    /** Keeps the gateways of this database from cleaning up in the backend, unless they are kept from it; or, without a reason, no more. */
    public Mono<Void> dispute(String backend, @Nullable String reason) {
        return executor.run("SELECT storage_private.fence_dispute($1, $2)", backend, Columns.text(reason));
    }

    private static long turn(Readable row) {
        return Columns.required(row, "turn", Long.class);
    }
}
