package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.TrackedBuffers;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Content that is brought at once, on a connection. */
class ContentAnswerTest {

    private final TrackedBuffers buffers = new TrackedBuffers();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final Held held = new Held();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .doOnChannelInit((observer, channel, address) ->
                    channel.pipeline().addFirst(new Counted()).addFirst(held))
            .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(
                    RouterFunctions.route()
                            .GET("/content", request -> Mono.just(answer("content")))
                            .GET(
                                    "/ready",
                                    request -> Mono.just(answer("content", Mono.fromCallable(() -> buffer("content")))))
                            .GET("/nothing", request -> Mono.just(answer("")))
                            .GET("/unwritable", request -> Mono.just(answer("two\nlines")))
                            .GET(
                                    "/broken",
                                    request ->
                                            Mono.just(answer("none", Mono.error(new IllegalStateException("broken")))))
                            .build(),
                    HandlerStrategies.builder().webFilter(this::counted).build())))
            .bindNow();

    @AfterEach
    void stop() {
        buffers.assertAllReleased();
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

    /** As may stand in the database, where SQL clients write. */
    @Test
    void aFieldThatCanNotBeSentIsAFailureThatLeavesNoBuffer() throws Exception {
        HttpResponse<String> answer = get("/unwritable");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(buffers.made()).isEqualTo(1);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(10))
                .build();
    }

    @Test
    void itIsOnItsWayUntilTheConnectionHasTakenAllOfIt() throws Exception {
        held.hold();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request("/ready"), BodyHandlers.ofString());

        assertThat(held.whenItHolds(ends::get)).isZero();
        held.goOn();
        assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("content");
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
    }

    @Test
    void itIsOnItsWayNoLongerWhenTheConnectionBreaks() throws Exception {
        held.hold();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request("/ready"), BodyHandlers.ofString());

        assertThat(held.whenItHolds(ends::get)).isZero();
        held.breakOff();
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
        assertThat(answer).failsWithin(Duration.ofSeconds(10));
    }

    /** As whoever counts the answers under way does. */
    private Mono<Void> counted(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(exchange).doFinally(end -> ends.incrementAndGet());
    }

    private ServerResponse answer(String text) {
        return answer(text, bytes(text));
    }

    private static ServerResponse answer(String text, Mono<DataBuffer> bytes) {
        return new ContentAnswer(
                HttpStatus.PARTIAL_CONTENT,
                headers -> {
                    headers.setETag("\"1\"");
                    headers.setContentLength(text.length());
                    headers.set("x-content", text);
                },
                ContentAnswer.atOnce(bytes));
    }

    private Mono<DataBuffer> bytes(String text) {
        return Mono.fromCallable(() -> buffer(text)).subscribeOn(Schedulers.parallel());
    }

    private DataBuffer buffer(String text) {
        return buffers.copy(text.getBytes(StandardCharsets.UTF_8), 0, text.length());
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

    /** A connection that takes nothing for a while. */
    @ChannelHandler.Sharable
    private static final class Held extends ChannelOutboundHandlerAdapter {

        private final List<Runnable> writes = new CopyOnWriteArrayList<>();
        private volatile boolean holding;
        private volatile ChannelHandlerContext connection;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            connection = context;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (holding) {
                writes.add(() -> context.write(message, promise));
            } else {
                context.write(message, promise);
            }
        }

        void hold() {
            holding = true;
        }

        /** Asked by the thread of the connection when it has done what it did when it wrote. */
        <T> T whenItHolds(Callable<T> question) throws Exception {
            await().until(() -> !writes.isEmpty());
            return connection.executor().submit(question).get();
        }

        void goOn() {
            connection.executor().execute(() -> {
                writes.forEach(Runnable::run);
                connection.flush();
            });
        }

        void breakOff() {
            connection.executor().execute(() -> {
                connection.close();
                writes.forEach(Runnable::run);
            });
        }
    }
}
