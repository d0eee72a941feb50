package io.aerodb.storage.bucket;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BucketLimitsIT {

    private final Api api = SharedGateway.get().asUser(Names.user());
    private final String name = Names.bucket("limits");

    @ParameterizedTest
    @CsvSource({
        "1000,       1000",
        "\"1000\",   1000",
        "\"500B\",   500",
        "\"10kb\",   10000",
        "\"20MB\",   20000000",
        "\"1.5MB\",  1500000",
        "\"5GB\",    5000000000"
    })
    void sizesAreNumbersOrTextInTheUnitsOfSupabase(String written, long bytes) {
        Answer created = create("\"max_file_size\": " + written);

        assertThat(created).hasStatus(201);
        assertThat(created.json().path("max_file_size").longValue(-1)).isEqualTo(bytes);
        assertThat(created.json().path("file_size_limit").longValue(-1)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "null"})
    void zeroAndNullMeanNoLimit(String written) {
        Answer created = create("\"max_file_size\": " + written);

        assertThat(created).hasStatus(201);
        assertThat(created.json().path("max_file_size").isNull()).isTrue();
        assertThat(api.upload(name, "file", new byte[100])).hasStatus(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"image/*\"]", "[\"IMAGE/PNG\"]", "[\"image/png; q=1\", \"text/plain\"]", "[]", "null"})
    void patternsAreExactTypesOrWholeFamilies(String patterns) {
        create("\"allowed_mime_types\": " + patterns).expect(201);

        assertThat(api.upload(name, "file", new byte[1], "Content-Type", "image/png"))
                .hasStatus(201);
    }

    @Test
    void noPatternMeansEveryType() {
        create("\"allowed_mime_types\": []").expect(201);

        assertThat(api.upload(name, "file", new byte[1], "Content-Type", "x-odd/thing"))
                .hasStatus(201);
    }

    private Answer create(String member) {
        return api.createBucket("{\"name\": \"" + name + "\", " + member + "}");
    }
}
