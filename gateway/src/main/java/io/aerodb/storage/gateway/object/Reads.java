package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.observability.Transfer;
import io.aerodb.storage.gateway.observability.TransferMeters;
import io.aerodb.storage.metadata.FoundObject;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Where all downloads pass, from whatever address, and are counted. A HEAD is none. */
final class Reads {

    private final Representations representations;
    private final TransferMeters downloads;

    Reads(Representations representations, TransferMeters downloads) {
        this.representations = representations;
        this.downloads = downloads;
    }

    /** @param finding of what is asked for */
    Mono<ServerResponse> answer(ServerRequest request, Mono<FoundObject> finding, ReadTerms terms) {
        if (request.method() == HttpMethod.HEAD) {
            return finding.flatMap(found -> representations.answer(request, found, terms));
        }
        Transfer download = downloads.begin(ObjectPaths.bucketOf(request));
        return download.answered(
                finding.doOnNext(found -> download.in(found.object().bucket()))
                        .flatMap(found -> representations.answer(request, found, terms)));
    }
}
