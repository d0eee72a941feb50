package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.gateway.http.ErrorCode;
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
        checkType(upload, terms);
        checkSize(upload, terms);
        return new Upload(
                upload.caller(),
                upload.path(),
                headers(upload, terms),
                condition(terms),
                link.use(),
                upload.leastSize(),
                body(upload, terms),
                upload.finalHeaders());
    }

    private static void checkType(Upload upload, UploadTerms terms) {
        String type = upload.headers().contentType();
        if (!terms.allowsType(type)) {
            throw ErrorCode.INVALID_MIME_TYPE
                    .because("mime type %s is not supported".formatted(type))
                    .with("received", type)
                    .with("allowed", terms.mimeTypes());
        }
    }

    private static void checkSize(Upload upload, UploadTerms terms) {
        long least = upload.leastSize().orElse(0);
        if (terms.maxSize() != null && least > terms.maxSize()) {
            throw ErrorCode.ENTITY_TOO_LARGE
                    .error()
                    .with("limit", terms.maxSize())
                    .with("received", least);
        }
    }

    private static UploadHeaders headers(Upload upload, UploadTerms terms) {
        return terms.sha256() == null ? upload.headers() : upload.headers().with(Digest.SHA_256, terms.sha256());
    }

    /** The link decides whether something is overwritten, not who has it. */
    private static WriteCondition condition(UploadTerms terms) {
        return terms.upsert()
                ? new WriteCondition.Overwrite(true)
                : new WriteCondition.CreateOnly(ErrorCode.KEY_ALREADY_EXISTS);
    }

    private static Flux<DataBuffer> body(Upload upload, UploadTerms terms) {
        return terms.maxSize() == null ? upload.body() : ByteLimit.of(terms.maxSize(), upload.body());
    }
}
