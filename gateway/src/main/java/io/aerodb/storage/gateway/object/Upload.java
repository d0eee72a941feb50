package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.metadata.LinkUse;
import io.aerodb.storage.metadata.RlsContext;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * One upload as it came in; nothing about it is decided.
 *
 * @param link the signed URL that it comes by; null when it comes by its caller's own rights
 * @param body not subscribed before the upload is permitted: that is when {@code 100 Continue} is sent
 */
record Upload(
        RlsContext caller,
        ObjectPath path,
        UploadHeaders headers,
        WriteCondition condition,
        @Nullable LinkUse link,
        Flux<DataBuffer> body) {}
