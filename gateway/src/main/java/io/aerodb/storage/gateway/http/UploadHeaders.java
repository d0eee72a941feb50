package io.aerodb.storage.gateway.http;

import io.aerodb.storage.backend.Digest;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

/**
 * What an upload's headers say of its content, checked for syntax only.
 *
 * @param contentLength bytes of the request body; empty when it is chunked. For multipart this is not the file's length
 * @param contentType media type as sent, parameters included; {@code application/octet-stream} when absent
 * @param cacheControl as sent
 * @param contentEncoding as sent
 * @param metadata user metadata, the text of one JSON object that PostgreSQL's jsonb accepts
 * @param digests what the content must hash to, in lower-case hexadecimal
 */
public record UploadHeaders(
        OptionalLong contentLength,
        String contentType,
        @Nullable String cacheControl,
        @Nullable String contentEncoding,
        @Nullable String metadata,
        Map<Digest, String> digests) {

    public UploadHeaders {
        digests = Map.copyOf(digests);
    }

    /**
     * Reads the headers of one upload.
     *
     * @param maxMetadata bytes of JSON that {@code x-metadata} may carry
     * @throws StorageError InvalidRequest, InvalidMetadata or BadDigest, with the header and the reason
     */
    public static UploadHeaders of(HttpHeaders headers, DataSize maxMetadata) {
        throw new UnsupportedOperationException();
    }
}
