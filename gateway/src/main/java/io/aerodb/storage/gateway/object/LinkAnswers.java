package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;

/** Why a signed URL that was good is not any more. */
final class LinkAnswers {

    private LinkAnswers() {}

    static StorageError revoked() {
        return ErrorCode.EXPIRED_URL.because("The link was revoked");
    }

    static StorageError used() {
        return ErrorCode.EXPIRED_URL.because("The link was used as often as it may be");
    }

    /** One of them, while its upload was under way. */
    static StorageError spent() {
        return ErrorCode.EXPIRED_URL.because("The link was revoked, or used as often as it may be");
    }
}
