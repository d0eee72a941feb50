package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Content that is brought at once, on a connection. */
class ContentAnswerTest {

    private final AtomicInteger writes = new AtomicInteger();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .doOnChannelInit((observer, channel, address) -> channel.pipeline().addFirst(new Counted()))
            .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(RouterFunctions.route()
                    .GET("/content", request -> Mono.just(answer(bytes("content"))))
                    .GET("/nothing", request -> Mono.just(answer(bytes(""))))
                    .GET("/broken", request -> Mono.just(answer(Mono.error(new IllegalStateException("broken")))))
                    .build())))
            .bindNow();

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void headAndContentAreHandedToTheSystemTogether() throws Exception {
        HttpResponse<String> answer = get("/content");

        assertThat(answer.body()).isEqualTo("content");
        assertThat(answer.headers().firstValue("etag")).contains("\"1\"");
        assertThat(writes).hasValue(1);
    }

    @Test
    void noContentIsAnAnswerToo() throws Exception {
        HttpResponse<String> answer = get("/nothing");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.headers().firstValue("content-length")).contains("0");
        assertThat(writes).hasValue(1);
    }

    @Test
    void whatFailsBeforeTheHeadHasNoneOfItsFields() throws Exception {
        HttpResponse<String> answer = get("/broken");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().firstValue("etag")).isEmpty();
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static ServerResponse answer(Mono<DataBuffer> bytes) {
        return new ContentAnswer(
                HttpStatus.PARTIAL_CONTENT,
                headers -> headers.setETag("\"1\""),
                (response, head) -> response.writeWith(bytes.doOnNext(there -> {
                    head.run();
                    response.getHeaders().setContentLength(there.readableByteCount());
                })));
    }

    private static Mono<DataBuffer> bytes(String text) {
        return Mono.<DataBuffer>fromCallable(
                        () -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)))
                .subscribeOn(Schedulers.parallel());
    }

    /** Flushes that have something to send: each is a call of the system. */
    private final class Counted extends ChannelOutboundHandlerAdapter {

        private boolean pending;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            pending = true;
            context.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            if (pending) {
                pending = false;
                writes.incrementAndGet();
            }
            context.flush();
        }
    }
}
