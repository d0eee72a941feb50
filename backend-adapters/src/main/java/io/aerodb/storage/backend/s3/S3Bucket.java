package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BlobKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The calls to S3 about blobs of one bucket. Bytes go over one pool of connections, all other calls over another, so that
 * these are answered while many transfers are under way. Failures are the SDK's.
 */
final class S3Bucket {

    private final S3Clients clients;
    private final String bucket;
    private final S3Keys keys;
    private final @Nullable String absent;

    /** @param conditional whether the server takes {@code If-None-Match} */
    S3Bucket(S3Clients clients, String bucket, S3Keys keys, boolean conditional) {
        this.absent = conditional ? "*" : null;
        this.clients = clients;
        this.bucket = bucket;
        this.keys = keys;
    }

    CompletableFuture<HeadObjectResponse> head(BlobKey key) {
        return clients.control().headObject(request -> request.bucket(bucket).key(keys.name(key)));
    }

    /** The bytes from the first to before the end; what of them there is. */
    CompletableFuture<BodyRelay> get(BlobKey key, long first, long end, BodyRelay relay) {
        return clients.data()
                .getObject(
                        request -> request.bucket(bucket)
                                .key(keys.name(key))
                                .range("bytes=%d-%d".formatted(first, end - 1)),
                        relay);
    }

    /** The object as a whole, unless there is one of this name; under servers that know this condition. */
    CompletableFuture<?> put(BlobKey key, AsyncRequestBody body, Map<String, String> metadata) {
        return clients.data()
                .putObject(
                        request -> request.bucket(bucket)
                                .key(keys.name(key))
                                .metadata(metadata)
                                .ifNoneMatch(absent),
                        body);
    }

    /** The id of the new multipart upload, one of several when it took more attempts. */
    CompletableFuture<String> createUpload(BlobKey key, Map<String, String> metadata, Attempts attempts) {
        return clients.control()
                .createMultipartUpload(request -> request.bucket(bucket)
                        .key(keys.name(key))
                        .metadata(metadata)
                        .overrideConfiguration(attempts::of))
                .thenApply(created -> created.uploadId());
    }

    CompletableFuture<UploadPartResponse> uploadPart(BlobKey key, String upload, Part part) {
        return clients.data()
                .uploadPart(
                        request -> request.bucket(bucket)
                                .key(keys.name(key))
                                .uploadId(upload)
                                .partNumber(part.number()),
                        part.body());
    }

    /** May take long: the server joins the parts. */
    CompletableFuture<?> completeUpload(BlobKey key, String upload, List<CompletedPart> parts) {
        return clients.data().completeMultipartUpload(request -> request.bucket(bucket)
                .key(keys.name(key))
                .uploadId(upload)
                .ifNoneMatch(absent)
                .multipartUpload(all -> all.parts(parts)));
    }

    /** Also when it is not there any more: completed, or aborted by another. */
    CompletableFuture<Void> abortUpload(BlobKey key, String upload) {
        return clients.control()
                .abortMultipartUpload(
                        request -> request.bucket(bucket).key(keys.name(key)).uploadId(upload))
                .<Void>thenApply(done -> null)
                .exceptionallyCompose(failure -> Failures.isAbsent(failure)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    /** All unfinished uploads of the blob, of which there are few. */
    CompletableFuture<Void> abortUploads(BlobKey key) {
        return clients.control()
                .listMultipartUploads(request -> request.bucket(bucket).prefix(keys.name(key)))
                .thenCompose(page -> CompletableFuture.allOf(page.uploads().stream()
                        .filter(upload -> upload.key().equals(keys.name(key)))
                        .map(upload -> abortUpload(key, upload.uploadId()))
                        .toArray(CompletableFuture[]::new)));
    }

    CompletableFuture<Void> delete(BlobKey key) {
        return clients.control()
                .deleteObject(request -> request.bucket(bucket).key(keys.name(key)))
                .thenAccept(done -> {});
    }

    /** Of up to 1 000. The answer names those that are not gone, with a reason. */
    CompletableFuture<DeleteObjectsResponse> delete(List<BlobKey> blobs) {
        List<ObjectIdentifier> names = blobs.stream()
                .map(key -> ObjectIdentifier.builder().key(keys.name(key)).build())
                .toList();
        Delete delete = Delete.builder().objects(names).quiet(true).build();
        return clients.control().deleteObjects(request -> request.bucket(bucket).delete(delete));
    }

    /** In the order of their names, where the server keeps it; from this one on, or from the first. */
    Flux<S3Object> objects(@Nullable BlobKey from) {
        return Flux.from(clients.control()
                .listObjectsV2Paginator(request -> request.bucket(bucket)
                        .prefix(keys.prefix())
                        .startAfter(from == null ? null : before(keys.name(from)))
                        .encodingType(EncodingType.URL))
                .contents());
    }

    /** A name that comes before this one. */
    private static String before(String name) {
        return name.substring(0, name.length() - 1);
    }

    /** Unfinished uploads of one blob, or of all. */
    Flux<MultipartUpload> uploads(@Nullable BlobKey key) {
        return Flux.from(clients.control()
                .listMultipartUploadsPaginator(request -> request.bucket(bucket)
                        .prefix(key == null ? keys.prefix() : keys.name(key))
                        .encodingType(EncodingType.URL))
                .uploads());
    }
}
