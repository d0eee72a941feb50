package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Columns.text;

import io.aerodb.storage.metadata.Relocation.Replacement;
import io.r2dbc.spi.Readable;
import java.util.List;
import reactor.core.publisher.Mono;

/** Changes to objects that copy no byte: one round trip and one transaction each, under row-level security. */
public final class ObjectChanges {

    private static final String MOVE = "SELECT outcome, operation, policy, bucket_name, " + StorageObject.COLUMNS
            + " FROM storage_private.object_move($1, $2, $3, $4, $5, $6)";

    private static final String COPY = "SELECT outcome, 'select' AS operation, NULL AS policy, bucket_name, "
            + StorageObject.COLUMNS
            + " FROM storage_private.object_copy($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    private static final String DELETE = "SELECT outcome, bucket_name, " + StorageObject.COLUMNS
            + " FROM storage_private.objects_delete($1, $2, $3, $4)";

    private static final String MOVE_PREFIX =
            "SELECT outcome, changed, refused FROM storage_private.prefix_move($1, $2, $3, $4, $5)";

    private static final String DELETE_PREFIX =
            "SELECT outcome, changed, refused FROM storage_private.prefix_delete($1, $2, $3, $4)";

    private final MetadataExecutor executor;

    public ObjectChanges(MetadataExecutor executor) {
        this.executor = executor;
    }

    /** Id, owner, blob and version stay. Fails with EXISTS where the destination is taken, with DENIED where it may not be. */
    public Mono<Relocated> move(RlsContext caller, Relocation way) {
        return executor.row(
                        caller,
                        MOVE,
                        ObjectChanges::relocated,
                        way.bucket(),
                        way.path(),
                        way.newBucket(),
                        way.newPath())
                .doOnNext(executor::changed);
    }

    /** A second object with the same blob, owned by the caller. Fails like {@link #move}. */
    public Mono<Relocated> copy(RlsContext caller, Relocation way, WriteRule rule, Replacement replacement) {
        return executor.row(
                        caller,
                        COPY,
                        ObjectChanges::relocated,
                        way.bucket(),
                        way.path(),
                        way.newBucket(),
                        way.newPath(),
                        rule.kind().word(),
                        text(replacement.contentType()),
                        text(replacement.cacheControl()),
                        text(replacement.contentEncoding()),
                        text(replacement.metadata()))
                .doOnNext(executor::changed);
    }

    /** What was deleted of these names; what is missing or may not be deleted is not in it. */
    public Mono<Answer<List<StorageObject>>> delete(RlsContext caller, String bucket, List<String> paths) {
        return executor.rows(
                        caller,
                        DELETE,
                        row -> HeadedRow.from(row, ObjectChanges::object),
                        bucket,
                        paths.toArray(String[]::new))
                .doOnNext(executor::changed)
                .map(rows -> HeadedRow.answer(rows, "deleted"));
    }

    /** Fails with EXISTS when one destination is taken, and then nothing has moved. */
    public Mono<Answer<BulkChange>> movePrefix(RlsContext caller, String bucket, String prefix, String newPrefix) {
        return executor.row(
                        caller,
                        MOVE_PREFIX,
                        row -> Answer.from(row, "moved", ObjectChanges::bulk),
                        bucket,
                        prefix,
                        newPrefix)
                .doOnNext(executor::changed);
    }

    public Mono<Answer<BulkChange>> deletePrefix(RlsContext caller, String bucket, String prefix) {
        return executor.row(
                        caller, DELETE_PREFIX, row -> Answer.from(row, "deleted", ObjectChanges::bulk), bucket, prefix)
                .doOnNext(executor::changed);
    }

    private static Relocated relocated(Readable row) {
        String outcome = Columns.required(row, "outcome", String.class);
        if (outcome.equals("moved") || outcome.equals("copied")) {
            return new Relocated.Done(object(row));
        }
        Refusal refusal = new Refusal(Absence.named(outcome), row.get("policy", String.class));
        return new Relocated.NotDone(refusal, Columns.required(row, "operation", String.class));
    }

    private static BulkChange bulk(Readable row) {
        return new BulkChange(
                Columns.required(row, "changed", Long.class), Columns.required(row, "refused", Long.class));
    }

    private static StorageObject object(Readable row) {
        return StorageObject.from(row, Columns.required(row, "bucket_name", String.class));
    }
}
