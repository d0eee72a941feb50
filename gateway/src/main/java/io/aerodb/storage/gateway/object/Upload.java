package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.form.FormFile;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.metadata.LinkUse;
import io.aerodb.storage.metadata.RlsContext;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * One upload as it came in; nothing about it is decided.
 *
 * @param link the signed URL that it comes by; null when it comes by its caller's own rights
 * @param headers what is known before the bytes
 * @param leastSize bytes there are at least, as far as that is known before them
 * @param body not subscribed before the upload is permitted: that is when {@code 100 Continue} is sent for a raw body
 * @param finalHeaders what is known when the body has ended; asked then
 */
record Upload(
        RlsContext caller,
        ObjectPath path,
        UploadHeaders headers,
        WriteCondition condition,
        @Nullable LinkUse link,
        OptionalLong leastSize,
        Flux<DataBuffer> body,
        Supplier<UploadHeaders> finalHeaders) {

    /** The file itself as the body. */
    Upload(RlsContext caller, ObjectPath path, UploadHeaders headers, WriteCondition condition, Flux<DataBuffer> body) {
        this(caller, path, headers, condition, null, headers.contentLength(), body, () -> headers);
    }

    /** The file in a form. */
    Upload(RlsContext caller, ObjectPath path, WriteCondition condition, FormFile file) {
        this(caller, path, file.headers(), condition, null, file.leastSize(), file.content(), file.finalHeaders());
    }

    /** The same upload with these bytes. */
    Upload with(Flux<DataBuffer> bytes) {
        return new Upload(caller, path, headers, condition, link, leastSize, bytes, finalHeaders);
    }
}
