package io.aerodb.storage.process;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits and time-outs that an operator sets. */
class SettingsIT {

    private static Gateway gateway;

    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                "--storage.limits.max-file-size=1MB",
                "--storage.http.body-idle-timeout=1s",
                "--storage.http.idle-timeout=2s",
                "--storage.http.max-json-body=10KB");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void noObjectIsLargerThanTheGlobalLimit() {
        int limit = 1024 * 1024;

        assertThat(api.upload(bucket, "exact", new byte[limit])).hasStatus(201);
        assertThat(api.upload(bucket, "more", new byte[limit + 1])).isRefused(413, "EntityTooLarge");
        assertThat(api.uploadChunked(bucket, "more", new byte[limit + 1])).isRefused(413, "EntityTooLarge");
    }

    @Test
    void aBucketsLimitDoesNotRaiseTheGlobalOne() {
        String generous = Names.bucket("generous");
        api.createBucket("{\"name\": \"" + generous + "\", \"max_file_size\": \"1GB\"}")
                .expect(201);

        assertThat(api.upload(generous, "more", new byte[1024 * 1024 + 1])).isRefused(413, "EntityTooLarge");
    }

    @Test
    void anUploadThatBringsNothingForLongIsGivenUp() throws IOException {
        try (RawHttp upload = RawHttp.open(gateway.port())) {
            upload.request(
                            "POST /storage/v1/object/" + bucket + "/slow HTTP/1.1",
                            "Authorization: Bearer " + gateway.tokens().user(user),
                            "Content-Length: 1000")
                    .write(Bytes.of("a beginning"));

            assertThat(upload.answer()).isRefused(408, "RequestTimeout");
            assertThat(upload.closedByServer()).isTrue();
        }
        assertThat(api.download(bucket, "slow")).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, bucket).vanish();
    }

    @Test
    void aConnectionWithoutARequestIsClosed() throws IOException {
        try (RawHttp idle = RawHttp.open(gateway.port())) {
            idle.request("GET /storage/v1/bucket HTTP/1.1");
            assertThat(idle.answer()).hasStatus(200);

            assertThat(idle.closedByServer()).isTrue();
        }
    }

    @Test
    void aLargeJsonBodyIsRefused() {
        assertThat(api.createBucket(" ".repeat(11_000) + "{}")).isRefused(413, "EntityTooLarge");
    }
}
