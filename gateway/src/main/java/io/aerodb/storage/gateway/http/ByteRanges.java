package io.aerodb.storage.gateway.http;

import io.aerodb.storage.backend.ByteRange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * The part of a representation that a GET asks for (RFC 9110, 14). One range is served. Several, a malformed one, one of
 * another unit, and one whose If-Range does not hold get the whole, as the RFC allows.
 */
public final class ByteRanges {

    private static final Pattern ONE = Pattern.compile("(?i)bytes\\s*=[\\s,]*(\\d*)\\s*-\\s*(\\d*)[\\s,]*");

    private ByteRanges() {}

    /**
     * @param etag strong, with its quotes
     * @param size bytes of the whole
     * @return the part; empty for the whole
     * @throws StorageError 416 with Content-Range when no byte lies in the range
     */
    public static Optional<ByteRange> of(HttpHeaders headers, String etag, Instant lastModified, long size) {
        List<String> ranges = headers.getOrEmpty(HttpHeaders.RANGE);
        if (ranges.size() != 1 || !isFresh(headers, etag, lastModified)) {
            return Optional.empty();
        }
        Matcher range = ONE.matcher(ranges.get(0).trim());
        if (!range.matches() || range.group(1).isEmpty() && range.group(2).isEmpty()) {
            return Optional.empty();
        }
        return range.group(1).isEmpty()
                ? suffix(position(range.group(2)), size)
                : between(position(range.group(1)), last(range.group(2)), size);
    }

    /** The last so many bytes; all of an empty representation, which has no part. */
    private static Optional<ByteRange> suffix(long length, long size) {
        if (length == 0) {
            throw unsatisfiable(size);
        }
        long most = Math.min(length, size);
        return size == 0 ? Optional.empty() : Optional.of(new ByteRange(size - most, most));
    }

    private static Optional<ByteRange> between(long first, long last, long size) {
        if (last < first) {
            return Optional.empty();
        }
        if (first >= size) {
            throw unsatisfiable(size);
        }
        return Optional.of(new ByteRange(first, Math.min(last, size - 1) - first + 1));
    }

    private static long last(String digits) {
        return digits.isEmpty() ? Long.MAX_VALUE : position(digits);
    }

    /** Beyond any size when it has more digits than a long is sure to hold. */
    private static long position(String digits) {
        return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    /** RFC 9110, 13.1.5: a strong entity tag or the very date. */
    private static boolean isFresh(HttpHeaders headers, String etag, Instant lastModified) {
        String ifRange = headers.getFirst(HttpHeaders.IF_RANGE);
        if (ifRange == null || ifRange.trim().equals(etag)) {
            return true;
        }
        return !ifRange.contains("\"") && isDate(headers, lastModified);
    }

    private static boolean isDate(HttpHeaders headers, Instant lastModified) {
        try {
            return headers.getFirstDate(HttpHeaders.IF_RANGE) == lastModified.getEpochSecond() * 1000;
        } catch (IllegalArgumentException noDate) {
            return false;
        }
    }

    private static StorageError unsatisfiable(long size) {
        return ErrorCode.INVALID_RANGE.error().withHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
    }
}
