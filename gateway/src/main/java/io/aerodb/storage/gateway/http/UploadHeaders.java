package io.aerodb.storage.gateway.http;

import io.aerodb.storage.backend.Digest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
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

    private static final int MAX_CONTENT_TYPE = 255;
    private static final int MAX_CACHE_CONTROL = 512;
    private static final int MAX_CONTENT_ENCODING = 128;

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E\\t]*+");
    private static final Pattern TOKENS = Pattern.compile("%s(?:[ \\t]*,[ \\t]*%s)*+".formatted(TOKEN, TOKEN));
    /** RFC 9110, 8.3.1. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            "%1$s/%1$s(?:[ \\t]*;[ \\t]*(?:%1$s=(?:%1$s|\"(?:[^\"\\\\]|\\\\.)*+\"))?+)*+[ \\t]*".formatted(TOKEN));

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
        if (headers.containsHeader(HttpHeaders.CONTENT_RANGE)) { // a part must not pass for the whole: RFC 9110, 14.5
            throw malformed(HttpHeaders.CONTENT_RANGE, "must not be sent: an upload is the whole file");
        }
        return new UploadHeaders(
                contentLength(headers),
                contentType(HttpHeaders.CONTENT_TYPE, single(headers, HttpHeaders.CONTENT_TYPE)),
                list(headers, HttpHeaders.CACHE_CONTROL, MAX_CACHE_CONTROL, PRINTABLE),
                list(headers, HttpHeaders.CONTENT_ENCODING, MAX_CONTENT_ENCODING, TOKENS),
                metadata(headers, maxMetadata),
                DigestHeaders.of(headers));
    }

    /** The same, with one more digest that the content must have. @throws StorageError BadDigest when another was named */
    public UploadHeaders with(Digest algorithm, String expected) {
        if (!digests.getOrDefault(algorithm, expected).equals(expected)) {
            throw ErrorCode.BAD_DIGEST.error();
        }
        Map<Digest, String> all = new EnumMap<>(Digest.class);
        all.putAll(digests);
        all.put(algorithm, expected);
        return new UploadHeaders(contentLength, contentType, cacheControl, contentEncoding, metadata, all);
    }

    /**
     * A media type as sent, or {@code application/octet-stream} for none: also for a multipart file part.
     *
     * @param field what to call it in the error
     * @throws StorageError InvalidRequest when it is none (RFC 9110, 8.3.1), too long, or a range like {@code image/*}
     */
    public static String contentType(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return MediaType.APPLICATION_OCTET_STREAM_VALUE;
        }
        boolean valid = value.length() <= MAX_CONTENT_TYPE
                && PRINTABLE.matcher(value).matches()
                && MEDIA_TYPE.matcher(value).matches()
                && value.split(";", 2)[0].indexOf('*') < 0;
        if (!valid) {
            throw malformed(field, "must be one media type of at most 255 characters");
        }
        return value;
    }

    /**
     * A Cache-Control value that did not come in the header of that name.
     *
     * @param field what to call it in the error
     * @throws StorageError InvalidRequest
     */
    public static String cacheControl(String field, String value) {
        return checked(field, value, MAX_CACHE_CONTROL, PRINTABLE);
    }

    /**
     * A Content-Encoding that did not come in the header of that name.
     *
     * @param field what to call it in the error
     * @throws StorageError InvalidRequest
     */
    public static String contentEncoding(String field, String value) {
        return checked(field, value, MAX_CONTENT_ENCODING, TOKENS);
    }

    /**
     * The user metadata of {@code x-metadata}, null without the header.
     *
     * @param limit bytes of JSON
     * @throws StorageError InvalidRequest or InvalidMetadata
     */
    public static @Nullable String metadata(HttpHeaders headers, DataSize limit) {
        String metadata = single(headers, UserMetadata.HEADER);
        return metadata == null ? null : UserMetadata.fromHeader(metadata, limit);
    }

    private static OptionalLong contentLength(HttpHeaders headers) {
        String length = single(headers, HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return OptionalLong.empty();
        }
        OptionalLong bytes = WholeNumbers.parse(length);
        if (bytes.isEmpty()) {
            throw malformed(HttpHeaders.CONTENT_LENGTH, "must be a number of bytes");
        }
        return bytes;
    }

    private static @Nullable String list(HttpHeaders headers, String name, int most, Pattern shape) {
        String value = String.join(", ", headers.getOrEmpty(name));
        return value.isBlank() ? null : checked(name, value, most, shape);
    }

    private static String checked(String field, String value, int most, Pattern shape) {
        if (value.isBlank() || value.length() > most || !shape.matcher(value).matches()) {
            throw malformed(field, "must be at most %d characters of its own syntax".formatted(most));
        }
        return value;
    }

    private static @Nullable String single(HttpHeaders headers, String name) {
        List<String> values = headers.getOrEmpty(name);
        if (values.size() > 1) {
            throw malformed(name, "must be sent once");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    private static StorageError malformed(String header, String reason) {
        return ErrorCode.INVALID_REQUEST.because(header, reason);
    }
}
