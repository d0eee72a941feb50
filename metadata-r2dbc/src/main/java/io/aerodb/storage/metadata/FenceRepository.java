package io.aerodb.storage.metadata;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** The tokens by which a volume shows that it was last used by this database, and not by a copy of it or a newer state. */
public final class FenceRepository {

    private final MetadataExecutor executor;

    public FenceRepository(MetadataExecutor executor) {
        this.executor = executor;
    }

    /** The last ones, newest first; none before the first use. */
    public Mono<List<UUID>> tokens(String backend) {
        return executor.rows(
                "SELECT fence_tokens AS token FROM storage_private.fence_tokens($1)",
                row -> Columns.required(row, "token", UUID.class),
                backend);
    }

    /** The newest token: this one, when there was none. */
    public Mono<UUID> begin(String backend, UUID token) {
        return executor.row(
                "SELECT storage_private.fence_begin($1, $2) AS token",
                row -> Columns.required(row, "token", UUID.class),
                backend,
                token);
    }

    /**
     * Makes a token the newest. False when another gateway was faster, or the last one is younger than the pause.
     *
     * @param newest until now
     */
    public Mono<Boolean> advance(String backend, UUID newest, UUID token, Duration pause) {
        return executor.row(
                "SELECT storage_private.fence_advance($1, $2, $3, $4) AS advanced",
                row -> Columns.required(row, "advanced", Boolean.class),
                backend,
                newest,
                token,
                Columns.seconds(pause));
    }

    /** Makes a token the newest, whatever the volume has. */
    public Mono<Void> accept(String backend, UUID token) {
        return executor.rows("SELECT storage_private.fence_accept($1, $2)", row -> "", backend, token)
                .then();
    }
}
