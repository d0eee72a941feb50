package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

class BodiesTest {

    private static final Bodies BODIES = new Bodies(
            DataSize.ofBytes(200),
            new BodyBudget(DataSize.ofKilobytes(1), DataSize.ofKilobytes(1), new SimpleMeterRegistry()));
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(
                RouterFunctions.route().POST("/", BodiesTest::answer).build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Mono<ServerResponse> answer(ServerRequest request) {
        return BODIES.json(request).flatMap(fields -> ServerResponse.ok().bodyValue(described(fields)));
    }

    private static String described(JsonFields fields) {
        return "%s %s %s %s %s %s"
                .formatted(
                        fields.text("name").orElse("-"),
                        fields.flag("public").map(String::valueOf).orElse("-"),
                        fields.wholeNumber("limit", 0, 1000).isPresent(),
                        fields.size("max_file_size").isPresent()
                                ? fields.size("max_file_size").getAsLong()
                                : "-",
                        fields.texts("types", 2).map(String::valueOf).orElse("-"),
                        fields.has("name"));
    }

    private static RawResponse post(String body, String... headers) {
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Content-Length: " + body.length();
        try (RawConnection connection = server.connect()) {
            return connection.send(RawConnection.head("POST", "/", all) + body).read();
        }
    }

    @Test
    void fieldsAreReadByNameAndTypeAndOthersAreIgnored() {
        String body =
                "{\"name\":\"a\",\"public\":true,\"limit\":5,\"max_file_size\":\"20MB\",\"types\":[\"x\"],\"other\":{}}";

        assertThat(post(body).body()).isEqualTo("a true true 20000000 [x] true");
    }

    @Test
    void nullIsAbsentButSent() {
        assertThat(post("{\"name\":null,\"max_file_size\":null}").body()).isEqualTo("- - false - - true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain;charset=UTF-8",
                "Content-Type: application/octet-stream",
                "Content-Type: application/json",
                "Content-Type: ",
                "Content-Type: not a type",
                "X: no type"
            })
    void theContentTypeDoesNotMatter(String header) {
        assertThat(post("{\"name\":\"a\"}", header).body()).startsWith("a ");
        assertThat(post("", header).body()).startsWith("- ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "[]",
                "\"a\"",
                "null",
                "1",
                "{\"a\":1}x",
                "{\"a\":1}{}",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":1e10000000000}",
                "{\"a\":1e-10000000000}",
                "{\"a\":01}",
                "{\"a\":\"\u0001\"}",
                "// c\n{}",
                "{\"a\":\"\u00ff\"}",
                "   ",
                "{\"a\":1,}"
            })
    void malformedBodiesAreRefusedWithThePlace(String body) {
        RawResponse response = post(body);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.code()).isEqualTo("InvalidRequest");
        assertThat(response.json().path("message").asString()).startsWith("body: ");
        assertThat(response.body()).doesNotContain("tools.jackson", "Exception", "Source");
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(post("{\"a\":" + "[".repeat(95) + "]".repeat(95) + "}").status())
                .isEqualTo(200);
        assertThat(post("{\"a\":" + "[".repeat(150)).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":1}|name: must be a string",
                "{\"name\":[\"a\"]}|name: must be a string",
                "{\"public\":\"true\"}|public: must be true or false",
                "{\"limit\":-1}|limit: must be a whole number from 0 to 1000",
                "{\"limit\":1001}|limit: must be a whole number from 0 to 1000",
                "{\"limit\":1.5}|limit: must be a whole number from 0 to 1000",
                "{\"limit\":\"5\"}|limit: must be a whole number from 0 to 1000",
                "{\"limit\":1e999999999}|limit: must be a whole number from 0 to 1000",
                "{\"max_file_size\":\"big\"}|max_file_size: must be a whole number of bytes or a size like 20MB",
                "{\"max_file_size\":-1}|max_file_size: must be a whole number of bytes or a size like 20MB",
                "{\"max_file_size\":true}|max_file_size: must be a whole number of bytes or a size like 20MB",
                "{\"types\":\"x\"}|types: must be an array of at most 2 strings",
                "{\"types\":[\"a\",\"b\",\"c\"]}|types: must be an array of at most 2 strings",
                "{\"types\":[1]}|types: must be a string"
            })
    void aWrongFieldIsNamedWithWhatItMustBe(String body, String message) {
        RawResponse response = post(body);

        assertThat(response.code()).isEqualTo("InvalidRequest");
        assertThat(response.json().path("message").asString()).isEqualTo(message);
        assertThat(response.json().path("field").asString()).isEqualTo(message.split(":")[0]);
    }

    @Test
    void aDeclaredLengthOverTheLimitIsRefusedBeforeTheBodyIsSent() {
        try (RawConnection connection = server.connect()) {
            String head = RawConnection.head("POST", "/", "Content-Length: 201", "Expect: 100-continue");
            RawResponse response = connection.send(head).read();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.code()).isEqualTo("EntityTooLarge");
            assertThat(response.json().path("limit").intValue()).isEqualTo(200);
            assertThat(response.json().path("received").intValue()).isEqualTo(201);
        }
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefusedWhileCounting() {
        try (RawConnection connection = server.connect()) {
            String chunk = "96\r\n" + " ".repeat(150) + "\r\n";
            connection.send(RawConnection.head("POST", "/", "Transfer-Encoding: chunked") + chunk + chunk);

            assertThat(connection.read().status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "512,512",
        "512b,512",
        "20MB,20000000",
        "20mb,20000000",
        "20 MB,20000000",
        "1.5kb,1500",
        "64KiB,65536",
        "1GiB,1073741824",
        "5TB,5000000000000",
        "0,0",
        "0.0001kb,0"
    })
    void sizesAreReadLikePeopleWriteThem(String text, long bytes) {
        assertThat(ByteSizes.parse(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1", "1e3", "20XB", "20 M B", "99999999999999999TB", "1,5MB", "٣MB", "NaN"})
    void otherTextsAreNoSizes(String text) {
        assertThat(ByteSizes.parse(text)).isEmpty();
    }
}
