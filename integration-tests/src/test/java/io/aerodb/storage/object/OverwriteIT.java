package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverwriteIT {

    private static final byte[] OLD = Bytes.of("the old content");
    private static final byte[] NEW = Bytes.of("the new and longer content");

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @Test
    void postOverwritesUnlessToldOtherwise() {
        Answer first = old();
        Answer second = api.upload(bucket, "file", NEW, "Content-Type", "text/new");

        assertThat(second).hasStatus(201);
        assertThat(second.field("id")).isEqualTo(first.field("id"));
        assertThat(second.field("version")).isNotEqualTo(first.field("version"));
        assertThat(second.field("etag")).isNotEqualTo(first.field("etag"));
        assertThat(second.field("created_at")).isEqualTo(first.field("created_at"));
        assertThat(OffsetDateTime.parse(second.field("updated_at")))
                .isAfter(OffsetDateTime.parse(first.field("updated_at")));
        assertThat(api.download(bucket, "file"))
                .hasHeader("Content-Type", "text/new")
                .hasBody(NEW);
    }

    @Test
    void putReplacesWith200() {
        old();

        assertThat(api.replace(bucket, "file", NEW)).hasStatus(200);
        assertThat(api.download(bucket, "file")).hasBody(NEW);
    }

    @Test
    void writingTheSameBytesAgainChangesTheETagToo() {
        String first = old().field("etag");

        assertThat(api.upload(bucket, "file", OLD).field("etag")).isNotEqualTo(first);
    }

    @Test
    void theOldBytesBecomeGarbageThatIsKeptForItsGraceTime() {
        String id = old().field("id");
        String oldKey = (String) gateway.database()
                .rows("SELECT blob_key FROM storage.objects WHERE id = ?::uuid", id)
                .get(0)
                .get("blob_key");

        api.upload(bucket, "file", NEW).expect(201);

        assertThat(gateway.database()
                        .rows(
                                "SELECT state, not_before > now() + interval '1 hour' AS kept FROM storage.blobs WHERE key = ?",
                                oldKey))
                .singleElement()
                .satisfies(blob -> {
                    assertThat(blob.get("state")).isEqualTo("garbage");
                    assertThat(blob.get("kept")).isEqualTo(true);
                });
        assertThat(gateway.stored().files()).anyMatch(file -> file.endsWith(oldKey));
    }

    @Test
    void theOwnerStaysWhoeverOverwrites() {
        old();

        assertThat(gateway.as(gateway.tokens().serviceFor(Names.user())).replace(bucket, "file", NEW))
                .hasStatus(200);
        assertThat(api.upload(bucket, "file", NEW).field("owner_id")).isEqualTo(user);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void anUpsertHeaderOnAMissingPathMakesTheAnswer200(String upsert) {
        assertThat(api.upload(bucket, "file", NEW, "x-upsert", upsert)).hasStatus(200);
        assertThat(api.download(bucket, "file")).hasBody(NEW);
    }

    @Test
    void upsertTrueOverwritesWith200() {
        old();

        assertThat(api.upload(bucket, "file", NEW, "x-upsert", "true")).hasStatus(200);
        assertThat(api.download(bucket, "file")).hasBody(NEW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aPutReplacesWhateverItsUpsertHeaderSays(String upsert) {
        old();

        assertThat(api.replace(bucket, "file", NEW, "x-upsert", upsert)).hasStatus(200);
        assertThat(api.download(bucket, "file")).hasBody(NEW);
    }

    @Test
    void upsertFalseKeepsWhatExists() {
        old();

        Answer answer = api.upload(bucket, "file", NEW, "x-upsert", "false");

        assertThat(answer).isRefused(409, "KeyAlreadyExists", "The resource already exists");
        assertThat(answer.field("error")).isEqualTo("Duplicate");
        unchanged();
    }

    @Test
    void ifNoneMatchStarCreatesOnly() {
        assertThat(api.upload(bucket, "file", OLD, "If-None-Match", "*")).hasStatus(201);
        assertThat(api.upload(bucket, "file", NEW, "If-None-Match", "*")).isRefused(412, "PreconditionFailed");
        assertThat(api.replace(bucket, "file", NEW, "If-None-Match", "*")).isRefused(412, "PreconditionFailed");
        unchanged();
    }

    @Test
    void ifMatchReplacesOnlyTheVersionItNames() {
        String etag = old().field("etag");

        assertThat(api.upload(bucket, "file", NEW, "If-Match", "\"other\"")).isRefused(412, "PreconditionFailed");
        assertThat(api.upload(bucket, "file", NEW, "If-Match", "W/" + etag)).isRefused(412, "PreconditionFailed");
        unchanged();
        assertThat(api.replace(bucket, "file", NEW, "If-Match", "\"other\", " + etag))
                .hasStatus(200);
        assertThat(api.replace(bucket, "file", OLD, "If-Match", etag)).isRefused(412, "PreconditionFailed");
        assertThat(api.download(bucket, "file")).hasBody(NEW);
    }

    @Test
    void ifMatchNeedsAnObject() {
        assertThat(api.upload(bucket, "file", NEW, "If-Match", "\"any\"")).isRefused(412, "PreconditionFailed");
        assertThat(api.replace(bucket, "file", NEW, "If-Match", "*")).isRefused(412, "PreconditionFailed");
        assertThat(api.download(bucket, "file")).isRefused(404, "NoSuchKey");
        old();
        assertThat(api.replace(bucket, "file", NEW, "If-Match", "*")).hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"If-Match: unquoted", "If-None-Match: \"a\"", "x-upsert: maybe"})
    void conditionsThatMakeNoSenseOnAWriteAreRefused(String header) {
        old();
        List<String> parts = List.of(header.split(": "));

        assertThat(api.upload(bucket, "file", NEW, parts.get(0), parts.get(1))).isRefused(400, "InvalidRequest");
        unchanged();
    }

    @Test
    void metadataOfTheOldVersionDoesNotStay() {
        api.upload(bucket, "file", OLD, "Cache-Control", "max-age=60", "Content-Type", "text/old")
                .expect(201);

        api.upload(bucket, "file", NEW).expect(201);

        assertThat(api.download(bucket, "file"))
                .hasHeader("Cache-Control", "private, no-cache")
                .hasHeader("Content-Type", "application/octet-stream");
    }

    @Test
    void lastModifiedMovesWithTheWrite() {
        OffsetDateTime updated = OffsetDateTime.parse(old().field("updated_at"));

        OffsetDateTime lastModified = OffsetDateTime.parse(
                api.head(bucket, "file").header("Last-Modified").orElseThrow(),
                java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME);

        Assertions.assertThat(Duration.between(updated.truncatedTo(ChronoUnit.SECONDS), lastModified))
                .isZero();
    }

    private Answer old() {
        return api.upload(bucket, "file", OLD).expect(201);
    }

    private void unchanged() {
        assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(OLD);
    }
}
