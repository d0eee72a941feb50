package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeIT {

    private static final long SEED = System.nanoTime();

    private final Api api = SharedGateway.get().asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private final byte[] content = Bytes.random(new Random(7), 300_000);

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-299999, 0, 299999",
        "bytes=1-, 1, 299999",
        "bytes=-1, 299999, 299999",
        "bytes=-400000, 0, 299999",
        "bytes=65535-65536, 65535, 65536",
        "bytes=299999-999999999999, 299999, 299999",
        "'bytes=10-19, 0-9,20-29', 0, 29",
    })
    void aRangeBringsItsBytesAndSaysWhichTheyAre(String range, int first, int last) {
        upload();

        Answer part = api.download(bucket, "file", "Range", range);

        assertThat(part)
                .hasStatus(206)
                .hasHeader("Content-Range", "bytes %d-%d/300000".formatted(first, last))
                .hasHeader("Content-Length", String.valueOf(last - first + 1))
                .hasHeader("Content-Type", "image/png")
                .hasBody(Arrays.copyOfRange(content, first, last + 1));
    }

    @Test
    void partsPutTogetherAreTheWhole() {
        upload();
        Random random = new Random(SEED);
        byte[] joined = new byte[content.length];
        for (int at = 0; at < joined.length; ) {
            int length = Math.min(1 + random.nextInt(60_000), joined.length - at);
            byte[] part = api.download(bucket, "file", "Range", "bytes=%d-%d".formatted(at, at + length - 1))
                    .expect(206)
                    .body();
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }

        assertThat(joined).as("seed %d", SEED).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=300000-", "bytes=-0", "bytes=99999999999999999999-"})
    void aRangeBehindTheEndIsRefusedWithTheSize(String range) {
        upload();

        Answer refused = api.download(bucket, "file", "Range", range);

        assertThat(refused).isRefused(416, "InvalidRange");
        assertThat(refused).hasHeader("Content-Range", "bytes */300000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,5-6", "lines=1-2", "bytes=5-4", "bytes=x"})
    void whatIsNotOneRangeGetsTheWhole(String range) {
        upload();

        assertThat(api.download(bucket, "file", "Range", range))
                .hasStatus(200)
                .hasHeader("Accept-Ranges", "bytes")
                .hasBody(content);
    }

    @Test
    void thousandsOfRangesAreTheWholeOnceAndTenThousandTooLongAHeader() {
        upload();

        assertThat(api.download(bucket, "file", "Range", "bytes=" + "0-,".repeat(8_000) + "-1"))
                .hasStatus(200)
                .hasBody(content);
        assertThat(api.download(bucket, "file", "Range", "bytes=" + "0-1,".repeat(10_000) + "-1"))
                .isRefused(431, "HeadersTooLarge");
    }

    @Test
    void aRangeOfANewerVersionIsTheWholeForWhoHasTheOldOne() {
        upload();
        String old = api.head(bucket, "file").header("ETag").orElseThrow();
        assertThat(api.download(bucket, "file", "Range", "bytes=0-0", "If-Range", old))
                .hasStatus(206);

        upload();

        assertThat(api.download(bucket, "file", "Range", "bytes=0-0", "If-Range", old))
                .hasStatus(200)
                .hasBody(content);
    }

    @Test
    void aHeadTellsOfTheWhole() {
        upload();

        Answer head = api.head(bucket, "file", "Range", "bytes=0-0");

        assertThat(head).hasStatus(200).hasHeader("Content-Length", "300000").hasHeader("Accept-Ranges", "bytes");
    }

    @Test
    void nobodySeesTheSizeOfWhatHeMayNotRead() {
        upload();
        Api other = SharedGateway.get().asUser(Names.user());

        Answer denied = other.download(bucket, "file", "Range", "bytes=300000-");

        assertThat(denied).isRefused(403, "AccessDenied");
        assertThat(denied.header("Content-Range")).isEmpty();
    }

    private void upload() {
        api.upload(bucket, "file", content, "Content-Type", "image/png");
    }
}
