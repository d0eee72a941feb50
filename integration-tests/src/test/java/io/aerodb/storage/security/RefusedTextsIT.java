package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Tokens;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that the database can't hold: refused at the door wherever they come in, and never taken for another text. */
class RefusedTextsIT {

    private static final String[] IMPOSSIBLE = {"\\u0000", "\\ud800", "\\udc00x", "\\ud83dx"};

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST   | /bucket                | {'name': 'a?'}",
                "POST   | /bucket                | {'name': 'ok', 'policy': '?'}",
                "POST   | /bucket                | {'name': 'ok', 'id': '?'}",
                "POST   | /bucket                | {'name': 'ok', 'max_file_size': '1?'}",
                "POST   | /bucket                | {'name': 'ok', 'allowed_mime_types': ['a/b;c=?']}",
                "PATCH  | /bucket/BUCKET         | {'policy': 'public?'}",
                "PATCH  | /bucket/BUCKET         | {'name': '?'}",
                "PUT    | /bucket/BUCKET         | {'allowed_mime_types': ['image/?']}",
                "DELETE | /object/BUCKET         | {'prefixes': ['a', 'a?']}",
                "POST   | /object/copy           | {'bucketId': 'BUCKET', 'sourceKey': 'a?', 'destinationKey': 'b'}",
                "POST   | /object/copy           | {'bucketId': 'BUCKET', 'sourceKey': 'a', 'destinationKey': 'b?'}",
                "POST   | /object/move           | {'bucketId': 'BUCKET', 'sourceKey': 'a?', 'destinationKey': 'b'}",
                "POST   | /object/move           | {'bucketId': 'BUCKET', 'sourceKey': 'a', 'destinationKey': 'b?'}",
                "POST   | /object/move-prefix    | {'bucketId': 'BUCKET', 'sourcePrefix': 'a?', 'destinationPrefix': 'b'}",
                "POST   | /object/move-prefix    | {'bucketId': 'BUCKET', 'sourcePrefix': 'a', 'destinationPrefix': 'b?'}",
                "POST   | /object/delete-prefix  | {'bucketId': 'BUCKET', 'prefix': 'a?'}",
                "POST   | /object/list/BUCKET    | {'prefix': '?'}",
                "POST   | /object/list/BUCKET    | {'search': '?'}",
                "POST   | /object/list/BUCKET    | {'sortBy': {'column': 'name?'}}",
                "POST   | /object/list/BUCKET    | {'sortBy': {'order': 'asc?'}}",
                "POST   | /object/list-v2/BUCKET | {'prefix': '?'}",
                "POST   | /object/list-v2/BUCKET | {'cursor': '?'}"
            })
    void inBodiesTheyAre400(String method, String path, String body) {
        api.upload(bucket, "a", Bytes.of("x")).expect(201);
        for (String impossible : IMPOSSIBLE) {
            String json = body.replace("?", impossible).replace('\'', '"').replace("BUCKET", bucket);

            Answer answer = api.exchange(method, path.replace("BUCKET", bucket), BodyPublishers.ofString(json));

            assertThat(answer.status()).as("%s: %s", json, answer).isEqualTo(400);
            assertThat(answer.field("reason")).as(json).isNotEmpty();
            assertThat(answer).revealsNothing();
        }
        assertThat(api.download(bucket, "a")).hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"bucketId\": \"a?\"}", "{\"bucketId\": \"BUCKET\", \"destinationBucket\": \"?\"}"})
    void noBucketIsCalledSo(String members) {
        for (String impossible : IMPOSSIBLE) {
            String json =
                    members.replace("?", impossible).replace("BUCKET", bucket).replace("}", """
                    , "sourceKey": "a", "destinationKey": "b", "sourcePrefix": "a", "destinationPrefix": "b", "prefix": "a"}""");

            assertThat(api.postJson("/object/copy", json)).isRefused(404, "NoSuchBucket");
            assertThat(api.postJson("/object/move", json)).isRefused(404, "NoSuchBucket");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": \"?\"}", "{\"?\": 1}", "{\"a\": {\"b\": [[\"?\"]]}}"})
    void inUserMetadataTheyAre400(String json) {
        for (String impossible : IMPOSSIBLE) {
            String header = Base64.getEncoder().encodeToString(Bytes.of(json.replace("?", impossible)));

            assertThat(api.upload(bucket, "a", Bytes.of("x"), "x-metadata", header))
                    .isRefusedBecauseOf("x-metadata", "InvalidMetadata");
        }
        assertThat(api.download(bucket, "a")).isRefused(404, "NoSuchKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"sub\":\"?\"", "\"sub\":\"a\",\"team\":\"?\"", "\"sub\":\"a\",\"app\":{\"?\":[\"x\"]}"})
    void inTokenClaimsTheyAre401(String claims) {
        for (String impossible : IMPOSSIBLE) {
            String token = gateway.tokens()
                    .handMade(
                            "{\"alg\":\"HS256\"}",
                            "{%s,\"exp\":%d}".formatted(claims.replace("?", impossible), Tokens.inAnHour()));

            assertThat(gateway.as(token).get("/bucket")).isUnauthorized();
        }
    }

    @Test
    void wholeSurrogatePairsAreOrdinaryText() {
        api.exchange("POST", "/object/" + bucket + "/%F0%9F%98%80/a", BodyPublishers.ofString("x"))
                .expect(201);

        assertThat(api.postJson("/object/list/" + bucket, "{\"prefix\": \"\\ud83d\\ude00\"}")
                        .each("name"))
                .containsExactly("a");
    }
}
