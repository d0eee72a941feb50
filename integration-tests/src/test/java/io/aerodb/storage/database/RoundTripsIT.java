package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.ProductionGateway;
import io.aerodb.storage.harness.SharedGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How often each operation waits for the database, counted on the wire once pools and statements are warm. */
class RoundTripsIT {

    private static final int WARM_UP = 60;
    private static final int TRIALS = 15;

    private final ProductionGateway production = SharedGateway.production();
    private final Api api = production.gateway().asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private int names;

    @Test
    void anUploadTakesTwo() {
        assertThat(typically(201, () -> api.upload(bucket, "file-" + names++, Bytes.of("x"))))
                .isLessThanOrEqualTo(2);
    }

    @Test
    void anOverwriteTakesTwo() {
        assertThat(typically(200, () -> api.replace(bucket, "file", Bytes.of("x"))))
                .isLessThanOrEqualTo(2);
    }

    @Test
    void aRefusedUploadTakesOne() {
        Api stranger = production.gateway().asUser(Names.user());

        assertThat(typically(403, () -> stranger.upload(bucket, "file", Bytes.of("x"))))
                .isEqualTo(1);
    }

    @Test
    void aDownloadTakesOne() {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        assertThat(typically(200, () -> api.download(bucket, "file"))).isEqualTo(1);
    }

    @Test
    void aDownloadByAnyRouteTakesOne() {
        Api nobody = production.gateway().anonymously();
        String open = api.newBucket("public");
        api.upload(open, "file", Bytes.of("x")).expect(201);
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        assertThat(typically(200, () -> nobody.get("/object/public/" + open + "/file")))
                .isEqualTo(1);
        assertThat(typically(200, () -> nobody.get("/object/info/public/" + open + "/file")))
                .isEqualTo(1);
        assertThat(typically(200, () -> api.get("/object/authenticated/" + bucket + "/file")))
                .isEqualTo(1);
        assertThat(typically(404, () -> nobody.get("/object/public/" + bucket + "/file")))
                .isEqualTo(1);
    }

    @Test
    void aDownloadOfAPartOrUnderAConditionTakesOne() {
        String etag = api.upload(bucket, "file", Bytes.of("12345"))
                .expect(201)
                .header("ETag")
                .orElseThrow();

        assertThat(typically(206, () -> api.download(bucket, "file", "Range", "bytes=1-2", "If-Range", etag)))
                .isEqualTo(1);
        assertThat(typically(416, () -> api.download(bucket, "file", "Range", "bytes=9-")))
                .isEqualTo(1);
        assertThat(typically(304, () -> api.download(bucket, "file", "If-None-Match", etag)))
                .isEqualTo(1);
        assertThat(typically(412, () -> api.download(bucket, "file", "If-Match", "\"other\"")))
                .isEqualTo(1);
    }

    @Test
    void aHeadTakesOne() {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        assertThat(typically(200, () -> api.head(bucket, "file"))).isEqualTo(1);
    }

    @Test
    void infoTakesOne() {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        assertThat(typically(200, () -> api.info(bucket, "file"))).isEqualTo(1);
    }

    @Test
    void aMissingObjectTakesOne() {
        assertThat(typically(404, () -> api.download(bucket, "missing"))).isEqualTo(1);
    }

    @Test
    void aDeleteTakesOne() {
        for (int i = 0; i < WARM_UP + TRIALS; i++) {
            api.upload(bucket, "delete-" + i, Bytes.of("x")).expect(201);
        }

        assertThat(typically(204, () -> api.remove(bucket, "delete-" + names++)))
                .isEqualTo(1);
    }

    @Test
    void aListOfBucketsTakesOne() {
        assertThat(typically(200, () -> api.get("/bucket"))).isEqualTo(1);
    }

    @Test
    void aBucketTakesOne() {
        assertThat(typically(200, () -> api.get("/bucket/" + bucket))).isEqualTo(1);
    }

    @Test
    void aPageOfAListingTakesOne() {
        assertThat(typically(200, () -> api.get("/object/list/" + bucket))).isEqualTo(1);
    }

    @Test
    void aCopyTakesOne() {
        api.upload(bucket, "source", Bytes.of("x")).expect(201);

        assertThat(typically(200, () -> api.copy(bucket, "source", "copy-" + names++)))
                .isEqualTo(1);
    }

    @Test
    void aMoveTakesOne() {
        api.upload(bucket, "moved-" + names, Bytes.of("x")).expect(201);

        assertThat(typically(200, () -> api.move(bucket, "moved-" + names++, "moved-" + names)))
                .isEqualTo(1);
    }

    @Test
    void aDeletionOfManyTakesOne() {
        assertThat(typically(200, () -> api.removeAll(bucket, List.of("none", "nothing"))))
                .isEqualTo(1);
    }

    @Test
    void aThousandLinksTakeOne() {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);
        List<String> paths = IntStream.range(0, 1000).mapToObj(i -> "path-" + i).toList();

        assertThat(typically(
                        200, () -> api.send("POST", "/object/sign/" + bucket, Map.of("expiresIn", 60, "paths", paths))))
                .isEqualTo(1);
    }

    @Test
    void usingALinkTakesOne() {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);
        String free = api.sign(bucket, "file").field("signedURL");
        String counted = api.send("POST", "/object/sign/" + bucket + "/file", Map.of("max_uses", WARM_UP + TRIALS))
                .field("signedURL");
        Api anybody = production.gateway().anonymously();

        assertThat(typically(200, () -> anybody.get(free))).isEqualTo(1);
        assertThat(typically(200, () -> anybody.get(counted))).isEqualTo(1);
    }

    @Test
    void aRequestThatTheTokenForbidsTakesNone() {
        Api nobody = production.gateway().as("nonsense");

        assertThat(typically(401, () -> nobody.download(bucket, "file"))).isZero();
    }

    /** The median: the beat of the instance's lease may fall between two looks at the counter. */
    private long typically(int status, Supplier<Answer> operation) {
        for (int i = 0; i < WARM_UP; i++) {
            assertThat(operation.get()).hasStatus(status);
        }
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < TRIALS; i++) {
            long before = production.proxy().roundTrips();
            assertThat(operation.get()).hasStatus(status);
            counts.add(production.proxy().roundTrips() - before);
        }
        return counts.stream().sorted().toList().get(TRIALS / 2);
    }
}
