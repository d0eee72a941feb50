package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.FoundObject;
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
    Mono<FoundObject> find(RlsContext caller, ObjectPath path, boolean publicOnly) {
        return PermissionChecker.given(caller, objects.find(caller, path.bucket(), path.path(), publicOnly), "select");
    }
}
