package io.aerodb.storage.bucket;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ListBucketsIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final String mark = Names.bucket("");

    @Test
    void aBucketIsFoundByNameAndById() {
        String name = owner.newBucket("private");
        String id = owner.get("/bucket/" + name).expect(200).field("id");

        Answer byId = owner.get("/bucket/" + id);

        assertThat(byId).hasStatus(200);
        assertThat(byId.field("name")).isEqualTo(name);
        assertThat(byId.json()).isEqualTo(owner.get("/bucket/" + name).json());
    }

    @Test
    void aBucketTellsHowManyFilesOfWhatSizeItHas() {
        String name = owner.newBucket("private");
        owner.upload(name, "a", Bytes.of("12345")).expect(201);
        owner.upload(name, "b/c", Bytes.of("1234567")).expect(201);

        JsonNode bucket = owner.get("/bucket/" + name).expect(200).json();

        assertThat(bucket.path("file_count").longValue()).isEqualTo(2);
        assertThat(bucket.path("total_size").longValue()).isEqualTo(12);
    }

    @Test
    void anEmptyBucketHasNoFilesAndNoSize() {
        JsonNode bucket =
                owner.get("/bucket/" + owner.newBucket("private")).expect(200).json();

        assertThat(bucket.path("file_count").longValue(-1)).isZero();
        assertThat(bucket.path("total_size").longValue(-1)).isZero();
    }

    @Test
    void missingBucketsAnswer404InTheWordsClientsCompare() {
        assertThat(owner.get("/bucket/" + Names.bucket("missing"))).isRefused(404, "NoSuchBucket", "Bucket not found");
        assertThat(owner.get("/bucket/" + java.util.UUID.randomUUID()))
                .isRefused(404, "NoSuchBucket", "Bucket not found");
        assertThat(owner.get("/bucket/not~a~name")).isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    @Test
    void listingShowsOnesOwnAndPublicAndAuthenticatedBuckets() {
        String ownPrivate = owned("private");
        String ownPersonal = owned("personal");
        String shared = owned("authenticated");
        String open = owned("public");

        assertThat(names(owner)).contains(ownPrivate, ownPersonal, shared, open);
        assertThat(names(gateway.asUser(Names.user()))).contains(shared, open).doesNotContain(ownPrivate, ownPersonal);
        assertThat(names(gateway.anonymously())).contains(open).doesNotContain(ownPrivate, ownPersonal, shared);
        assertThat(names(gateway.as(gateway.tokens().anonymous())))
                .contains(open)
                .doesNotContain(ownPrivate, ownPersonal, shared);
        assertThat(names(gateway.asService())).contains(ownPrivate, ownPersonal, shared, open);
    }

    @Test
    void theListIsAnArrayOfWholeBuckets() {
        String name = owned("public");

        JsonNode listed = found(owner, "limit=1000").stream()
                .filter(bucket -> bucket.path("name").stringValue().equals(name))
                .findFirst()
                .orElseThrow();

        for (String member : new String[] {
            "id",
            "owner_id",
            "owner",
            "policy",
            "public",
            "allowed_mime_types",
            "max_file_size",
            "file_size_limit",
            "created_at",
            "updated_at"
        }) {
            assertThat(listed.has(member)).as(member).isTrue();
        }
    }

    @Test
    void limitAndOffsetCutPagesOutOfTheSortedList() {
        List<String> all = List.of(owned("a"), owned("b"), owned("c"));

        assertThat(listed("search=" + mark + "&sortColumn=name&sortOrder=asc")).containsExactlyElementsOf(all);
        assertThat(listed("search=" + mark + "&sortColumn=name&limit=2")).containsExactlyElementsOf(all.subList(0, 2));
        assertThat(listed("search=" + mark + "&sortColumn=name&limit=2&offset=1"))
                .containsExactlyElementsOf(all.subList(1, 3));
        assertThat(listed("search=" + mark + "&offset=3")).isEmpty();
        assertThat(listed("search=" + mark + "&sortColumn=name&sortOrder=desc"))
                .containsExactly(all.get(2), all.get(1), all.get(0));
        assertThat(listed("search=" + mark + "&sortColumn=created_at&sortOrder=desc"))
                .containsExactly(all.get(2), all.get(1), all.get(0));
    }

    @Test
    void percentAndUnderscoreInASearchAreThemselves() {
        String underscore = "a_b" + mark;
        String other = "axb" + mark;
        owner.createBucket("{\"name\": \"" + underscore + "\"}").expect(201);
        owner.createBucket("{\"name\": \"" + other + "\"}").expect(201);

        assertThat(listed("search=a_b" + mark)).containsExactly(underscore);
        assertThat(listed("search=%25" + mark)).isEmpty();
        assertThat(listed("search=" + mark)).contains(underscore, other);
        assertThat(listed("search=%5C" + mark)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=-1",
                "limit=NaN",
                "limit=1.5",
                "offset=-1",
                "offset=x",
                "search=%00",
                "sortColumn=owner_id%3B",
                "sortOrder=sideways"
            })
    void parametersThatMakeNoSenseAreRefused(String query) {
        assertThat(owner.get("/bucket?" + query)).isRefused(400, "InvalidRequest");
    }

    @Test
    void aHugeLimitIsCappedAndNotRefused() {
        assertThat(owner.get("/bucket?limit=1000000000")).hasStatus(200);
    }

    private String owned(String policyOrName) {
        boolean policy =
                List.of("private", "personal", "authenticated", "public").contains(policyOrName);
        String name = policyOrName + mark;
        owner.createBucket("{\"name\": \"%s\", \"policy\": \"%s\"}".formatted(name, policy ? policyOrName : "private"))
                .expect(201);
        return name;
    }

    private List<String> names(Api caller) {
        return found(caller, "limit=1000&search=" + mark).stream()
                .map(bucket -> bucket.path("name").stringValue())
                .toList();
    }

    private List<String> listed(String query) {
        return found(owner, query).stream()
                .map(bucket -> bucket.path("name").stringValue())
                .toList();
    }

    private static List<JsonNode> found(Api caller, String query) {
        JsonNode list = caller.get("/bucket?" + query).expect(200).json();
        assertThat(list.isArray()).isTrue();
        return list.valueStream().toList();
    }
}
