package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Connections;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Events as server-sent events, for as long as the client takes them. */
final class EventStreams {

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long SHORTEST_RETRY = 1000;
    private static final long LONGEST_RETRY = 4000;

    private final EventFeeds feeds;
    private final EventMeters meters;
    private final Origins origins;
    private final Duration skew;
    private final Duration sendTimeout;

    /** @param skew by which tokens outlive their expiry */
    EventStreams(EventFeeds feeds, EventMeters meters, Origins origins, Duration skew, Duration sendTimeout) {
        this.feeds = feeds;
        this.meters = meters;
        this.origins = origins;
        this.skew = skew;
        this.sendTimeout = sendTimeout;
    }

    Mono<ServerResponse> stream(ServerRequest request) {
        return Mono.defer(() -> {
            origins.check(request.exchange().getRequest());
            Subscriber subscriber = Subscriber.of(RlsContextFilter.of(request), skew);
            return feeds.open(() -> subscriber, EventQuery.filter(request), EventQuery.after(request))
                    .flatMap(this::answer);
        });
    }

    private Mono<ServerResponse> answer(EventFeed feed) {
        return ServerResponse.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .cacheControl(CacheControl.noStore())
                .header("X-Accel-Buffering", "no")
                .build((exchange, context) -> send(exchange.getResponse(), feed));
    }

    private Mono<Void> send(ServerHttpResponse response, EventFeed feed) {
        Flux<byte[]> texts = feed.items().map(SseText::of).startWith(SseText.begin(retryMillis()));
        return response.writeAndFlushWith(texts.concatMap(text -> sent(response, text), 0));
    }

    /** One text, once there is room for it, and an end when it was taken over: the next one is not asked for before. */
    private Flux<Mono<DataBuffer>> sent(ServerHttpResponse response, byte[] text) {
        Sinks.Empty<Void> taken = Sinks.empty();
        Mono<DataBuffer> sending =
                Mono.fromSupplier(() -> response.bufferFactory().wrap(text)).doFinally(end -> taken.tryEmitEmpty());
        Mono<Mono<DataBuffer>> ended =
                taken.asMono().timeout(sendTimeout, cutOff(response)).then(Mono.empty());
        return room(response).thenMany(Flux.concat(Mono.just(sending), ended));
    }

    private Mono<Void> room(ServerHttpResponse response) {
        return Mono.fromSupplier(() -> Connections.takesMore(response))
                .filter(room -> room)
                .repeatWhenEmpty(looks -> looks.delayElements(LOOK))
                .then()
                .timeout(sendTimeout, cutOff(response));
    }

    private Mono<Void> cutOff(ServerHttpResponse response) {
        return Connections.breakOff(response, new TimeoutException("the client takes nothing"))
                .doFirst(meters::resumed);
    }

    /** Not the same for all: they would all come again at once. */
    private static long retryMillis() {
        return ThreadLocalRandom.current().nextLong(SHORTEST_RETRY, LONGEST_RETRY);
    }
}
