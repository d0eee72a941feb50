package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionalReadIT {

    private static final String LONG_AGO = "Tue, 24 Nov 2015 10:00:00 GMT";

    private final Api api = SharedGateway.get().asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private String etag = "";

    @BeforeEach
    void upload() {
        api.upload(bucket, "dir/a b.txt", Bytes.of("content"), "Cache-Control", "max-age=60")
                .expect(201);
        etag = head().header("ETag").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "W/%s", "\"x\", %s", "*"})
    void whoHasTheVersionGetsNoBodyAgain(String ifNoneMatch) {
        Answer known = get("If-None-Match", ifNoneMatch.formatted(etag));

        assertThat(known)
                .hasStatus(304)
                .hasBody(new byte[0])
                .hasHeader("ETag", etag)
                .hasHeader("Cache-Control", "private, max-age=60");
        assertThat(known.header("Last-Modified")).isPresent();
        assertThat(known.headers().allValues("Vary")).contains("authorization", "apikey");
        assertThat(head("If-None-Match", ifNoneMatch.formatted(etag))).hasStatus(304);
    }

    @Test
    void whoHasAnotherVersionGetsTheCurrentOne() {
        assertThat(get("If-None-Match", "\"another\"")).hasStatus(200);
        assertThat(get("If-Modified-Since", LONG_AGO)).hasStatus(200);
    }

    @Test
    void nothingChangedSinceItsLastChange() {
        String changed = head().header("Last-Modified").orElseThrow();

        assertThat(get("If-Modified-Since", changed)).hasStatus(304);
        assertThat(get("If-Unmodified-Since", changed)).hasStatus(200);
    }

    @Test
    void whoInsistsOnAnotherVersionIsTold() {
        assertThat(get("If-Match", "\"another\"")).isRefused(412, "PreconditionFailed");
        assertThat(get("If-Match", "W/" + etag)).isRefused(412, "PreconditionFailed");
        assertThat(get("If-Unmodified-Since", LONG_AGO)).isRefused(412, "PreconditionFailed");
        assertThat(get("If-Match", etag)).hasStatus(200);
        assertThat(get("If-Match", "unquoted")).isRefusedBecauseOf("If-Match", "InvalidRequest");
        assertThat(head("If-Match", "\"another\"")).hasStatus(412);
    }

    @Test
    void whoNamesTheVersionIsNotAskedForItsDateByAHeadEither() {
        assertThat(get("If-Match", etag, "If-Unmodified-Since", LONG_AGO)).hasStatus(200);
        assertThat(head("If-Match", etag, "If-Unmodified-Since", LONG_AGO))
                .hasStatus(200)
                .hasHeader("ETag", etag)
                .hasHeader("Content-Length", "7");
    }

    @Test
    void aConditionTellsNothingOfWhatIsHidden() {
        Api other = SharedGateway.get().asUser(Names.user());

        assertThat(other.download(bucket, "dir/a b.txt", "If-None-Match", "*")).isRefused(403, "AccessDenied");
        assertThat(other.download(bucket, "dir/a b.txt", "If-Match", "\"x\"")).isRefused(403, "AccessDenied");
        assertThat(other.download(bucket, "missing", "If-None-Match", "*")).isRefused(403, "AccessDenied");
    }

    @Test
    void theDigestIsSentToWhoWantsIt() {
        String hex = api.info(bucket, "dir/a b.txt").field("checksum");
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));

        assertThat(get("Want-Repr-Digest", "sha-512=3, sha-256=10"))
                .hasHeader("Repr-Digest", "sha-256=:" + base64 + ":");
        assertThat(head("Want-Repr-Digest", "sha-256=1")).hasHeader("Repr-Digest", "sha-256=:" + base64 + ":");
        assertThat(get("Want-Repr-Digest", "sha-256=1", "Range", "bytes=0-0"))
                .hasStatus(206)
                .hasHeader("Repr-Digest", "sha-256=:" + base64 + ":");
        assertThat(get("Want-Repr-Digest", "sha-256=0").header("Repr-Digest")).isEmpty();
        assertThat(get().header("Repr-Digest")).isEmpty();
    }

    @Test
    void aDownloadIsSavedUnderItsNameOrTheOneAskedFor() {
        String address = "/object/" + bucket + "/dir/a%20b.txt?download";

        assertThat(api.get(address)).hasHeader("Content-Disposition", "attachment; filename=\"a b.txt\"");
        assertThat(api.get(address + "=")).hasHeader("Content-Disposition", "attachment; filename=\"a b.txt\"");
        assertThat(api.get(address + "=na%C3%AFve.txt"))
                .hasHeader(
                        "Content-Disposition", "attachment; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt");
        assertThat(get().header("Content-Disposition")).isEmpty();
    }

    private Answer get(String... headers) {
        return api.download(bucket, "dir/a b.txt", headers);
    }

    private Answer head(String... headers) {
        return api.head(bucket, "dir/a b.txt", headers);
    }
}
