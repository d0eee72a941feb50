package io.aerodb.storage.gateway.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The self-test at a server that keeps what it gets, or does not. How it goes at a gateway the black-box tests show. */
class SelfTestCommandTest {

    private static final String SECRET = "a-secret-that-is-long-enough-for-hs256";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private HttpServer server;
    private int statusOfUploads = 201;
    private int lostBytes;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aServerThatKeepsWhatItGetsPasses() throws IOException {
        assertThat(run(address(), tokenFile())).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("A file was stored at " + address());
        assertThat(requests.stream().map(request -> request.replaceAll("self-test-[0-9a-f-]+", "b")))
                .containsExactly(
                        "POST /storage/v1/bucket",
                        "POST /storage/v1/object/b/self-test.bin",
                        "GET /storage/v1/object/b/self-test.bin",
                        "DELETE /storage/v1/object/b/self-test.bin",
                        "DELETE /storage/v1/bucket/b");
        assertThat(tokens).containsOnly("Bearer given");
    }

    @Test
    void otherBytesAreAFailureAndAreRemoved() throws IOException {
        lostBytes = 1;

        assertThat(run(address(), tokenFile())).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("The self-test failed: the file came back with other bytes.\n");
        assertThat(stored).isEmpty();
        assertThat(requests.get(requests.size() - 1)).startsWith("DELETE /storage/v1/bucket/self-test-");
    }

    @Test
    void aRefusalIsToldAndTheBucketIsRemovedAllTheSame() throws IOException {
        statusOfUploads = 507;

        assertThat(run(address(), tokenFile())).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("The self-test failed: POST " + address() + "/storage/v1/object/self-test-")
                .contains("was answered with 507: no room");
        assertThat(stored).isEmpty();
    }

    @Test
    void nobodyThereIsAFailure() throws IOException {
        server.stop(0);

        assertThat(run(address(), tokenFile())).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("The self-test failed: ");
    }

    @Test
    void aTokenOfTheSecretIsTheServicesForFiveMinutes() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");

        assertThat(run(
                        address(),
                        "--jwt-secret-file=" + secret,
                        "--issuer=https://login.example",
                        "--audience=storage"))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();

        SignedJWT token = SignedJWT.parse(tokens.get(0).substring("Bearer ".length()));
        assertThat(token.verify(new MACVerifier(SECRET))).isTrue();
        assertThat(token.getJWTClaimsSet().getStringClaim("role")).isEqualTo("service_role");
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo("https://login.example");
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly("storage");
        assertThat(token.getJWTClaimsSet().getExpirationTime())
                .isBetween(Date.from(Instant.now()), Date.from(Instant.now().plusSeconds(301)));
    }

    @Test
    void aFileThatIsNotThereIsAFailure() {
        assertThat(run(address(), "--token-file=" + directory.resolve("nothing")))
                .isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("The self-test failed: The file ");
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://127.0.0.1",
                "127.0.0.1:8080 --token-file=x",
                "ftp://127.0.0.1 --token-file=x",
                "http:// --token-file=x",
                "http://127.0.0.1 --token-file=x --jwt-secret-file=x",
                "http://127.0.0.1 --token-file",
                "http://127.0.0.1 --token-file=x --nonsense=1"
            })
    void whatMakesNoSenseIsRefused(String line) {
        assertThat(run(Stream.of(line.split(" "))
                        .filter(word -> !word.isEmpty())
                        .toArray(String[]::new)))
                .isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: self-test ADDRESS");
        assertThat(requests).isEmpty();
    }

    private int run(String... arguments) {
        return SelfTestCommand.run(List.of(arguments), new PrintStream(out), new PrintStream(err));
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private String tokenFile() throws IOException {
        return "--token-file=" + Files.writeString(directory.resolve("token"), "given\n");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        switch (exchange.getRequestMethod()) {
            case "GET" -> send(exchange, 200, withoutTheLast(stored.get(path)));
            case "DELETE" -> send(exchange, stored.remove(path) == null ? 404 : 200, new byte[0]);
            default -> keep(exchange, path, body);
        }
    }

    private void keep(HttpExchange exchange, String path, byte[] body) throws IOException {
        if (path.contains("/object/") && statusOfUploads != 201) {
            send(exchange, statusOfUploads, "no room".getBytes(StandardCharsets.UTF_8));
            return;
        }
        String name = new String(body, StandardCharsets.ISO_8859_1).replaceAll("(?s)^\\{\"name\":\"(.*)\"}$", "/$1");
        stored.put(path.endsWith("/bucket") ? path + name : path, body);
        send(exchange, 201, new byte[0]);
    }

    private byte[] withoutTheLast(byte[] content) {
        return Arrays.copyOf(content, content.length - lostBytes);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
