package io.aerodb.storage.gateway.object;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.metadata.BulkChange;
import io.aerodb.storage.metadata.Relocation;
import io.aerodb.storage.metadata.Relocation.Replacement;
import io.aerodb.storage.metadata.StorageObject;
import io.aerodb.storage.metadata.WriteRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** HTTP to {@link Moves} and back. */
final class MoveHandler {

    static final int MAX_PATHS = 1000;

    private final Moves moves;
    private final Bodies bodies;
    private final DataSize maxMetadata;

    MoveHandler(Moves moves, Bodies bodies, DataSize maxMetadata) {
        this.moves = moves;
        this.bodies = bodies;
        this.maxMetadata = maxMetadata;
    }

    Mono<ServerResponse> move(ServerRequest request) {
        return bodies.json(request)
                .flatMap(fields -> moves.move(RlsContextFilter.of(request), way(request, fields)))
                .map(object -> new Moved(ObjectJson.of(object), "Successfully moved"))
                .flatMap(moved -> ServerResponse.ok().bodyValue(moved));
    }

    /** An existing destination is overwritten only when the client says so. */
    Mono<ServerResponse> copy(ServerRequest request) {
        WriteCondition condition = WriteCondition.of(headers(request));
        boolean upsert = condition instanceof WriteCondition.Overwrite overwrite && overwrite.explicitUpsert();
        return bodies.json(request)
                .flatMap(fields -> moves.copy(
                        RlsContextFilter.of(request),
                        way(request, fields),
                        upsert ? WriteRule.OVERWRITE : WriteRule.CREATE,
                        replacement(request, fields)))
                .map(ObjectJson::of)
                .flatMap(copied -> ServerResponse.ok().bodyValue(copied));
    }

    Mono<ServerResponse> removeMany(ServerRequest request) {
        return bodies.json(request)
                .map(MoveHandler::paths)
                .doOnNext(paths -> Facts.of(request).paths(paths))
                .flatMap(paths -> moves.remove(RlsContextFilter.of(request), ObjectPaths.bucketOf(request), paths))
                .doOnNext(removed -> Facts.of(request).note(LogField.COUNT, removed.size()))
                .map(removed -> removed.stream().map(Removed::of).toList())
                .flatMap(removed -> ServerResponse.ok().bodyValue(removed));
    }

    Mono<ServerResponse> movePrefix(ServerRequest request) {
        return bodies.json(request)
                .flatMap(fields -> moves.movePrefix(
                        RlsContextFilter.of(request),
                        bucketOf(request, fields),
                        noted(request, LogField.PATH, folder(fields, "sourcePrefix")),
                        noted(request, LogField.DESTINATION_PATH, destination(fields))))
                .doOnNext(change -> note(request, change))
                .map(change -> Map.of("moved", change.changed(), "denied", change.denied()))
                .flatMap(moved -> ServerResponse.ok().bodyValue(moved));
    }

    Mono<ServerResponse> removePrefix(ServerRequest request) {
        return bodies.json(request)
                .flatMap(fields -> moves.removePrefix(
                        RlsContextFilter.of(request),
                        bucketOf(request, fields),
                        noted(request, LogField.PATH, folder(fields, "prefix"))))
                .doOnNext(change -> note(request, change))
                .map(change -> Map.of("deleted", change.changed(), "denied", change.denied()))
                .flatMap(deleted -> ServerResponse.ok().bodyValue(deleted));
    }

    private static Relocation way(ServerRequest request, JsonFields fields) {
        AbsentOptions.refuseForRelocation(fields);
        String bucket = Named.bucket(fields, "bucketId");
        Relocation way = new Relocation(
                bucket,
                Named.path(fields, "sourceKey"),
                fields.text("destinationBucket").map(Named::bucket).orElse(bucket),
                Named.path(fields, "destinationKey"));
        Facts.of(request).object(way.bucket(), way.path()).destination(way.newBucket(), way.newPath());
        return way;
    }

    /** By default everything is taken along; with copyMetadata false, what is named replaces what the source has. */
    private Replacement replacement(ServerRequest request, JsonFields fields) {
        if (fields.flag("copyMetadata").orElse(true)) {
            return Replacement.NOTHING;
        }
        Optional<JsonFields> named = fields.fields("metadata");
        return new Replacement(
                named.flatMap(metadata -> metadata.text("mimetype"))
                        .map(type -> UploadHeaders.contentType("metadata.mimetype", type))
                        .orElse(null),
                named.flatMap(metadata -> metadata.text("cacheControl"))
                        .map(value -> UploadHeaders.cacheControl("metadata.cacheControl", value))
                        .orElse(null),
                named.flatMap(metadata -> metadata.text("contentEncoding"))
                        .map(MoveHandler::contentEncoding)
                        .orElse(null),
                UploadHeaders.metadata(headers(request), maxMetadata));
    }

    /** Empty takes the encoding away. */
    private static String contentEncoding(String value) {
        return value.isEmpty() ? value : UploadHeaders.contentEncoding("metadata.contentEncoding", value);
    }

    private static List<String> paths(JsonFields fields) {
        List<String> paths =
                fields.texts("prefixes", MAX_PATHS).orElseThrow(() -> Named.refused("prefixes", "is required"));
        return paths.stream().map(path -> Named.part("prefixes", path)).toList();
    }

    private static String folder(JsonFields fields, String field) {
        String folder = Named.folder(field, fields.requiredText(field));
        if (folder.isEmpty()) {
            throw Named.refused(field, "must not be empty");
        }
        return folder;
    }

    /** Where a folder moves to: another folder or the top, but not below itself. */
    private static String destination(JsonFields fields) {
        String destination = fields.requiredText("destinationPrefix");
        String folder = destination.isEmpty()
                ? destination
                : Named.folder("destinationPrefix", ObjectPaths.checked("destinationPrefix", destination));
        if (folder.startsWith(folder(fields, "sourcePrefix"))) {
            throw Named.refused("destinationPrefix", "must not be the sourcePrefix or below it");
        }
        return folder;
    }

    private static String bucketOf(ServerRequest request, JsonFields fields) {
        return noted(request, LogField.BUCKET, Named.bucket(fields, "bucketId"));
    }

    private static String noted(ServerRequest request, LogField field, String value) {
        Facts.of(request).note(field, value);
        return value;
    }

    private static void note(ServerRequest request, BulkChange change) {
        Facts.of(request).note(LogField.COUNT, change.changed()).note(LogField.DENIED, change.denied());
    }

    private static HttpHeaders headers(ServerRequest request) {
        return request.headers().asHttpHeaders();
    }

    /** The answer to a move. */
    record Moved(@JsonUnwrapped ObjectJson object, String message) {}

    /** A deleted object: as it was, and by the name that Supabase clients read. */
    record Removed(@JsonUnwrapped ObjectJson object, String name) {
        static Removed of(StorageObject object) {
            return new Removed(ObjectJson.of(object), object.path());
        }
    }
}
