package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Columns.integer;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Signed URLs: who may make, list and revoke them, and what they open. Each method is one round trip. */
public final class LinkRepository {

    private static final String SIGN_DOWNLOAD =
            "SELECT outcome, " + SignedLink.COLUMNS + " FROM storage_private.sign_download($1, $2, $3, $4, $5, $6)";

    private static final String SIGN_DOWNLOADS =
            "SELECT outcome, " + SignedLink.COLUMNS + " FROM storage_private.sign_downloads($1, $2, $3, $4, $5, $6)";

    private static final String SIGN_UPLOAD = "SELECT outcome, operation, " + SignedLink.COLUMNS
            + " FROM storage_private.sign_upload($1, $2, $3, $4, $5, $6, $7, $8)";

    private static final String LIST =
            "SELECT outcome, " + SignedLink.COLUMNS + " FROM storage_private.link_list($1, $2, $3, $4, $5, $6)";

    private static final String REVOKE = "SELECT outcome FROM storage_private.link_revoke($1, $2, $3)";

    private final MetadataExecutor executor;
    private final UUID instance;
    private final String find;

    /** One that does not ask whether what is found is damaged. */
    public LinkRepository(MetadataExecutor executor, UUID instance) {
        this(executor, instance, false);
    }

    /**
     * @param instance the lease under which the database tries whether an upload is permitted
     * @param asksForDamage whether it is asked of what is found if it is known to be damaged
     */
    public LinkRepository(MetadataExecutor executor, UUID instance, boolean asksForDamage) {
        this.executor = executor;
        this.instance = instance;
        this.find = "SELECT outcome, %s FROM storage_private.linked_object($1, $2, $3, $4, $5, $6)"
                .formatted(FoundObject.columns(asksForDamage));
    }

    /**
     * A link to an object that the caller may read.
     *
     * @param seconds from now until it expires
     * @param maxUses null for as many as anybody likes
     */
    public Mono<Answer<SignedLink>> signDownload(
            RlsContext caller, String bucket, String path, long seconds, @Nullable Integer maxUses) {
        return executor.row(
                caller,
                SIGN_DOWNLOAD,
                row -> Answer.from(row, "signed", SignedLink::from),
                bucket,
                path,
                seconds,
                integer(maxUses));
    }

    /** Links to those of the paths that the caller may read, each once, in no order. */
    public Mono<Answer<List<SignedLink>>> signDownloads(
            RlsContext caller, String bucket, List<String> paths, long seconds, @Nullable Integer maxUses) {
        return executor.rows(
                        caller,
                        SIGN_DOWNLOADS,
                        row -> HeadedRow.from(row, SignedLink::from),
                        bucket,
                        paths.toArray(String[]::new),
                        seconds,
                        integer(maxUses))
                .map(rows -> HeadedRow.answer(rows, "signed"));
    }

    /** A link to upload what the caller may create, or with upsert overwrite. */
    public Mono<UploadLinkDecision> signUpload(
            RlsContext caller, String bucket, String path, long seconds, int maxUses, boolean upsert) {
        return executor.row(
                caller, SIGN_UPLOAD, UploadLinkDecision::from, bucket, path, seconds, maxUses, upsert, instance);
    }

    /** @param spend whether this is a use that counts, where uses are counted */
    public Mono<LinkedObject> find(LinkUse link, String path, boolean spend) {
        return executor.row(
                find,
                LinkedObject::from,
                link.id(),
                link.counted(),
                link.bucketId(),
                link.bucketCreatedAt(),
                path,
                spend);
    }

    /** The unexpired links to or for a path that the caller may revoke, newest first. */
    public Mono<Answer<List<SignedLink>>> list(RlsContext caller, String bucket, String path, int limit, int offset) {
        return executor.rows(caller, LIST, row -> HeadedRow.from(row, SignedLink::from), bucket, path, limit, offset)
                .map(rows -> HeadedRow.answer(rows, "listed"));
    }

    /** False when there is no such link that the caller may revoke. True also when it was revoked before. */
    public Mono<Boolean> revoke(RlsContext caller, UUID link) {
        return executor.row(
                caller,
                REVOKE,
                row -> Columns.required(row, "outcome", String.class).equals("revoked"),
                link);
    }
}
