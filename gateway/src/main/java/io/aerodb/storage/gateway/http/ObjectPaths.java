package io.aerodb.storage.gateway.http;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Object paths at the door (docs/api.md, "Objects"): parsed once, from the raw request target. Path variables are not
 * used because they drop {@code ;…}.
 */
public final class ObjectPaths {

    /** What a route's pattern ends in when its handler calls {@link #of}. */
    public static final String ANY = "/{bucket}/{*path}";

    /** Bytes of UTF-8 in a path, at most. */
    public static final int MAX_BYTES = 1024;

    private static final String BUCKET = "{bucket}";

    private ObjectPaths() {}

    /**
     * The bucket and path of a request whose route's pattern ends in {@link #ANY}.
     *
     * @throws StorageError NoSuchBucket or InvalidKey
     */
    public static ObjectPath of(ServerRequest request) {
        String[] raw = fromBucket(request);
        if (raw.length < 2) {
            throw refused("path", "must not be empty");
        }
        String path = PercentDecoding.strict(raw[1])
                .orElseThrow(() -> refused("path", "must be valid UTF-8, percent-encoded where needed"));
        return new ObjectPath(decodedBucket(raw[0]), path);
    }

    /**
     * The bucket of a request whose route's pattern has a segment {@code {bucket}}: an id in lower case or a name.
     *
     * @throws StorageError NoSuchBucket when no bucket can be called so
     */
    public static String bucketOf(ServerRequest request) {
        return BucketNames.lookup(decodedBucket(fromBucket(request)[0])).orElseThrow(ErrorCode.NO_SUCH_BUCKET::error);
    }

    /**
     * A decoded path, NFC-normalised, everything else unchanged.
     *
     * @param field what to call it in the error
     * @throws StorageError InvalidKey with field and reason
     */
    public static String checked(String field, String path) {
        String normalized = part(ErrorCode.INVALID_KEY, field, path);
        if (normalized.isEmpty() || normalized.startsWith("/")) {
            throw refused(field, normalized.isEmpty() ? "must not be empty" : "must not begin with a slash");
        }
        if (hasDotSegment(normalized)) {
            throw refused(field, "must not contain the segments . and ..");
        }
        return normalized;
    }

    /**
     * Decoded text that a path may have in it, NFC-normalised: valid Unicode, no control characters, no longer than a path.
     *
     * @param refusal of text that is not
     * @param field what to call it in the error
     * @throws StorageError the refusal with field and reason
     */
    public static String part(ErrorCode refusal, String field, String text) {
        if (text.length() > MAX_BYTES) {
            throw tooLong(refusal, field);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) { // half of a surrogate pair
            throw refusal.because(field, "must be valid Unicode");
        }
        String normalized = Normalizer.normalize(text, Normalizer.Form.NFC);
        if (normalized.chars().anyMatch(Character::isISOControl)) {
            throw refusal.because(field, "must not contain control characters");
        }
        if (normalized.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw tooLong(refusal, field);
        }
        return normalized;
    }

    /** The raw target from the bucket on: the bucket, and everything behind its slash when there is one. */
    private static String[] fromBucket(ServerRequest request) {
        String rest = request.exchange().getRequest().getURI().getRawPath();
        for (int segment = bucketSegment(request); segment > 0; segment--) {
            rest = rest.substring(rest.indexOf('/') + 1);
        }
        return rest.split("/", 2);
    }

    private static int bucketSegment(ServerRequest request) {
        String pattern = request.attribute(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE)
                .orElseThrow(() -> new IllegalStateException("not a routed request"))
                .toString();
        return Arrays.asList(pattern.split("/")).indexOf(BUCKET);
    }

    private static String decodedBucket(String raw) {
        return PercentDecoding.strict(raw).orElseThrow(ErrorCode.NO_SUCH_BUCKET::error);
    }

    private static boolean hasDotSegment(String path) {
        return Arrays.stream(path.split("/")).anyMatch(segment -> segment.equals(".") || segment.equals(".."));
    }

    private static StorageError tooLong(ErrorCode refusal, String field) {
        return refusal.because(field, "must be at most %d bytes of UTF-8".formatted(MAX_BYTES))
                .with("limit", MAX_BYTES);
    }

    private static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_KEY.because(field, reason);
    }
}
