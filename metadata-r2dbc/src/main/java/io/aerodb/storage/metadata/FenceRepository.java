package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The tokens by which a volume shows that it was last used by this database, and not by a copy of it or a newer state. */
public final class FenceRepository {

    private final MetadataExecutor executor;

    /**
     * What the database has for the volume of one backend.
     *
     * @param turn how many tokens there have been; of a database that was restored less than before
     * @param tokens the last ones, newest first
     */
    public record Fence(long turn, List<UUID> tokens) {

        /** Before the first use. */
        private static final Fence NONE = new Fence(0, List.of());

        static Fence from(Readable row) {
            return new Fence(
                    Columns.required(row, "turn", Long.class), List.of(Columns.required(row, "tokens", UUID[].class)));
        }

        public boolean isNone() {
            return tokens.isEmpty();
        }

        public UUID newest() {
            return tokens.get(0);
        }

        /** Whether it is a later state of the same one, which does not know this one's token any more. */
        public boolean hasForgotten(Fence earlier) {
            return turn > earlier.turn && !tokens.contains(earlier.newest());
        }
    }

    public FenceRepository(MetadataExecutor executor) {
        this.executor = executor;
    }

    public Mono<Fence> find(String backend) {
        return fences("fence($1)", backend).next().defaultIfEmpty(Fence.NONE);
    }

    /** With this token, when there was none. */
    public Mono<Fence> begin(String backend, UUID token) {
        return fences("fence_begin($1, $2)", backend, token).next();
    }

    /** Makes a token the newest; nothing when another gateway was faster, or the last one is younger than the pause. */
    public Mono<Fence> advance(String backend, Fence last, UUID token, Duration pause) {
        return fences("fence_advance($1, $2, $3, $4)", backend, last.turn(), token, Columns.seconds(pause))
                .next();
    }

    /** Makes a token the newest, whatever the volume has. */
    public Mono<Fence> accept(String backend, UUID token) {
        return fences("fence_accept($1, $2)", backend, token).next();
    }

    private Flux<Fence> fences(String call, Object... arguments) {
        return executor.rows("SELECT turn, tokens FROM storage_private." + call, Fence::from, arguments)
                .flatMapIterable(rows -> rows);
    }
}
