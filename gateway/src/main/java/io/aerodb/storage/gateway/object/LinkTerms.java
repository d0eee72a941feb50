package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.MimePatterns;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.signing.Link;
import io.aerodb.storage.gateway.signing.UploadTerms;
import java.util.Objects;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/** Binds an upload to the terms of the signed URL that it comes by. */
final class LinkTerms {

    private LinkTerms() {}

    /** @throws StorageError InvalidMimeType, EntityTooLarge or BadDigest, as far as that is known before the bytes */
    static Upload bound(Upload upload, Link link) {
        UploadTerms terms = Objects.requireNonNull(link.terms());
        check(upload, terms);
        return new Upload(
                upload.caller(),
                upload.path(),
                headers(upload, terms),
                condition(upload, terms),
                link.use(),
                upload.leastSize(),
                body(upload, terms),
                upload.finalHeaders());
    }

    private static void check(Upload upload, UploadTerms terms) {
        if (!MimePatterns.allow(terms.mimeTypes(), upload.headers().contentType())) {
            throw UploadAnswers.wrongType(upload, terms.mimeTypes());
        }
        if (terms.maxSize() != null && upload.leastSize().orElse(0) > terms.maxSize()) {
            throw UploadAnswers.tooLarge(upload, terms.maxSize());
        }
    }

    private static UploadHeaders headers(Upload upload, UploadTerms terms) {
        return terms.sha256() == null ? upload.headers() : upload.headers().with(Digest.SHA_256, terms.sha256());
    }

    /** Whether something is overwritten at all decides the link, not who has it. */
    private static WriteCondition condition(Upload upload, UploadTerms terms) {
        return terms.upsert() ? upload.condition() : new WriteCondition.CreateOnly(ErrorCode.KEY_ALREADY_EXISTS);
    }

    private static Flux<DataBuffer> body(Upload upload, UploadTerms terms) {
        return terms.maxSize() == null ? upload.body() : ByteLimit.of(terms.maxSize(), upload.body());
    }
}
