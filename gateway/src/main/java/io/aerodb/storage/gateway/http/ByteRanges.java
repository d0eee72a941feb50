package io.aerodb.storage.gateway.http;

import io.aerodb.storage.backend.ByteRange;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;

/**
 * The part of a representation that a GET asks for (RFC 9110, 14). One part is served: one range, or several that overlap or
 * touch and so join into one. Others, too many, malformed ones, those of another unit, and those whose If-Range does not hold
 * get the whole, as the RFC allows.
 */
public final class ByteRanges {

    private static final Pattern BYTES = Pattern.compile("(?i)bytes\\s*=(.*)");
    private static final Pattern RANGE = Pattern.compile("(\\d*)\\s*-\\s*(\\d*)");
    private static final int MOST_RANGES = 16;

    private ByteRanges() {}

    /**
     * @param etag strong, with its quotes
     * @param size bytes of the whole
     * @return the part; empty for the whole
     * @throws StorageError 416 with Content-Range when no byte lies in any range
     */
    public static Optional<ByteRange> of(HttpHeaders headers, String etag, Instant lastModified, long size) {
        List<String> fields = headers.getOrEmpty(HttpHeaders.RANGE);
        if (fields.size() != 1 || !isFresh(headers, etag, lastModified)) {
            return Optional.empty();
        }
        List<Matcher> ranges = ranges(fields.get(0).trim());
        if (ranges.isEmpty() || ranges.size() > MOST_RANGES || !ranges.stream().allMatch(ByteRanges::isValid)) {
            return Optional.empty();
        }
        List<ByteRange> parts = ranges.stream()
                .flatMap(range -> part(range, size).stream())
                .sorted(Comparator.comparingLong(ByteRange::offset))
                .toList();
        if (parts.isEmpty()) {
            throw unsatisfiable(size);
        }
        return joined(parts).filter(part -> part.length() > 0); // nothing is a part of an empty representation
    }

    private static List<Matcher> ranges(String field) {
        Matcher bytes = BYTES.matcher(field);
        return !bytes.matches()
                ? List.of()
                : Stream.of(bytes.group(1).split(",", -1))
                        .map(String::trim)
                        .filter(range -> !range.isEmpty())
                        .map(RANGE::matcher)
                        .toList();
    }

    private static boolean isValid(Matcher range) {
        return range.matches()
                && (range.group(1).isEmpty()
                        ? !range.group(2).isEmpty()
                        : position(range.group(1)) <= last(range.group(2)));
    }

    /** Empty when no byte lies in the range. */
    private static Optional<ByteRange> part(Matcher range, long size) {
        return range.group(1).isEmpty()
                ? suffix(position(range.group(2)), size)
                : between(position(range.group(1)), last(range.group(2)), size);
    }

    /** The last so many bytes. */
    private static Optional<ByteRange> suffix(long length, long size) {
        long most = Math.min(length, size);
        return length == 0 ? Optional.empty() : Optional.of(new ByteRange(size - most, most));
    }

    private static Optional<ByteRange> between(long first, long last, long size) {
        return first >= size
                ? Optional.empty()
                : Optional.of(new ByteRange(first, Math.min(last, size - 1) - first + 1));
    }

    /** @param parts by offset; empty when there is a gap between them */
    private static Optional<ByteRange> joined(List<ByteRange> parts) {
        ByteRange joined = parts.get(0);
        for (ByteRange part : parts) {
            if (part.offset() > joined.end()) {
                return Optional.empty();
            }
            joined = new ByteRange(joined.offset(), Math.max(joined.end(), part.end()) - joined.offset());
        }
        return Optional.of(joined);
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
