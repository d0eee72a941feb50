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

class LimitsIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());

    @Test
    void everybodyMayKnowTheLimitsOfTheGateway() {
        Answer limits = gateway.anonymously().get("/limits");

        assertThat(limits).hasStatus(200);
        assertThat(limits.json().path("bucket").isNull()).isTrue();
        assertThat(limits.json().path("max_file_size").asLong()).isEqualTo(5L << 40);
        assertThat(limits.json().path("max_path_size").asInt()).isEqualTo(1024);
        assertThat(limits.json().path("max_list_page").asInt()).isEqualTo(1000);
        assertThat(limits.json().path("max_bulk_delete").asInt()).isEqualTo(1000);
        assertThat(limits.json().path("body_idle_timeout_ms").asInt()).isEqualTo(30_000);
    }

    @Test
    void thoseOfABucketAreWhatAnUploadMeets() {
        String bucket = api.newLimitedBucket("\"max_file_size\": 10, \"allowed_mime_types\": [\"text/*\"]");

        Answer limits = api.get("/limits?bucket=" + bucket);

        assertThat(limits.field("bucket")).isEqualTo(bucket);
        assertThat(limits.json().path("max_file_size").asInt()).isEqualTo(10);
        assertThat(limits.json().path("allowed_mime_types").toString()).isEqualTo("[\"text/*\"]");
        assertThat(api.upload(bucket, "fits", Bytes.of("0123456789"), "Content-Type", "text/plain"))
                .hasStatus(201);
        assertThat(api.upload(bucket, "large", Bytes.of("0123456789a"), "Content-Type", "text/plain"))
                .isRefused(413, "EntityTooLarge");
    }

    @Test
    void thoseOfABucketThatTheCallerMayNotSeeAreNotTold() {
        String bucket = api.newBucket("private");

        assertThat(gateway.asUser(Names.user()).get("/limits?bucket=" + bucket)).isRefused(404, "NoSuchBucket");
        assertThat(gateway.anonymously().get("/limits?bucket=" + bucket)).isUnauthorized();
        assertThat(api.get("/limits?bucket=no/bucket")).isRefused(404, "NoSuchBucket");
    }
}
