package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.ObjectRepository;
import io.aerodb.storage.metadata.RlsContext;
import reactor.core.publisher.Mono;

/** Deletes objects. The bytes become garbage in the same transaction and go later. */
final class Removals {

    private final ObjectRepository objects;

    Removals(ObjectRepository objects) {
        this.objects = objects;
    }

    Mono<Void> remove(RlsContext caller, ObjectPath path, WriteCondition condition) {
        return PermissionChecker.done(
                        caller,
                        objects.delete(caller, path.bucket(), path.path(), UploadAnswers.rule(condition)),
                        "delete")
                .doFirst(() -> FaultPoints.reach("delete.asked"))
                .doOnSuccess(done -> FaultPoints.reach("delete.after-commit"));
    }
}
