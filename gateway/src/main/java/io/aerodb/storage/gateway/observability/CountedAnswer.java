package io.aerodb.storage.gateway.observability;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The answer to a download, whose bytes are counted while it is sent. The download has succeeded when all of it is. */
record CountedAnswer(ServerResponse answer, Transfer download) implements ServerResponse {

    @Override
    public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
        CountingResponse response = CountingResponse.around(exchange.getResponse(), download::bytes);
        return answer.writeTo(exchange.mutate().response(response).build(), context)
                .doOnSuccess(sent -> download.end(Outcome.SUCCESS))
                .doOnError(failure -> download.end(response.isWhole() ? Outcome.SUCCESS : Outcome.of(failure)))
                .doOnCancel(() -> download.end(response.isWhole() ? Outcome.SUCCESS : Outcome.ABORTED));
    }

    @Override
    public HttpStatusCode statusCode() {
        return answer.statusCode();
    }

    @Override
    public HttpHeaders headers() {
        return answer.headers();
    }

    @Override
    public MultiValueMap<String, ResponseCookie> cookies() {
        return answer.cookies();
    }
}
