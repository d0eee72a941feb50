package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that look odd and are right: each is an object of its own, under exactly that name. */
class PathsIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%252e%252e%252fx     | %2e%2e%2fx",
                "..%5cx               | ..\\x",
                "a/..;/x              | a/..;/x",
                "a;v=1/b;c            | a;v=1/b;c",
                "a+b=c,d@e            | a+b=c,d@e",
                "it's                 | it's",
                "a%2Fb                | a/b",
                "a//b                 | a//b",
                "a/                   | a/",
                "a///                 | a///",
                "...                  | ...",
                "..a/.b/c..           | ..a/.b/c..",
                "%20leading%20and%20  | ' leading and '",
                "dot.                 | dot.",
                "CON                  | CON",
                "nul.txt              | nul.txt",
                "%F0%9F%98%80/%E2%82%AC | \uD83D\uDE00/€",
                "%25                  | %",
                "100%25               | 100%",
                "a%3Fb%23c            | a?b#c",
                "%7B%7D%5B%5D%7C%5E%60 | '{}[]|^`'",
                "a%22b%3C%3E          | 'a\"b<>'",
                "~                    | ~",
                "-rf                  | -rf",
                "$(id)                | $(id)",
                "%E2%80%AE            | \u202E",
                "a:b*c!               | a:b*c!"
            })
    void theRawPathIsDecodedExactlyOnce(String raw, String name) throws IOException {
        Answer answer = raw("POST", raw, "Content-Length: 3").expect(201);

        assertThat(answer.field("path")).isEqualTo(name);
        assertThat(raw("GET", raw)).hasStatus(200).hasBody(Bytes.of("abc"));
        assertThat(gateway.database()
                        .rows("SELECT name FROM storage.objects WHERE id = ?::uuid", answer.field("id"))
                        .get(0)
                        .get("name"))
                .isEqualTo(name);
        staysInItsRoot(answer);
    }

    @Test
    void aThousandAndTwentyFourBytesAreAPathButNotMore() throws IOException {
        String threeBytes = "%E2%82%AC".repeat(341);

        assertThat(raw("POST", "x".repeat(1024), "Content-Length: 3")).hasStatus(201);
        assertThat(raw("GET", "x".repeat(1024))).hasStatus(200);
        assertThat(raw("POST", "x".repeat(1025), "Content-Length: 3")).isRefused(400, "InvalidKey");
        assertThat(raw("POST", threeBytes + "a", "Content-Length: 3")).hasStatus(201);
        assertThat(raw("POST", threeBytes + "ab", "Content-Length: 3")).isRefused(400, "InvalidKey");
        assertThat(raw("POST", "a/".repeat(500), "Content-Length: 3")).hasStatus(201);
    }

    @Test
    void oneSegmentOfAThousandBytesIsStored() throws IOException {
        assertThat(raw("POST", "dir/" + "y".repeat(1000), "Content-Length: 3")).hasStatus(201);
        assertThat(raw("GET", "dir/" + "y".repeat(1000))).hasStatus(200);
    }

    @Test
    void composedAndDecomposedLettersAreOneObject() {
        String composed = Normalizer.normalize("é", Normalizer.Form.NFC);
        String decomposed = Normalizer.normalize("é", Normalizer.Form.NFD);

        Answer first = api.upload(bucket, decomposed, Bytes.of("1")).expect(201);
        Answer second = api.upload(bucket, composed, Bytes.of("2")).expect(201);

        assertThat(first.field("path")).isEqualTo(composed);
        assertThat(second.field("id")).isEqualTo(first.field("id"));
        assertThat(api.download(bucket, decomposed)).hasBody(Bytes.of("2"));
    }

    @Test
    void namesThatDifferInOneDetailAreDifferentObjects() {
        String[] names = {"a", "A", "a/", "a//", "a/b", "a/b/", "a ", "a.", "a%", "a;", "a+", "a?"};
        for (String name : names) {
            api.upload(bucket, name, Bytes.of(name)).expect(201);
        }
        for (String name : names) {
            assertThat(api.download(bucket, name)).hasStatus(200).hasBody(Bytes.of(name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".staging/x", "staging/x", ".marker", "garbage/x", "lost+found/x", ".aerodb", "../x~y", "tmp"})
    void namesOfInternalsReachNothing(String name) {
        if (!name.startsWith("..")) {
            assertThat(api.download(bucket, name)).isRefused(404, "NoSuchKey");
            assertThat(api.upload(bucket, name, Bytes.of("mine"))).hasStatus(201);
            assertThat(api.download(bucket, name)).hasBody(Bytes.of("mine"));
        }
        assertThat(api.get("/object/" + Names.encoded("." + name) + "/x")).hasStatus(404);
    }

    @Test
    void theKeyOfABlobIsNoNameOfAnObject() {
        Answer answer = api.upload(bucket, "file", Bytes.of("x")).expect(201);
        String key = (String) gateway.database()
                .rows("SELECT blob_key FROM storage.objects WHERE id = ?::uuid", answer.field("id"))
                .get(0)
                .get("blob_key");

        assertThat(api.get("/object/" + key)).isRefused(404, "NoSuchKey");
    }

    @Test
    void theAddressOfTheRequestMayBeAbsolute() throws IOException {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        Answer answer = RawHttp.ask(
                gateway.port(),
                "GET http://somewhere.example/storage/v1/object/" + bucket + "/file",
                "Authorization: Bearer " + gateway.tokens().user(user));

        assertThat(answer.status()).isIn(200, 400);
    }

    private void staysInItsRoot(Answer answer) {
        String key = (String) gateway.database()
                .rows("SELECT blob_key FROM storage.objects WHERE id = ?::uuid", answer.field("id"))
                .get(0)
                .get("blob_key");
        assertThat(key).matches("[0-9a-f-]{36}/[0-9a-f]{2}/[0-9a-f-]{36}~[A-Za-z0-9._-]{0,80}");
        assertThat(gateway.stored().files()).anyMatch(file -> file.endsWith(key));
    }

    private Answer raw(String method, String rawPath, String... headers) throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
            all[headers.length] = "Authorization: Bearer " + gateway.tokens().user(user);
            connection.request(method + " /storage/v1/object/" + bucket + "/" + rawPath + " HTTP/1.1", all);
            if (headers.length > 0) {
                connection.write(Bytes.of("abc"));
            }
            return connection.answer();
        }
    }
}
