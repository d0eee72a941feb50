package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.BulkChange;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.ObjectChanges;
import io.aerodb.storage.metadata.Relocated;
import io.aerodb.storage.metadata.Relocation;
import io.aerodb.storage.metadata.Relocation.Replacement;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.StorageObject;
import io.aerodb.storage.metadata.WriteRule;
import java.util.List;
import reactor.core.publisher.Mono;

/** Copies, moves and removals of many: changes of rows that touch no byte. One round trip each. */
final class Moves {

    private final ObjectChanges changes;

    Moves(ObjectChanges changes) {
        this.changes = changes;
    }

    Mono<StorageObject> move(RlsContext caller, Relocation way) {
        return changes.move(caller, way)
                .onErrorMap(MetadataException.class, failure -> failed(caller, failure, "update"))
                .flatMap(relocated -> done(caller, relocated))
                .doFirst(() -> FaultPoints.reach("move.asked"))
                .doOnNext(moved -> FaultPoints.reach("move.after-commit"));
    }

    Mono<StorageObject> copy(RlsContext caller, Relocation way, WriteRule rule, Replacement replacement) {
        return changes.copy(caller, way, rule, replacement)
                .onErrorMap(MetadataException.class, failure -> failed(caller, failure, "insert"))
                .flatMap(relocated -> done(caller, relocated))
                .doFirst(() -> FaultPoints.reach("copy.asked"))
                .doOnNext(copied -> FaultPoints.reach("copy.after-commit"));
    }

    Mono<List<StorageObject>> remove(RlsContext caller, String bucket, List<String> paths) {
        return PermissionChecker.given(caller, changes.delete(caller, bucket, paths), "delete")
                .doFirst(() -> FaultPoints.reach("delete-many.asked"))
                .doOnNext(deleted -> FaultPoints.reach("delete-many.after-commit"));
    }

    Mono<BulkChange> movePrefix(RlsContext caller, String bucket, String prefix, String newPrefix) {
        return PermissionChecker.given(
                        caller,
                        changes.movePrefix(caller, bucket, prefix, newPrefix)
                                .onErrorMap(Moves::isInvalid, Moves::unnameable),
                        "update")
                .doFirst(() -> FaultPoints.reach("move-prefix.asked"))
                .doOnNext(moved -> FaultPoints.reach("move-prefix.after-commit"));
    }

    Mono<BulkChange> removePrefix(RlsContext caller, String bucket, String prefix) {
        return PermissionChecker.given(caller, changes.deletePrefix(caller, bucket, prefix), "delete")
                .doFirst(() -> FaultPoints.reach("delete-prefix.asked"))
                .doOnNext(deleted -> FaultPoints.reach("delete-prefix.after-commit"));
    }

    private static boolean isInvalid(Throwable failure) {
        return failure instanceof MetadataException known && known.kind() == Kind.INVALID;
    }

    private static StorageError unnameable(Throwable failure) {
        String reason = "makes a name that is empty, begins with a slash or is longer than %d bytes of UTF-8"
                .formatted(ObjectPaths.MAX_BYTES);
        return ErrorCode.INVALID_KEY
                .because("destinationPrefix: " + reason)
                .with("field", "destinationPrefix")
                .with("reason", reason)
                .with("limit", ObjectPaths.MAX_BYTES)
                .causedBy(failure);
    }

    /** The destination's bucket may be gone before the object is in it. */
    private static StorageError failed(RlsContext caller, MetadataException failure, String right) {
        return failure.kind() == Kind.REFERENCED
                ? ErrorCode.NO_SUCH_BUCKET.error()
                : PermissionChecker.failed(caller, failure, right);
    }

    private static Mono<StorageObject> done(RlsContext caller, Relocated relocated) {
        return relocated instanceof Relocated.Done done
                ? Mono.just(done.object())
                : Mono.error(() -> notDone(caller, (Relocated.NotDone) relocated));
    }

    private static RuntimeException notDone(RlsContext caller, Relocated.NotDone relocated) {
        return PermissionChecker.refused(caller, relocated.refusal(), relocated.right());
    }
}
