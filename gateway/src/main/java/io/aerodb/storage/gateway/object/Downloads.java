package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.ObjectLookup;
import io.aerodb.storage.metadata.ObjectLookup.Found;
import io.aerodb.storage.metadata.ObjectLookup.NotFound;
import io.aerodb.storage.metadata.ObjectRepository;
import io.aerodb.storage.metadata.RlsContext;
import reactor.core.publisher.Mono;

/** Finds what a caller may read. One round trip; no blob is opened. */
final class Downloads {

    private final ObjectRepository objects;

    Downloads(ObjectRepository objects) {
        this.objects = objects;
    }

    /** @param publicOnly whether only public buckets exist for this request */
    Mono<Found> find(RlsContext caller, ObjectPath path, boolean publicOnly) {
        return objects.find(caller, path.bucket(), path.path(), publicOnly)
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(caller, failure, "select"))
                .flatMap(lookup -> found(caller, lookup));
    }

    private static Mono<Found> found(RlsContext caller, ObjectLookup lookup) {
        return lookup instanceof Found found
                ? Mono.just(found)
                : Mono.error(() -> PermissionChecker.absent(caller, ((NotFound) lookup).absence(), "select"));
    }
}
