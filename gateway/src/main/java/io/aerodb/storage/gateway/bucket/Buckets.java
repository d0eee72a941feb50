package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.Bucket;
import io.aerodb.storage.metadata.BucketLookup;
import io.aerodb.storage.metadata.BucketRepository;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.NewBucket;
import io.aerodb.storage.metadata.RlsContext;
import java.util.List;
import reactor.core.publisher.Mono;

/** What callers do with buckets. Failures are StorageErrors. */
final class Buckets {

    private final BucketRepository repository;

    Buckets(BucketRepository repository) {
        this.repository = repository;
    }

    Mono<Bucket> create(RlsContext caller, NewBucket bucket) {
        return repository
                .create(caller, bucket)
                .onErrorMap(MetadataException.class, failure -> switch (failure.kind()) {
                    case EXISTS -> ErrorCode.BUCKET_ALREADY_EXISTS.error();
                    default -> PermissionChecker.failed(caller, failure, "insert");
                });
    }

    Mono<Bucket> find(RlsContext caller, String idOrName) {
        return repository
                .find(caller, idOrName)
                .flatMap(lookup -> found(caller, lookup))
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(caller, failure, "select"));
    }

    Mono<List<Bucket>> list(RlsContext caller, int limit, int offset) {
        return repository
                .list(caller, limit, offset)
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(caller, failure, "select"));
    }

    Mono<Void> delete(RlsContext caller, String idOrName) {
        return repository
                .delete(caller, idOrName)
                .flatMap(absence -> absence.<Mono<Void>>map(
                                reason -> Mono.error(() -> PermissionChecker.absent(caller, reason, "delete")))
                        .orElseGet(Mono::empty))
                .onErrorMap(MetadataException.class, failure -> switch (failure.kind()) {
                    case REFERENCED -> ErrorCode.BUCKET_NOT_EMPTY.error();
                    default -> PermissionChecker.failed(caller, failure, "delete");
                });
    }

    private static Mono<Bucket> found(RlsContext caller, BucketLookup lookup) {
        return lookup instanceof BucketLookup.Found found
                ? Mono.just(found.bucket())
                : Mono.error(
                        () -> PermissionChecker.absent(caller, ((BucketLookup.NotFound) lookup).absence(), "select"));
    }
}
