package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.form.Forms;
import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.gateway.http.Connections;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.metadata.RlsContext;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Requests whose body is a file, or a form with a file in it. Decides nothing. */
final class UploadRequests {

    private final Forms forms;
    private final DataSize maxMetadata;

    UploadRequests(Forms forms, DataSize maxMetadata) {
        this.forms = forms;
        this.maxMetadata = maxMetadata;
    }

    /**
     * Hands the upload on: a raw body before it is read, a form when it has been read up to the file.
     *
     * @throws io.aerodb.storage.gateway.http.StorageError for malformed headers
     */
    <T> Mono<T> read(ServerRequest request, RlsContext caller, ObjectPath path, Function<Upload, Mono<T>> accept) {
        HttpHeaders headers = request.headers().asHttpHeaders();
        UploadHeaders known = UploadHeaders.of(headers, maxMetadata);
        WriteCondition condition = WriteCondition.of(request.method(), headers);
        Facts facts = Facts.of(request);
        Flux<DataBuffer> body =
                Connections.body(request.exchange()).doOnNext(buffer -> facts.received(buffer.readableByteCount()));
        return Forms.isForm(known.contentType())
                ? forms.read(
                        Caller.of(request.exchange()),
                        known,
                        body,
                        file -> accept.apply(new Upload(caller, path, condition, file)))
                : accept.apply(new Upload(caller, path, known, condition, body));
    }
}
