package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Columns.bigint;
import static io.aerodb.storage.metadata.Columns.instant;
import static io.aerodb.storage.metadata.Columns.text;
import static io.aerodb.storage.metadata.Columns.uuid;

import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.CommitOutcome.Unknown;
import io.aerodb.storage.metadata.MetadataException.Kind;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Objects under row-level security. Each method is one round trip. */
public final class ObjectRepository {

    /** What a crash can lose is the ledger row of an upload that it has ended, too. */
    private static final String BEGIN = MetadataExecutor.NOT_SYNCED + "outcome, operation, policy, blob_key, backend, "
            + Bucket.COLUMNS + " FROM storage_private.upload_begin($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    private static final String COMMIT = "SELECT " + StorageObject.COLUMNS
            + " FROM storage_private.upload_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) object";

    private static final String DELETE =
            "SELECT outcome, policy FROM storage_private.object_delete($1, $2, $3, $4, $5, $6)";

    private final MetadataExecutor executor;
    private final UUID instance;
    private final String find;

    /** One that does not ask whether what is found is damaged. */
    public ObjectRepository(MetadataExecutor executor, UUID instance) {
        this(executor, instance, false);
    }

    /**
     * @param instance the lease under which uploads are written
     * @param asksForDamage whether it is asked of what is found if it is known to be damaged
     */
    public ObjectRepository(MetadataExecutor executor, UUID instance, boolean asksForDamage) {
        this.executor = executor;
        this.instance = instance;
        this.find = "SELECT outcome, %s FROM storage_private.object_find($1, $2, $3, $4, $5)"
                .formatted(FoundObject.columns(asksForDamage));
    }

    /** @param publicOnly whether buckets that are not public shall look as if they did not exist */
    public Mono<Answer<FoundObject>> find(RlsContext caller, String bucket, String path, boolean publicOnly) {
        return executor.row(
                caller, find, row -> Answer.from(row, "found", FoundObject::from), bucket, path, publicOnly);
    }

    /** Asks whether the upload may take place; when it may, the ledger knows its blob from now on. */
    public Mono<UploadDecision> begin(RlsContext caller, UploadIntent intent) {
        Long declaredSize =
                intent.declaredSize().isPresent() ? intent.declaredSize().getAsLong() : null;
        LinkUse link = intent.link();
        return executor.row(
                caller,
                BEGIN,
                UploadDecision::from,
                link == null ? intent.bucket() : link.bucketId(),
                intent.path(),
                instance,
                intent.defaultBackend(),
                intent.contentType(),
                bigint(declaredSize),
                intent.rule().kind().word(),
                intent.rule().etagArray(),
                uuid(link == null ? null : link.id()),
                instant(link == null ? null : link.bucketCreatedAt()));
    }

    /** Makes the blob the object's content, if row security, limits and condition still allow. Never signals an error. */
    public Mono<CommitOutcome> commit(RlsContext caller, Completion upload) {
        Bucket bucket = upload.permitted().bucket();
        return executor.row(
                        caller,
                        COMMIT,
                        row -> StorageObject.from(row, bucket.name()),
                        bucket.id(),
                        upload.path(),
                        upload.permitted().blobKey(),
                        upload.size(),
                        upload.sha256(),
                        upload.contentType(),
                        upload.cacheControl(),
                        text(upload.contentEncoding()),
                        text(upload.metadata()),
                        upload.rule().kind().word(),
                        upload.rule().etagArray(),
                        uuid(upload.link() == null ? null : upload.link().id()))
                .doOnNext(executor::changed)
                .<CommitOutcome>map(Committed::new)
                .onErrorResume(failure -> Mono.just(outcomeOf(failure)));
    }

    /**
     * Deletes the object; its bytes become garbage. Empty when it was deleted, else why it was not.
     *
     * @param rule overwrite, or match: fails with PRECONDITION when the object is there in another version
     */
    public Mono<Optional<Refusal>> delete(RlsContext caller, String bucket, String path, WriteRule rule) {
        return executor.row(
                        caller,
                        DELETE,
                        row -> Refusal.unless(row, "deleted"),
                        bucket,
                        path,
                        rule.kind().word(),
                        rule.etagArray())
                .doOnNext(executor::changed);
    }

    private static CommitOutcome outcomeOf(Throwable failure) {
        return failure instanceof MetadataException known && known.kind() != Kind.UNANSWERED
                ? new RolledBack(known)
                : new Unknown(failure);
    }
}
