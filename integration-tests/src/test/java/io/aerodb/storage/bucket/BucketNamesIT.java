package io.aerodb.storage.bucket;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class BucketNamesIT {

    private final Api api = SharedGateway.get().asUser(Names.user());

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".leading", "trailing.", " leading", "trailing ", ".", "..", "a/b", "a\\b", "é", "a%b", "a?b", "a#b",
                "a\nb", "a\u0000b", "a\tb", "~tilde", "a:b", "'quoted'", "emoji\uD83D\uDE00", "", " ", "a*", "a+b",
                        "a@b",
                "a,b"
            })
    void namesOutsideTheRulesAreRefused(String name) {
        assertThat(create(name)).isRefused(400, "InvalidBucketName");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sign",
                "sign-links",
                "public",
                "authenticated",
                "info",
                "list",
                "list-v2",
                "upload",
                "copy",
                "move",
                "move-prefix",
                "delete-prefix"
            })
    void theWordsOfRoutesAreRefused(String word) {
        assertThat(create(word)).isRefused(400, "InvalidBucketName");
    }

    @ParameterizedTest
    @ValueSource(strings = {"550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000"})
    void namesShapedLikeAUuidAreRefused(String name) {
        assertThat(create(name)).isRefused(400, "InvalidBucketName");
        assertThat(api.createBucket("{\"id\": \"%1$s\", \"name\": \"%1$s\", \"public\": true}".formatted(name)))
                .isRefused(400, "InvalidBucketName");
    }

    @Test
    void oneCharacterAndAHundredAreNamesButNotMore() {
        String unique = Names.bucket("long");
        String hundred = unique + "x".repeat(100 - unique.length());

        assertThat(create(hundred)).hasStatus(201);
        assertThat(create(hundred + "y")).isRefused(400, "InvalidBucketName");
        assertThat(create("Z").status()).isIn(201, 409); // one character cannot be unique
    }

    @ParameterizedTest
    @ValueSource(strings = {"With Space", "UPPER.lower_1-2", "a..b", "_", "-", "0"})
    void everythingInsideTheRulesIsAName(String shape) {
        String name = shape + Names.bucket("");

        assertThat(create(name)).hasStatus(201);
        assertThat(api.get("/bucket/" + Names.encoded(name)).field("name")).isEqualTo(name);
        assertThat(api.upload(name, "file", new byte[] {1})).hasStatus(201);
        assertThat(api.download(name, "file")).hasStatus(200);
    }

    @Test
    void namesAreCaseSensitive() {
        String name = Names.bucket("case");

        assertThat(create(name)).hasStatus(201);
        assertThat(create(name.toUpperCase(java.util.Locale.ROOT))).hasStatus(201);
    }

    @Test
    void theRefusalNamesTheFieldAndTheReason() {
        assertThat(create("a/b").field("message")).containsIgnoringCase("name");
    }

    private Answer create(String name) {
        return api.createBucket(
                JsonMapper.shared().createObjectNode().put("name", name).toString());
    }
}
