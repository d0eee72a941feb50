package io.aerodb.storage.gateway.http;

import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** Reads the preconditions of writes: RFC 9110, 13.1.1 and 13.1.2, and Supabase's {@code x-upsert}. */
final class Preconditions {

    private static final String UPSERT = "x-upsert";

    private Preconditions() {}

    static WriteCondition forWrite(HttpHeaders headers) {
        return forWrite(headers, upsert(headers));
    }

    static WriteCondition forReplacement(HttpHeaders headers) {
        return forWrite(headers, upsert(headers) == Upsert.TRUE ? Upsert.TRUE : Upsert.ABSENT);
    }

    private static WriteCondition forWrite(HttpHeaders headers, Upsert upsert) {
        List<String> ifMatch = headers.getOrEmpty(HttpHeaders.IF_MATCH);
        if (createOnly(headers)) {
            return ifMatch.isEmpty() ? new WriteCondition.CreateOnly(ErrorCode.PRECONDITION_FAILED) : contradiction();
        }
        if (ifMatch.isEmpty()) {
            return upsert == Upsert.FALSE
                    ? new WriteCondition.CreateOnly(ErrorCode.KEY_ALREADY_EXISTS)
                    : new WriteCondition.Overwrite(upsert == Upsert.TRUE);
        }
        return upsert == Upsert.FALSE ? contradiction() : ifMatch(ifMatch);
    }

    static WriteCondition forRemoval(HttpHeaders headers) {
        List<String> ifMatch = headers.getOrEmpty(HttpHeaders.IF_MATCH);
        return ifMatch.isEmpty() ? new WriteCondition.Overwrite(false) : ifMatch(ifMatch);
    }

    static boolean upsertHeaderSent(HttpHeaders headers) {
        return headers.containsHeader(UPSERT);
    }

    private static Upsert upsert(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(UPSERT);
        if (values.isEmpty()) {
            return Upsert.ABSENT;
        }
        return switch (values.size() == 1 ? values.get(0) : "") {
            case "true" -> Upsert.TRUE;
            case "false" -> Upsert.FALSE;
            default -> throw malformed(UPSERT, "must be true or false");
        };
    }

    private static boolean createOnly(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(HttpHeaders.IF_NONE_MATCH);
        if (values.isEmpty()) {
            return false;
        }
        if (EntityTags.isAny(values)) {
            return true;
        }
        throw malformed("If-None-Match", "must be * on a write");
    }

    private static WriteCondition ifMatch(List<String> values) {
        return EntityTags.isAny(values) ? new WriteCondition.MustExist() : new WriteCondition.IfMatch(strong(values));
    }

    /** The strong entity tags of an If-Match. */
    static Set<String> strong(List<String> values) {
        return EntityTags.of(values)
                .orElseThrow(() -> malformed("If-Match", "must be * or a list of entity tags in double quotes"))
                .strong();
    }

    private static WriteCondition contradiction() {
        throw ErrorCode.INVALID_REQUEST.because(
                "If-Match asks for an object that is there, the other headers for none");
    }

    private static StorageError malformed(String header, String reason) {
        return ErrorCode.INVALID_REQUEST.because(header, reason);
    }

    private enum Upsert {
        ABSENT,
        TRUE,
        FALSE
    }
}
