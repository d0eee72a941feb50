package io.aerodb.storage.metadata;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Looks into row security on behalf of others; leaves nothing behind. For service_role only, which the caller checks. */
public final class ObjectRights {

    private static final String EXPLAIN = "SELECT storage_private.explain($1, $2, $3, $4, $5, $6)::text AS explanation";

    private final MetadataExecutor executor;
    private final UUID instance;

    /** @param instance the lease under which the trials write */
    public ObjectRights(MetadataExecutor executor, UUID instance) {
        this.executor = executor;
        this.instance = instance;
    }

    /** What may be asked about: the four rights, and the requests that need them. */
    public enum Operation {
        SELECT,
        INSERT,
        UPDATE,
        DELETE,
        DOWNLOAD,
        UPLOAD,
        /** Within the bucket. */
        MOVE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Operation> named(String word) {
            return Arrays.stream(values())
                    .filter(operation -> operation.word().equals(word))
                    .findFirst();
        }
    }

    /**
     * What the database says to this caller, as the JSON object of docs/api.md, "Explanations".
     *
     * @param bucket id or name
     */
    public Mono<String> explain(RlsContext caller, String bucket, String path, Operation operation) {
        return executor.row(
                caller,
                EXPLAIN,
                row -> Columns.required(row, "explanation", String.class),
                bucket,
                path,
                operation.word(),
                instance);
    }
}
