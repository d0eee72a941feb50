package io.aerodb.storage.gateway.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/**
 * What the conditions of a GET or HEAD say of the current representation (RFC 9110, 13.2.2), in that order: If-Match, else
 * If-Unmodified-Since; then If-None-Match, else If-Modified-Since. Dates that are none are passed over, as there.
 */
public enum ReadConditions {
    /** They hold: the representation is sent. */
    HOLD,
    /** The client has it: 304. */
    NOT_MODIFIED,
    /** 412. */
    FAIL;

    private static final long NO_DATE = -1;

    private static final List<String> NAMES = List.of(
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_NONE_MATCH,
            HttpHeaders.IF_MODIFIED_SINCE,
            HttpHeaders.IF_UNMODIFIED_SINCE);

    /**
     * @param etag strong, with its quotes
     * @param lastModified compared by whole seconds, as dates in headers have no less
     * @throws StorageError 400 when If-Match is malformed: a guess could send what the client did not ask for
     */
    public static ReadConditions of(HttpHeaders headers, String etag, Instant lastModified) {
        long modified = lastModified.getEpochSecond() * 1000;
        if (!mayProceed(headers, etag, modified)) {
            return FAIL;
        }
        return isKnown(headers, etag, modified) ? NOT_MODIFIED : HOLD;
    }

    /** Whether a request states any. */
    public static boolean areStated(HttpHeaders headers) {
        return NAMES.stream().anyMatch(headers::containsHeader);
    }

    private static boolean mayProceed(HttpHeaders headers, String etag, long modified) {
        List<String> ifMatch = headers.getOrEmpty(HttpHeaders.IF_MATCH);
        if (!ifMatch.isEmpty()) {
            return EntityTags.isAny(ifMatch) || Preconditions.strong(ifMatch).contains(etag);
        }
        long since = headers.getIfUnmodifiedSince();
        return since == NO_DATE || modified <= since;
    }

    private static boolean isKnown(HttpHeaders headers, String etag, long modified) {
        List<String> ifNoneMatch = headers.getOrEmpty(HttpHeaders.IF_NONE_MATCH);
        if (!ifNoneMatch.isEmpty()) {
            Optional<EntityTags> tags = EntityTags.of(ifNoneMatch);
            return EntityTags.isAny(ifNoneMatch)
                    || tags.isPresent() && tags.get().resemble(etag);
        }
        long since = headers.getIfModifiedSince();
        return since != NO_DATE && modified <= since;
    }
}
