package io.aerodb.storage.listing;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A listing tells nothing of what its caller may not read. */
class ListAccessIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final String user = Names.user();
    private final Api person = gateway.asUser(user);

    /** Made by the service in a user's name, as only it can in all kinds of buckets. */
    private void put(String owning, String bucket, String... paths) {
        for (String path : paths) {
            gateway.as(gateway.tokens().serviceFor(owning))
                    .upload(bucket, path, Bytes.of("x"))
                    .expect(201);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "private, name, true", "private, name, false", "private, created_at, true", "private, updated_at, false",
        "personal, name, true", "personal, name, false", "personal, created_at, true", "personal, updated_at, false"
    })
    void othersObjectsAndTheirFoldersAreNotThere(String policy, String sort, boolean delimited) {
        String bucket = owner.newBucket(policy);
        put(Names.user(), bucket, "1", "a/hidden", "hidden/x", user + "/hidden", "z");
        put(user, bucket, user + "/mine", user + "/sub/mine");
        Map<String, Object> query = Map.of("with_delimiter", delimited, "sortBy", Map.of("column", sort));

        assertThat(entries(page(person, bucket, query)))
                .containsExactlyInAnyOrder(
                        delimited ? new String[] {user + "/"} : new String[] {user + "/mine", user + "/sub/mine"});
        assertThat(person.send(
                                "POST",
                                "/object/list/" + bucket,
                                Map.of("prefix", user, "sortBy", Map.of("column", sort)))
                        .expect(200)
                        .each("name"))
                .containsExactlyInAnyOrder("mine", "sub");
        assertThat(entries(page(owner, bucket, Map.of()))).hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "personal"})
    void noPageEndsOrContinuesBecauseOfWhatIsHidden(String policy) {
        String bucket = owner.newBucket(policy);
        put(user, bucket, "b", "d");
        put(Names.user(), bucket, "a", "c", "e", "f", "g");

        Answer first = page(person, bucket, Map.of("limit", 1));
        assertThat(entries(first)).containsExactly("b");
        Answer last = page(person, bucket, Map.of("limit", 1, "cursor", first.field("nextCursor")));
        assertThat(entries(last)).containsExactly("d");
        assertThat(last.json().path("hasNext").booleanValue()).isFalse();
        assertThat(last.json().has("nextCursor")).isFalse();
        assertThat(person.send("POST", "/object/list/" + bucket, Map.of("limit", 1, "offset", 1))
                        .each("name"))
                .containsExactly("d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "personal"})
    void strangersSeeAnEmptyBucketWhateverIsInIt(String policy) {
        String full = owner.newBucket(policy);
        put(Names.user(), full, "a", "b/c");
        String empty = owner.newBucket(policy);

        for (Map<String, Object> query :
                List.<Map<String, Object>>of(Map.of(), Map.of("with_delimiter", true), Map.of("prefix", "b/"))) {
            assertThat(page(person, full, query).json())
                    .isEqualTo(page(person, empty, query).json());
        }
        assertThat(person.send("POST", "/object/list/" + full, Map.of()).text()).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "personal", "authenticated"})
    void withoutATokenAHiddenBucketLooksLikeNone(String policy) {
        String bucket = owner.newBucket(policy);
        put(user, bucket, "a");

        for (String name : List.of(bucket, Names.bucket("none"))) {
            for (Answer answer : listings(gateway.anonymously(), name)) {
                assertThat(answer).isUnauthorized();
            }
            for (Answer answer : listings(gateway.as(gateway.tokens().anonymous()), name)) {
                assertThat(answer).isRefused(403, "AccessDenied");
            }
        }
    }

    @Test
    void aPublicBucketIsListedByAnybody() {
        String bucket = owner.newBucket("public");
        put(user, bucket, "a");

        for (Answer answer : listings(gateway.anonymously(), bucket)) {
            assertThat(answer.expect(200).text()).contains("\"name\":\"a\"");
        }
    }

    @Test
    void whatAnOperatorsPolicyHidesIsNotListedAndNotCounted() {
        String bucket = owner.newBucket("private");
        String id = owner.get("/bucket/" + bucket).field("id");
        put(user, bucket, "open/a", "secret/b");
        gateway.database().execute("""
                CREATE POLICY hides_secrets ON storage.objects AS RESTRICTIVE FOR SELECT TO authenticated
                USING (bucket_id <> '%s' OR name NOT LIKE 'secret/%%')""".formatted(id));
        try {
            assertThat(entries(page(owner, bucket, Map.of("with_delimiter", true))))
                    .containsExactly("open/");
            assertThat(entries(page(person, bucket, Map.of()))).containsExactly("open/a");
            assertThat(owner.get("/bucket/" + bucket).json().path("file_count").longValue())
                    .isEqualTo(1);
            assertThat(owner.get("/bucket/" + bucket).json().path("total_size").longValue())
                    .isEqualTo(1);
        } finally {
            gateway.database().execute("DROP POLICY hides_secrets ON storage.objects");
        }
    }

    @Test
    void aCursorServesOnlyItsCallerItsBucketAndItsQuestion() {
        String bucket = owner.newBucket("authenticated");
        String other = owner.newBucket("authenticated");
        put(user, bucket, "a/1", "a/2", "b");
        put(user, other, "a/1", "a/2", "b");
        Map<String, Object> query = Map.of("limit", 1, "prefix", "a");
        String cursor = page(person, bucket, query).field("nextCursor");

        assertThat(entries(page(person, bucket, with(query, "cursor", cursor)))).containsExactly("a/2");
        assertThat(entries(page(gateway.asUser(user), bucket, with(query, "cursor", cursor))))
                .as("with another token of the same user")
                .containsExactly("a/2");
        for (Api caller :
                List.of(owner, gateway.asService(), gateway.as(gateway.tokens().serviceFor(user)))) {
            refused(caller, bucket, with(query, "cursor", cursor));
        }
        refused(person, other, with(query, "cursor", cursor));
        refused(person, bucket, with(with(query, "cursor", cursor), "prefix", "b"));
        refused(person, bucket, with(with(query, "cursor", cursor), "with_delimiter", true));
        refused(person, bucket, with(with(query, "cursor", cursor), "sortBy", Map.of("order", "desc")));
        refused(person, bucket, with(with(query, "cursor", cursor), "sortBy", Map.of("column", "created_at")));
    }

    @Test
    void aCursorWithOneCharacterChangedIsRefused() {
        String bucket = owner.newBucket("private");
        put(user, bucket, "a", "b", "c");
        String cursor = page(person, bucket, Map.of("limit", 1)).field("nextCursor");

        IntStream.range(0, cursor.length())
                .mapToObj(i -> changedAt(cursor, i))
                .forEach(changed -> refused(person, bucket, Map.of("cursor", changed)));
        refused(person, bucket, Map.of("cursor", cursor + "A"));
        refused(person, bucket, Map.of("cursor", cursor.substring(1)));
        refused(person, bucket, Map.of("cursor", "A".repeat(100_000)));
    }

    private static String changedAt(String cursor, int index) {
        char other = cursor.charAt(index) == 'x' ? 'X' : 'x';
        return cursor.substring(0, index) + other + cursor.substring(index + 1);
    }

    private static void refused(Api caller, String bucket, Map<String, Object> query) {
        Answer answer = caller.send("POST", "/object/list-v2/" + bucket, query);
        assertThat(answer).isRefusedBecauseOf("cursor", "InvalidRequest");
    }

    private static Map<String, Object> with(Map<String, Object> query, String member, Object value) {
        Map<String, Object> changed = new HashMap<>(query);
        changed.put(member, value);
        return changed;
    }

    private static List<Answer> listings(Api caller, String bucket) {
        return List.of(
                caller.send("POST", "/object/list/" + bucket, Map.of()),
                caller.send("POST", "/object/list-v2/" + bucket, Map.of()),
                caller.get("/object/list/" + bucket));
    }

    private static Answer page(Api caller, String bucket, Map<String, Object> query) {
        return caller.send("POST", "/object/list-v2/" + bucket, query).expect(200);
    }

    private static List<String> entries(Answer page) {
        return Stream.concat(page.each("folders", "name").stream(), page.each("objects", "name").stream())
                .toList();
    }
}
