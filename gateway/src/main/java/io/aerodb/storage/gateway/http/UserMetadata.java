package io.aerodb.storage.gateway.http;

import java.util.Base64;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.node.ObjectNode;

/** User metadata of an object: one JSON object that jsonb can hold (docs/api.md, "Objects"). */
public final class UserMetadata {

    /** The header that carries it. */
    public static final String HEADER = "x-metadata";

    private UserMetadata() {}

    /**
     * From the header: base64 (RFC 4648, 4; padding optional) of the UTF-8 text.
     *
     * @return the object's text
     * @throws StorageError InvalidMetadata with the reason
     */
    public static String fromHeader(String value, DataSize limit) {
        if (value.length() / 4 * 3 > limit.toBytes() + 3) {
            throw tooLarge(HEADER, limit);
        }
        return fromJson(HEADER, base64(value), limit);
    }

    /**
     * From a multipart field or a JSON body.
     *
     * @param field what to call it in the error
     * @return the object's text
     * @throws StorageError InvalidMetadata with the reason
     */
    public static String fromJson(String field, byte[] json, DataSize limit) {
        if (json.length > limit.toBytes()) {
            throw tooLarge(field, limit);
        }
        try {
            return storable(field, JsonObjects.parse(json));
        } catch (JsonObjects.NotAnObject malformed) {
            throw refused(field, malformed.reason());
        }
    }

    private static String storable(String field, ObjectNode metadata) {
        JsonObjects.notStorable(metadata).ifPresent(reason -> {
            throw refused(field, reason);
        });
        return JsonObjects.text(metadata);
    }

    private static byte[] base64(String value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException notBase64) {
            throw refused(HEADER, "must be base64");
        }
    }

    private static StorageError tooLarge(String field, DataSize limit) {
        return refused(field, "must be at most %d bytes of JSON".formatted(limit.toBytes()))
                .with("limit", limit.toBytes());
    }

    private static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_METADATA.because(field, reason);
    }
}
