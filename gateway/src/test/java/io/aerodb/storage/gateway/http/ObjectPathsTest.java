package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Paths over the wire: what the client sends raw against what a handler gets. */
class ObjectPathsTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(RouterFunctions.route()
                .path("/storage/v1/object", object -> object.GET(
                                "/info/public" + ObjectPaths.ANY, ObjectPathsTest::echo)
                        .GET("/info" + ObjectPaths.ANY, ObjectPathsTest::echo)
                        .GET("/authenticated" + ObjectPaths.ANY, ObjectPathsTest::echo)
                        .DELETE("/{bucket}", ObjectPathsTest::bucket)
                        .GET(ObjectPaths.ANY, ObjectPathsTest::echo))
                .build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Mono<ServerResponse> echo(ServerRequest request) {
        ObjectPath path = ObjectPaths.of(request);
        return ServerResponse.ok().bodyValue(path.bucket() + "|" + path.path());
    }

    private static Mono<ServerResponse> bucket(ServerRequest request) {
        return ServerResponse.ok().bodyValue(ObjectPaths.bucketOf(request));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a.txt a.txt",
                "a/b/c a/b/c",
                "a//b a//b",
                "a/ a/",
                "a;v=1 a;v=1",
                "a;/b;c a;/b;c",
                "..;/x ..;/x",
                "a+b a+b",
                "a=b,c@d a=b,c@d",
                "it's(1)! it's(1)!",
                "a:b&c$d~e a:b&c$d~e",
                "a%2Fb a/b",
                "%61%2e%74 a.t",
                "%252e%252e %2e%2e",
                "..%5cx ..\\x",
                "a%25b a%b",
                "%E2%82%AC €",
                "%e2%82%ac €",
                "%F0%9F%98%80 😀",
                "... ...",
                ".hidden .hidden",
                "a.. a..",
                "CON CON",
                "trailing. trailing.",
                "a[1].txt a[1].txt",
                "x|y x|y",
                "x^y`z x^y`z",
                "{a}<b>\"c\" {a}<b>\"c\"",
                "back\\slash back\\slash",
                "a%3Fb a?b",
                "a%23b a#b",
                "a#b a#b",
                "e%CC%81 é"
            })
    void everyPathComesOutDecodedOnce(String raw, String decoded) {
        RawResponse response = server.ask("GET", "/storage/v1/object/avatars/" + raw);

        assertThat(response.body()).isEqualTo("avatars|" + decoded);
    }

    @Test
    void theSpaceAtTheEndIsKept() {
        assertThat(server.ask("GET", "/storage/v1/object/b/a%20").body()).isEqualTo("b|a ");
    }

    @Test
    void rawUtf8BytesAreData() {
        String raw =
                new String("/storage/v1/object/b/né".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(server.ask("GET", raw).body()).isEqualTo("b|né");
    }

    @Test
    void theQueryIsNoPartOfThePath() {
        assertThat(server.ask("GET", "/storage/v1/object/b/a?x=1?y#z%").body()).isEqualTo("b|a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../x",
                "a/..",
                "./a",
                "a/./b",
                ".",
                "..",
                "%2e%2e%2fx",
                "%2e%2e/x",
                "..%2fx",
                "a/%2E/b",
                "%00",
                "a%00b",
                "a%0Ab",
                "a%0Db",
                "a%09b",
                "a%7Fb",
                "%C2%85",
                "%ff",
                "a%C0%AFb",
                "%E0%80%AF",
                "%ED%A0%80",
                "%F4%90%80%80",
                "%E2%82",
                "%2Fa",
                "/a",
                "",
                "%",
                "%z",
                "%zz",
                "a%2",
                "100%.txt"
            })
    void badPathsAreRefusedWithTheReason(String raw) {
        RawResponse response = server.ask("GET", "/storage/v1/object/b/" + raw);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.code()).isEqualTo("InvalidKey");
        assertThat(response.json().path("field").asString()).isEqualTo("path");
        assertThat(response.json().path("reason").asString()).isNotBlank();
    }

    @Test
    void a1024ByteKeyIsAcceptedAndA1025ByteKeyIsNot() {
        String euro = "%E2%82%AC";

        assertThat(server.ask("GET", "/storage/v1/object/b/a" + euro.repeat(341))
                        .status())
                .isEqualTo(200);
        RawResponse refused = server.ask("GET", "/storage/v1/object/b/ab" + euro.repeat(341));
        assertThat(refused.code()).isEqualTo("InvalidKey");
        assertThat(refused.json().path("limit").intValue()).isEqualTo(1024);
    }

    @ParameterizedTest
    @CsvSource({
        "/storage/v1/object/info/b/a/c,b|a/c",
        "/storage/v1/object/info/public/b/a,b|a",
        "/storage/v1/object/authenticated/b/x;y/z,b|x;y/z",
        "/storage/v1/%6fbject/b/a,b|a",
        "/storage/v1/object;x=1/b/a,b|a",
        "/storage/v1/object/My%20bucket/a,My bucket|a",
        "/storage/v1/object/0A1B2C3D-0000-4000-8000-00000000000F/a,0a1b2c3d-0000-4000-8000-00000000000f|a"
    })
    void theBucketIsTheSegmentBehindTheRoutesWords(String target, String expected) {
        assertThat(server.ask("GET", target).body()).isEqualTo(expected);
    }

    @Test
    void aRouteWithoutPathReadsItsBucket() {
        assertThat(server.ask("DELETE", "/storage/v1/object/b%2Ec").body()).isEqualTo("b.c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b;x", "b%2Fc", "%ff", "b%00", "b+c", "ü"})
    void anImpossibleBucketIsNotFound(String bucket) {
        RawResponse response = server.ask("GET", "/storage/v1/object/" + bucket + "/a");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.json().path("message").asString()).isEqualTo("Bucket not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/storage//v1/object/b/a", "//storage/v1/object/b/a", "/storage/v1/../v1/object/b/a"})
    void theWordsOfARouteAreNotNormalised(String target) {
        assertThat(server.ask("GET", target).code()).isEqualTo("NoSuchRoute");
    }

    @Test
    void whateverPathIsEncodedComesOutEqual() {
        Random random = new Random(20260801);
        try (RawConnection connection = server.connect()) {
            for (int round = 0; round < 250; round++) {
                String path = validPath(random);
                String target = "/storage/v1/object/b/" + encoded(path, random);
                assertThat(connection.ask("GET", target).body())
                        .as("round %d: %s", round, target)
                        .isEqualTo("b|" + Normalizer.normalize(path, Normalizer.Form.NFC));
            }
        }
    }

    @Test
    void whateverIsSentIsAPathByTheRulesOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> pieces = List.of(
                "a",
                "/",
                ".",
                "..",
                "%2e",
                "%2F",
                "%",
                "%00",
                "%0a",
                "%ff",
                "%c3%a9",
                "%65%cc%81",
                "%ed%a0%80",
                "\u00c3\u00a9",
                "\\",
                ";",
                "%5c",
                "#",
                "[",
                "%7f",
                "%25",
                "~");
        for (int round = 0; round < 1_000; round++) {
            String raw = random.ints(1 + random.nextInt(6), 0, pieces.size())
                    .mapToObj(pieces::get)
                    .collect(Collectors.joining());
            RawResponse answer = server.ask("GET", "/storage/v1/object/b/" + raw);
            String path = answer.status() == 200 ? answer.body().substring("b|".length()) : "refused";

            assertThat(answer.status()).as("%s, seed %d", raw, seed).isIn(200, 400);
            assertThat(answer.status() == 400 ? answer.code() : "InvalidKey").isEqualTo("InvalidKey");
            assertThat(path)
                    .as("%s, seed %d", raw, seed)
                    .doesNotStartWith("/")
                    .matches("[^\\p{Cntrl}]+")
                    .matches(found -> Normalizer.isNormalized(found, Normalizer.Form.NFC))
                    .matches(found -> !("/" + found + "/").matches(".*/\\.\\.?/.*"));
        }
    }

    @Test
    void decodedKeysFollowTheSameRules() {
        assertThat(new ObjectPath("b", "e\u0301").path()).isEqualTo("\u00e9");
        for (String bad : new String[] {"", "/a", "a\u0000", "..", "a/./b", "\ud800", "a".repeat(1025)}) {
            assertThatThrownBy(() -> ObjectPaths.checked("sourceKey", bad))
                    .isInstanceOfSatisfying(StorageError.class, error -> assertThat(error.code())
                            .isEqualTo(ErrorCode.INVALID_KEY))
                    .hasMessageStartingWith("sourceKey: ");
        }
    }

    private static String validPath(Random random) {
        String path;
        do {
            path = random.ints(1 + random.nextInt(60), 0, 12)
                    .map(kind -> character(kind, random))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
        } while (path.startsWith("/") || (path + "/").matches("(.*/)?\\.\\.?/.*"));
        return path;
    }

    private static int character(int kind, Random random) {
        return switch (kind) {
            case 0, 1 -> '/';
            case 2 -> ".;+=,@%".charAt(random.nextInt(7));
            case 3 -> 0xA1 + random.nextInt(0x500);
            case 4 -> 0x3042 + random.nextInt(0x50);
            case 5 -> 0x1F600 + random.nextInt(0x40);
            default -> 0x20 + random.nextInt(0x5F);
        };
    }

    /** Leaves some of what may stay raw as it is, slashes included, and encodes the rest. */
    private static String encoded(String path, Random random) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            boolean mustEncode = octet == '%' || octet == '?' || octet <= ' ';
            if (mustEncode || random.nextInt(4) == 0) {
                encoded.append("%%%02x".formatted(octet & 0xFF));
            } else {
                encoded.append((char) octet);
            }
        }
        return encoded.toString();
    }
}
