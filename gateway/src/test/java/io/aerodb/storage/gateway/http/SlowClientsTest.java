package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Clients that send or take too slowly are cut off, and those that wait for us are not. */
class SlowClientsTest {

    private static final long RATE = 2_000;
    private static final Duration WINDOW = Duration.ofMillis(600);
    private static final int LARGE = 64_000_000;

    @TempDir
    private static Path directory;

    private final AtomicInteger ended = new AtomicInteger();
    private final TestServer server = TestServer.with(TestServer.impatient(RATE, WINDOW), routes());
    private double senders;
    private double readers;

    @BeforeEach
    void count() {
        senders = cut("sender");
        readers = cut("reader");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aSenderThatTricklesGets408AndItsBodyFails() {
        try (RawConnection connection = server.connect()) {
            connection.send("POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(50))
                    .until(() -> connection.send("x").hasBytes());

            RawResponse answer = connection.read();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.code()).isEqualTo("RequestTimeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(WINDOW);
        }
        assertThat(cut("sender")).isEqualTo(senders + 1);
        assertThat(ended).hasValue(1);
    }

    @Test
    void aSenderThatIsFastEnoughIsNotCut() {
        try (RawConnection connection = server.connect()) {
            connection.send("POST /take HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "100\r\n" + "x".repeat(256) + "\r\n";
            after(WINDOW.multipliedBy(4), Duration.ofMillis(20), () -> connection
                    .send(chunk)
                    .hasBytes());
            connection.send("0\r\n\r\n");

            assertThat(connection.read().status()).isEqualTo(200);
        }
        assertThat(cut("sender")).isEqualTo(senders);
    }

    @Test
    void aSenderThatWaitsForUsIsNotCut() {
        try (RawConnection connection = server.connect()) {
            connection.send("POST /slowly HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
            connection.send("x".repeat(1_000_000));

            assertThat(connection.read().status()).isEqualTo(200);
        }
        assertThat(cut("sender")).isEqualTo(senders);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bytes", "/file"})
    void aReaderThatTakesNothingIsCutAndWhatItReadEnds(String target) throws IOException {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the system does not tell");
        try (Socket reader = narrow(server, target, 4_096)) {
            await().until(() -> ended.get() == 1);
            assertThat(cut("reader")).isEqualTo(readers + 1);
            assertThat(isReset(reader)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bytes", "/file"})
    void aReaderThatTakesTooLittleIsCut(String target) throws IOException {
        try (TestServer demanding = TestServer.with(TestServer.impatient(1_000_000, WINDOW), routes());
                Socket reader = narrow(demanding, target, 65_536)) {
            byte[] some = new byte[1_024];
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> read(reader, some) < 0);

            assertThat(cut("reader")).isEqualTo(readers + 1);
            await().until(() -> ended.get() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bytes", "/file"})
    void aReaderThatIsFastEnoughIsNotCut(String target) throws IOException {
        try (Socket reader = narrow(server, target, 65_536)) {
            byte[] some = new byte[16_384];
            after(WINDOW.multipliedBy(4), Duration.ofMillis(20), () -> read(reader, some) < 0);

            assertThat(ended).hasValue(0);
        }
        assertThat(cut("reader")).isEqualTo(readers);
    }

    @Test
    void aReaderThatWaitsForUsIsNotCut() {
        assertThat(server.ask("GET", "/drops").body()).hasSize(5);
        assertThat(cut("reader")).isEqualTo(readers);
    }

    private RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/take", request -> taken(Connections.body(request.exchange())))
                .POST("/slowly", SlowClientsTest::takenSlowly)
                .GET("/bytes", request -> ServerResponse.ok().body(large(), DataBuffer.class))
                .GET("/file", this::file)
                .GET("/drops", request -> ServerResponse.ok()
                        .body(
                                Flux.range(0, 5)
                                        .delayElements(WINDOW.dividedBy(2))
                                        .map(i -> "x"),
                                String.class))
                .build();
    }

    private Mono<ServerResponse> taken(Flux<DataBuffer> body) {
        return body.doOnNext(DataBufferUtils::release)
                .doOnError(failure -> ended.incrementAndGet())
                .then(ServerResponse.ok().build());
    }

    /** Over several windows, and little in each. */
    private static Mono<ServerResponse> takenSlowly(ServerRequest request) {
        return request.body(BodyExtractors.toDataBuffers())
                .doOnNext(DataBufferUtils::release)
                .concatMap(buffer -> Mono.delay(Duration.ofMillis(150)), 0)
                .then(ServerResponse.ok().build());
    }

    private Flux<DataBuffer> large() {
        return Flux.<DataBuffer>generate(
                        sink -> sink.next(DefaultDataBufferFactory.sharedInstance.wrap(new byte[64_000])))
                .take(LARGE / 64_000)
                .doFinally(end -> ended.incrementAndGet());
    }

    private Mono<ServerResponse> file(ServerRequest request) {
        return ServerResponse.ok().build((exchange, context) -> ((ZeroCopyHttpOutputMessage) exchange.getResponse())
                .writeWith(largeFile(), 0, LARGE)
                .doFinally(end -> ended.incrementAndGet()));
    }

    private static Path largeFile() {
        File file = directory.resolve("large").toFile();
        try (RandomAccessFile sparse = new RandomAccessFile(file, "rw")) {
            sparse.setLength(LARGE);
            return file.toPath();
        } catch (IOException unwritable) {
            throw new IllegalStateException(unwritable);
        }
    }

    /** A client with little room for what it does not read, which has asked. */
    private static Socket narrow(TestServer server, String target, int room) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(room);
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .formatted(target)
                        .getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static int read(Socket socket, byte[] some) {
        try {
            return socket.getInputStream().read(some);
        } catch (IOException reset) {
            return -1;
        }
    }

    private static boolean isReset(Socket socket) throws IOException {
        byte[] some = new byte[65_536];
        try {
            while (socket.getInputStream().read(some) >= 0) {
                continue;
            }
            return false;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Does it again and again for so long; it must not become true meanwhile. */
    private static void after(Duration time, Duration pause, BooleanSupplier failed) {
        await().during(time).atMost(time.plusSeconds(10)).pollInterval(pause).until(() -> !failed.getAsBoolean());
    }

    private static double cut(String kind) {
        return TestServer.METERS
                .get("storage.slow.clients")
                .tag("kind", kind)
                .counter()
                .count();
    }
}
