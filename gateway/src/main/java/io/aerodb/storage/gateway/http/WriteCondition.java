package io.aerodb.storage.gateway.http;

import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/** What must hold for a write to replace or create an object; the database decides it again at commit. */
public sealed interface WriteCondition {

    /**
     * The last write wins.
     *
     * @param explicitUpsert whether the client said so by {@code x-upsert: true}
     */
    record Overwrite(boolean explicitUpsert) implements WriteCondition {}

    /**
     * Only where nothing is.
     *
     * @param refusal what a taken path answers: {@link ErrorCode#KEY_ALREADY_EXISTS} after {@code x-upsert: false},
     *     {@link ErrorCode#PRECONDITION_FAILED} after {@code If-None-Match: *}
     */
    record CreateOnly(ErrorCode refusal) implements WriteCondition {}

    /**
     * {@code If-Match: "a", "b"}: only over one of these versions, else 412.
     *
     * @param etags strong entity tags with their quotes; empty when the client named only weak ones, which never match
     */
    record IfMatch(Set<String> etags) implements WriteCondition {
        public IfMatch {
            etags = Set.copyOf(etags);
        }
    }

    /** {@code If-Match: *}: only over something, else 412. */
    record MustExist() implements WriteCondition {}

    /** The condition these request headers state. @throws StorageError 400 when they are malformed or contradict each other */
    static WriteCondition of(HttpHeaders headers) {
        return Preconditions.forWrite(headers);
    }

    /**
     * The same of this method: {@code PUT} replaces, also with {@code x-upsert: false}, which the clients of Dart and Kotlin
     * send with their updates.
     */
    static WriteCondition of(HttpMethod method, HttpHeaders headers) {
        return method == HttpMethod.PUT ? Preconditions.forReplacement(headers) : of(headers);
    }

    /** The same of a DELETE, of which only If-Match says anything. */
    static WriteCondition ofRemoval(HttpHeaders headers) {
        return Preconditions.forRemoval(headers);
    }

    /** Whether {@code x-upsert} was sent, with either value: such clients expect 200 and not 201. */
    static boolean upsertHeaderSent(HttpHeaders headers) {
        return Preconditions.upsertHeaderSent(headers);
    }
}
