package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import org.junit.jupiter.api.Test;

class DeleteObjectIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @Test
    void aDeletedObjectIsGone() {
        api.upload(bucket, "dir/file", Bytes.of("x")).expect(201);

        Answer answer = api.remove(bucket, "dir/file");

        assertThat(answer).hasStatus(204).hasBody(new byte[0]);
        assertThat(api.download(bucket, "dir/file")).isRefused(404, "NoSuchKey");
        assertThat(api.head(bucket, "dir/file")).hasStatus(404);
        assertThat(api.info(bucket, "dir/file")).isRefused(404, "NoSuchKey");
        assertThat(api.remove(bucket, "dir/file")).isRefused(404, "NoSuchKey", "Object not found");
    }

    @Test
    void itsBytesBecomeGarbageAndAnEventTellsOfIt() {
        String id = api.upload(bucket, "file", Bytes.of("x")).expect(201).field("id");
        Object key = gateway.database()
                .rows("SELECT blob_key FROM storage.objects WHERE id = ?::uuid", id)
                .get(0)
                .get("blob_key");

        api.remove(bucket, "file").expect(204);

        assertThat(gateway.database().rows("SELECT state FROM storage.blobs WHERE key = ?", key))
                .singleElement()
                .satisfies(blob -> assertThat(blob.get("state")).isEqualTo("garbage"));
        assertThat(gateway.database()
                        .count(
                                "SELECT count(*) FROM storage.events WHERE object_id = ?::uuid AND type LIKE '%deleted'",
                                id))
                .isEqualTo(1);
    }

    @Test
    void onlyTheNamedObjectGoes() {
        for (String path : new String[] {"a", "a/b", "a/", "A", "a.txt", "a%"}) {
            api.upload(bucket, path, Bytes.of(path)).expect(201);
        }

        api.remove(bucket, "a").expect(204);

        assertThat(api.download(bucket, "a")).hasStatus(404);
        for (String path : new String[] {"a/b", "a/", "A", "a.txt", "a%"}) {
            assertThat(api.download(bucket, path)).hasStatus(200).hasBody(Bytes.of(path));
        }
    }

    @Test
    void aPathCanBeUsedAgain() {
        String first = api.upload(bucket, "file", Bytes.of("1")).expect(201).field("id");
        api.remove(bucket, "file").expect(204);

        Answer second = api.upload(bucket, "file", Bytes.of("2"), "If-None-Match", "*");

        assertThat(second).hasStatus(201);
        assertThat(second.field("id")).isNotEqualTo(first);
        assertThat(api.download(bucket, "file")).hasBody(Bytes.of("2"));
    }

    @Test
    void aMissingBucketIsNamedAsSuch() {
        assertThat(api.remove(Names.bucket("missing"), "file")).isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    @Test
    void anotherVersionThanTheOneMeantStays() {
        String old = api.upload(bucket, "file", Bytes.of("1")).expect(201).field("etag");
        String current = api.replace(bucket, "file", Bytes.of("2")).expect(200).field("etag");

        assertThat(api.remove(bucket, "file", "If-Match", old)).isRefused(412, "PreconditionFailed");
        assertThat(api.remove(bucket, "file", "If-Match", "W/" + current)).isRefused(412, "PreconditionFailed");
        assertThat(api.remove(bucket, "file", "If-Match", "unquoted")).isRefusedBecauseOf("If-Match", "InvalidRequest");
        assertThat(api.download(bucket, "file")).hasBody(Bytes.of("2"));

        assertThat(api.remove(bucket, "file", "If-Match", old + ", " + current)).hasStatus(204);
        assertThat(api.remove(bucket, "file", "If-Match", current)).isRefused(404, "NoSuchKey");
    }

    @Test
    void aConditionTellsNothingOfWhatIsHidden() {
        api.upload(bucket, "file", Bytes.of("1")).expect(201);
        Api other = gateway.asUser(Names.user());

        assertThat(other.remove(bucket, "file", "If-Match", "\"x\"")).isRefused(403, "AccessDenied");
        assertThat(other.remove(bucket, "missing", "If-Match", "\"x\"")).isRefused(403, "AccessDenied");
    }
}
