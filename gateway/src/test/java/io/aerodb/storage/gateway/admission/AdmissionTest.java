package io.aerodb.storage.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.gateway.http.RawConnection;
import io.aerodb.storage.gateway.http.RawResponse;
import io.aerodb.storage.gateway.http.TestServer;
import io.aerodb.storage.gateway.wiring.AdmissionSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Uploads and downloads beyond what is let in, and the slots of those that end in every way, over real sockets. */
class AdmissionTest {

    private static final int MOST = 4;
    private static final String ANN = "192.0.2.1";
    private static final String BEN = "192.0.2.2";
    private static final String EVE = "192.0.2.3";
    private static final int MOST_OF_ONE = 2;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Admission admission = new Admission(
            new AdmissionSettings(MOST, MOST, MOST_OF_ONE, MOST_OF_ONE, "x-client"), MOST, MOST_OF_ONE, meters);
    private final AtomicInteger bodiesRead = new AtomicInteger();
    private final List<RawConnection> clients = new ArrayList<>();
    private final TestServer server = TestServer.of(
            RouterFunctions.route()
                    .POST("/", admission.upload(this::store))
                    .POST("/failing", admission.upload(request -> Mono.error(new IllegalStateException("defect"))))
                    .POST("/throwing", admission.upload(request -> {
                        throw new IllegalStateException("defect");
                    }))
                    .GET("/", admission.download(AdmissionTest::endless))
                    .GET("/short", admission.download(request -> ServerResponse.ok()
                            .bodyValue("short")))
                    .GET("/other", request -> ServerResponse.ok().bodyValue("other"))
                    .build(),
            admission);

    @AfterEach
    void everySlotIsGivenBack() {
        clients.forEach(RawConnection::close);
        await("slots").untilAsserted(() -> {
            assertThat(open("upload")).isZero();
            assertThat(open("download")).isZero();
        });
        server.close();
    }

    @Test
    void oneCallerMayHaveSoManyUploadsAndOthersHaveTheirs() {
        begin(ANN, MOST_OF_ONE);

        RawResponse refused = offered(ANN);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("SlowDown");
        assertThat(refused.header("retry-after")).contains("1");
        assertThat(refused.json().path("limit").asInt()).isEqualTo(MOST_OF_ONE);
        begin(BEN, 1);
        assertThat(refusals("upload", "caller")).isEqualTo(1);
    }

    @Test
    void allTogetherMayHaveSoManyUploadsAndDownloadsAreCountedForThemselves() {
        begin(ANN, MOST_OF_ONE);
        begin(BEN, MOST_OF_ONE);

        RawResponse refused = offered(EVE);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("ServiceUnavailable");
        assertThat(refused.header("retry-after")).contains("1");
        assertThat(ask("GET", "/short", EVE).status()).isEqualTo(200);
        assertThat(ask("GET", "/other", ANN).status()).isEqualTo(200);
        assertThat(refusals("upload", "full")).isEqualTo(1);
    }

    @Test
    void whoIsRefusedIsNotAskedForHisBody() {
        begin(ANN, MOST_OF_ONE);
        int read = bodiesRead.get();

        assertThat(offered(ANN).status()).isEqualTo(429);
        assertThat(bodiesRead).hasValue(read);
    }

    @Test
    void theNextOneIsLetInWhenAnUploadEnds() {
        List<RawConnection> begun = begin(ANN, MOST_OF_ONE);
        assertThat(offered(ANN).status()).isEqualTo(429);

        assertThat(begun.get(0).send("0123456789").read().status()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(open("upload")).isEqualTo(MOST_OF_ONE - 1));
        begin(ANN, 1);
    }

    @Test
    void anUploadWhoseClientLeavesGivesItsSlotBack() {
        for (int round = 0; round < 5; round++) {
            List<RawConnection> begun = begin(ANN, MOST_OF_ONE);
            begun.forEach(connection -> connection.send("012").close());
            await().untilAsserted(() -> assertThat(open("upload")).isZero());
        }
    }

