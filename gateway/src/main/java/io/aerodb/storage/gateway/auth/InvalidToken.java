package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import org.springframework.http.HttpHeaders;

/** The one refusal of a bad token: 401 with RFC 6750's challenge, in words that never repeat the token. */
final class InvalidToken {

    private InvalidToken() {}

    /** @param reason a sentence in plain ASCII without quotes */
    static StorageError because(String reason) {
        return ErrorCode.UNAUTHORIZED
                .because(reason)
                .withHeader(
                        HttpHeaders.WWW_AUTHENTICATE,
                        "Bearer error=\"invalid_token\", error_description=\"%s\"".formatted(reason));
    }
}
