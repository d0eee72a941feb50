package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class BulkDeleteIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api owner = gateway.asUser(user);
    private final String bucket = owner.newBucket("authenticated");

    @Test
    void theAnswerIsEachDeletedObjectAsItWas() {
        JsonNode uploaded = put(owner, "dir/file");

        JsonNode deleted =
                owner.removeAll(bucket, List.of("dir/file")).expect(200).json();

        assertThat(deleted.size()).isEqualTo(1);
        assertThat(deleted.get(0).path("name").stringValue()).isEqualTo("dir/file");
        uploaded.propertyNames()
                .forEach(member ->
                        assertThat(deleted.get(0).path(member)).as(member).isEqualTo(uploaded.path(member)));
        assertThat(owner.download(bucket, "dir/file")).isRefused(404, "NoSuchKey");
    }

    @Test
    void onlyWhatWasReallyDeletedIsAnswered() {
        Api other = gateway.asUser(Names.user());
        put(other, "theirs");
        put(other, "mine");
        put(owner, "owners");

        assertThat(deleted(other, "mine", "owners", "missing", "mine")).containsExactly("mine");
        assertThat(owner.download(bucket, "owners")).hasStatus(200);
        assertThat(deleted(owner, "theirs", "owners")).containsExactly("owners", "theirs");
        assertThat(deleted(owner, "theirs", "owners")).isEmpty();
    }

    @Test
    void namesAreWholeNamesAndNoPatterns() {
        for (String name : List.of("a", "a/b", "ab", "a%", "a_", "A")) {
            put(owner, name);
        }

        assertThat(deleted(owner, "a", "a/", "%", "_", "")).containsExactly("a");
        assertThat(deleted(owner, "a%", "a_")).containsExactly("a%", "a_");
        assertThat(deleted(owner, "a/b", "ab", "A")).containsExactly("A", "a/b", "ab");
    }

    @Test
    void decomposedNamesMeanTheirComposedObject() {
        put(owner, "caf\u00e9");

        assertThat(deleted(owner, "cafe\u0301")).containsExactly("caf\u00e9");
    }

    @Test
    void aThousandNamesAreTakenAndOneMoreIsNot() {
        put(owner, "0");
        List<String> names =
                IntStream.range(0, 1001).mapToObj(Integer::toString).toList();

        assertThat(owner.removeAll(bucket, names)).isRefusedBecauseOf("prefixes", "InvalidRequest");
        assertThat(owner.download(bucket, "0")).hasStatus(200);
        assertThat(owner.removeAll(bucket, names.subList(0, 1000)).expect(200).each("name"))
                .containsExactly("0");
    }

    @Test
    void noNamesDeleteNothing() {
        put(owner, "a");

        assertThat(owner.removeAll(bucket, List.of()).expect(200).text()).isEqualTo("[]");
        assertThat(owner.download(bucket, "a")).hasStatus(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prefixes | {}",
                "prefixes | {\"prefixes\": null}",
                "prefixes | {\"prefixes\": \"a?\"}",
                "prefixes | {\"prefixes\": [1]}",
                "prefixes | {\"prefixes\": [\"a?\", null]}",
                "prefixes | {\"prefixes\": [\"a?\", \"b\\u0000\"]}",
                "prefixes | {\"prefixes\": [\"a\\ud800\"]}",
                "prefixes | {\"prefixes\": [\"a\\udc00\", \"b\"]}",
                "body     | [\"a?\"]",
                "body     | {"
            })
    void whatIsNoListOfNamesIsRefusedAndDeletesNothing(String field, String body) {
        put(owner, "a?");

        assertThat(owner.exchange("DELETE", "/object/" + bucket, BodyPublishers.ofString(body)))
                .isRefusedBecauseOf(field, "InvalidRequest");
        assertThat(owner.download(bucket, "a?")).hasStatus(200);
    }

    @Test
    void aNameThatIsTooLongIsRefusedWithTheLimit() {
        Answer answer = owner.removeAll(bucket, List.of("x".repeat(1025)));

        assertThat(answer).isRefusedBecauseOf("prefixes", "InvalidRequest");
        assertThat(answer.json().path("limit").longValue()).isEqualTo(1024);
    }

    @Test
    void aSlashBehindTheBucketMakesItAPathThatIsEmpty() {
        put(owner, "a");

        assertThat(owner.send("DELETE", "/object/" + bucket + "/", Map.of("prefixes", List.of("a"))))
                .isRefusedBecauseOf("path", "InvalidKey");
        assertThat(owner.download(bucket, "a")).hasStatus(200);
    }

    @Test
    void aMissingBucketIsNamedAsSuch() {
        assertThat(owner.removeAll(Names.bucket("none"), List.of("a"))).isRefused(404, "NoSuchBucket");
    }

    private JsonNode put(Api caller, String path) {
        return caller.upload(bucket, path, Bytes.of("x")).expect(201).json();
    }

    private List<String> deleted(Api caller, String... paths) {
        return caller.removeAll(bucket, List.of(paths)).expect(200).each("path");
    }
}