    @Test
    void aDownloadWhoseClientLeavesGivesItsSlotBack() {
        for (int round = 0; round < 5; round++) {
            List<RawConnection> begun = new ArrayList<>();
            for (int i = 0; i < MOST_OF_ONE; i++) {
                begun.add(connect().send(request("GET", "/", ANN)));
            }
            await().untilAsserted(() -> assertThat(open("download")).isEqualTo(MOST_OF_ONE));
            assertThat(ask("GET", "/short", ANN).status()).isEqualTo(429);
            begun.forEach(RawConnection::close);
            await().untilAsserted(() -> assertThat(open("download")).isZero());
        }
    }

    @Test
    void aRequestThatFailsGivesItsSlotBack() {
        for (int i = 0; i < 2 * MOST; i++) {
            assertThat(ask("POST", "/failing", ANN).status()).isEqualTo(500);
            assertThat(ask("POST", "/throwing", ANN).status()).isEqualTo(500);
        }
    }

    @Test
    void addressesOfOneNetworkAreOneCallerAndWhatAClientSaysBeforeItsProxyDoesNotCount() {
        begin("2001:db8:1:2::1", 1);
        begin("2001:db8:1:2:ffff::9", 1);
        assertThat(offered("2001:db8:1:2::3").status()).isEqualTo(429);
        assertThat(offered("10.0.0.1, 2001:db8:1:2::4").status()).isEqualTo(429);
        begin("2001:db8:1:3::1", 1);
    }

    @Test
    void anAddressOfIpv4InTheFormOfIpv6IsThatOfIpv4() {
        begin("::ffff:203.0.113.7", 1);
        begin("203.0.113.7", 1);
        assertThat(offered("::ffff:203.0.113.7").status()).isEqualTo(429);
        begin("::ffff:198.51.100.9", 1);
    }

    @Test
    void portsAndBracketsThatAProxyWritesMakeNoOtherCaller() {
        begin("203.0.113.8:4000", 1);
        begin("203.0.113.8", 1);
        assertThat(offered("203.0.113.8:4001").status()).isEqualTo(429);
        begin("[2001:db8:9::1]:4000", 1);
        begin("[2001:db8:9::1]", 1);
        assertThat(offered("2001:db8:9::1").status()).isEqualTo(429);
    }

    @Test
    void whatIsNoAddressIsTheProxy() {
        begin("unknown", 1);
        begin("_hidden", 1);
        assertThat(offered("nonsense").status()).isEqualTo(429);
    }

    private Mono<ServerResponse> store(ServerRequest request) {
        Flux<DataBuffer> body = request.exchange().getRequest().getBody();
        return body.doFirst(bodiesRead::incrementAndGet)
                .doOnNext(DataBufferUtils::release)
                .then(ServerResponse.ok().build());
    }

    private static Mono<ServerResponse> endless(ServerRequest request) {
        Flux<DataBuffer> bytes =
                Flux.generate(sink -> sink.next(DefaultDataBufferFactory.sharedInstance.wrap(new byte[64_000])));
        return ServerResponse.ok().body(bytes.take(1_000_000), DataBuffer.class);
    }

    /** Uploads that were let in and have sent no byte. */
    private List<RawConnection> begin(String address, int count) {
        List<RawConnection> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawConnection connection = connect().send(expecting(address));
            assertThat(connection.read().status()).isEqualTo(100);
            begun.add(connection);
        }
        return begun;
    }

    private RawResponse offered(String address) {
        return connect().send(expecting(address)).read();
    }

    private RawResponse ask(String method, String target, String address) {
        return connect().send(request(method, target, address)).read();
    }

    private static String expecting(String address) {
        return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\nX-Client: %s\r\n\r\n"
                .formatted(address);
    }

    private static String request(String method, String target, String address) {
        return "%s %s HTTP/1.1\r\nHost: localhost\r\nX-Client: %s\r\n\r\n".formatted(method, target, address);
    }

    private RawConnection connect() {
        RawConnection connection = server.connect();
        clients.add(connection);
        return connection;
    }

    private double open(String kind) {
        return meters.get("storage.open").tag("kind", kind).gauge().value();
    }

    private double refusals(String kind, String reason) {
        return meters.get("storage.refused")
                .tag("kind", kind)
                .tag("reason", reason)
                .counter()
                .count();
    }
}
