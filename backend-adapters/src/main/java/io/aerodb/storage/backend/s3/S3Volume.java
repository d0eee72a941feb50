package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.OwnedVolume;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The S3 bucket, or what of it lies below the prefix, as the volume of one installation: it holds a marker object with an id
 * that is made once, so that another bucket is not taken for it. Opening proves each permission that is needed later.
 */
final class S3Volume {

    static final String MARKER = ".aerodb-volume";
    static final String OWNER = ".aerodb-installation";
    static final String TOKEN = ".aerodb-token";
    static final String DISPUTED = ".aerodb-disputed";

    private static final String PROBE = ".aerodb-probe-";
    private static final int NOT_IMPLEMENTED = 501;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final S3AsyncClient client;
    private final String bucket;
    private final String prefix;

    S3Volume(S3AsyncClient client, String bucket, String prefix) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix;
    }

    /** The id in the marker. */
    CompletableFuture<UUID> id() {
        return read(MARKER);
    }

    /** The installation that the bucket belongs to. */
    CompletableFuture<UUID> owner() {
        return read(OWNER);
    }

    /** The same; this one, when it belonged to none. */
    CompletableFuture<UUID> own(UUID installation) {
        return owner().exceptionallyCompose(failure -> Failures.isAbsent(failure)
                ? put(prefix + OWNER, installation.toString()).thenCompose(done -> owner())
                : CompletableFuture.failedFuture(failure));
    }

    CompletableFuture<OwnedVolume.Sign> sign() {
        return orNull(read(TOKEN))
                .thenCombine(orNull(read(DISPUTED)), (token, word) -> new OwnedVolume.Sign(token, word != null));
    }

    CompletableFuture<?> mark(UUID token) {
        return overwrite(TOKEN, token);
    }

    CompletableFuture<?> dispute() {
        return overwrite(DISPUTED, UUID.randomUUID());
    }

    CompletableFuture<?> settle() {
        return client.deleteObject(r -> r.bucket(bucket).key(prefix + DISPUTED));
    }

    private CompletableFuture<?> overwrite(String name, UUID id) {
        return client.putObject(r -> r.bucket(bucket).key(prefix + name), AsyncRequestBody.fromString(id.toString()));
    }

    private CompletableFuture<UUID> read(String name) {
        return client.getObject(
                        request -> request.bucket(bucket).key(prefix + name).range("bytes=0-99"),
                        AsyncResponseTransformer.<GetObjectResponse>toBytes())
                .thenApply(S3Volume::parsed);
    }

    /**
     * The id, of a new marker when there is nothing at all yet. Blocks.
     *
     * @throws BackendException that names what is missing: the bucket, a permission, the marker among foreign objects
     */
    UUID open() {
        boolean empty = step("listing the bucket", "s3:ListBucket", this::isEmpty);
        UUID id = step("reading the marker", "s3:GetObject", this::find);
        return id == null ? make(empty) : id;
    }

    /**
     * Makes, lists and removes an object and an unfinished upload. Blocks.
     *
     * @return whether the server takes {@code If-None-Match}
     * @throws BackendException that names the missing permission
     */
    boolean probe() {
        String name = prefix + PROBE + UUID.randomUUID();
        boolean conditional = step("writing", "s3:PutObject", () -> putNew(name));
        step(
                "deleting",
                "s3:DeleteObject",
                () -> client.deleteObject(r -> r.bucket(bucket).key(name)));
        CreateMultipartUploadResponse upload = step(
                "beginning an upload",
                "s3:PutObject",
                () -> client.createMultipartUpload(r -> r.bucket(bucket).key(name)));
        step(
                "listing unfinished uploads",
                "s3:ListBucketMultipartUploads",
                () -> client.listMultipartUploads(r -> r.bucket(bucket).prefix(name)));
        step(
                "aborting an upload",
                "s3:AbortMultipartUpload",
                () -> client.abortMultipartUpload(
                        r -> r.bucket(bucket).key(name).uploadId(upload.uploadId())));
        return conditional;
    }

    private UUID make(boolean empty) {
        if (!empty) {
            throw new BackendException.Failed(
                    "the bucket or its prefix holds objects and no marker, so it belongs to something else", null);
        }
        step(
                "writing the marker",
                "s3:PutObject",
                () -> put(prefix + MARKER, UUID.randomUUID().toString()));
        UUID id = step("reading the marker", "s3:GetObject", this::find); // another gateway may have been faster
        if (id == null) {
            throw new BackendException.Failed("the marker that was written can't be read", null);
        }
        return id;
    }

    private CompletableFuture<@Nullable UUID> find() {
        return orNull(id());
    }

    private static CompletableFuture<@Nullable UUID> orNull(CompletableFuture<UUID> marker) {
        return marker.exceptionallyCompose(failure -> Failures.isAbsent(failure)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Boolean> isEmpty() {
        return client.listObjectsV2(r -> r.bucket(bucket).prefix(prefix).maxKeys(1))
                .thenApply(page -> page.contents().isEmpty());
    }

    /** Of two that do this at once one wins, where the server knows the condition. */
    private CompletableFuture<?> put(String name, String text) {
        return client.putObject(r -> r.bucket(bucket).key(name).ifNoneMatch("*"), AsyncRequestBody.fromString(text))
                .exceptionallyCompose(failure -> switch (status(failure)) {
                    case 412 -> CompletableFuture.completedFuture(null);
                    case NOT_IMPLEMENTED ->
                        client.putObject(r -> r.bucket(bucket).key(name), AsyncRequestBody.fromString(text));
                    default -> CompletableFuture.failedFuture(failure);
                });
    }

    private CompletableFuture<Boolean> putNew(String name) {
        return client.putObject(r -> r.bucket(bucket).key(name).ifNoneMatch("*"), AsyncRequestBody.empty())
                .thenApply(put -> true)
                .exceptionallyCompose(failure -> status(failure) == NOT_IMPLEMENTED
                        ? client.putObject(r -> r.bucket(bucket).key(name), AsyncRequestBody.empty())
                                .thenApply(put -> false)
                        : CompletableFuture.failedFuture(failure));
    }

    private static UUID parsed(ResponseBytes<GetObjectResponse> marker) {
        try {
            return UUID.fromString(marker.asString(StandardCharsets.US_ASCII).strip());
        } catch (IllegalArgumentException | UncheckedIOException damaged) {
            throw new BackendException.Failed("the marker of the bucket holds no id", damaged);
        }
    }

    private static int status(Throwable failure) {
        return Failures.cause(failure) instanceof AwsServiceException said ? said.statusCode() : 0;
    }

    private static <T> T step(String what, String permission, Supplier<CompletableFuture<T>> call) {
        try {
            return call.get().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        } catch (RuntimeException failure) {
            int status = status(failure);
            String hint = status == 403 ? " (is the permission %s missing, or a key wrong?)".formatted(permission) : "";
            throw new BackendException.Failed(
                    Failures.translated(what, failure).getMessage() + hint, Failures.cause(failure));
        }
    }
}
