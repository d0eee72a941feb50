package io.aerodb.storage.gateway.compat;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.StorageError;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What Supabase's clients can ask for at addresses that are here, and what is not: it is refused with 501, for to pass over
 * it would do something else than was asked. All of it may be sent with the value that asks for nothing.
 */
public final class AbsentOptions {

    private static final String VERSIONS = "object versions are not implemented";

    private AbsentOptions() {}

    /** In a bucket that is created or changed. @throws StorageError 501 */
    public static void refuseForBucket(JsonFields bucket) {
        refuseText(bucket, "type", "STANDARD", "only STANDARD buckets are implemented");
        refuseText(bucket, "versioning_status", "DISABLED", VERSIONS);
    }

    /** In a list. @throws StorageError 501 */
    public static void refuseForList(JsonFields list) {
        refuseText(list, "noncurrentVersions", "exclude", VERSIONS);
        refuseText(list, "deleteMarkers", "exclude", VERSIONS);
        if (list.flag("exactMatch").orElse(false)) {
            throw absent("exactMatch", "lists of one name are not implemented");
        }
    }

    /** In a copy or a move. @throws StorageError 501 */
    public static void refuseForRelocation(JsonFields relocation) {
        if (relocation.text("sourceVersionId").isPresent()) {
            throw absent("sourceVersionId", VERSIONS);
        }
    }

    /** In a link to download. @throws StorageError 501 */
    public static void refuseForLink(JsonFields link) {
        if (link.fields("transform").isPresent()) {
            throw absent("transform", "images are not transformed here, sign the original");
        }
        if (link.text("versionId").isPresent()) {
            throw absent("versionId", VERSIONS);
        }
    }

    /** In the query of a read. @throws StorageError 501 */
    public static void refuseForRead(ServerRequest request) {
        if (request.queryParam("versionId").isPresent()) {
            throw absent("versionId", VERSIONS);
        }
    }

    private static void refuseText(JsonFields fields, String name, String harmless, String reason) {
        if (!fields.text(name).orElse(harmless).equals(harmless)) {
            throw absent(name, reason);
        }
    }

    private static StorageError absent(String field, String reason) {
        return ErrorCode.NOT_IMPLEMENTED.because(field, reason);
    }
}
