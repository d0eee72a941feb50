package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Files that were damaged on the disk, read through a gateway that verifies and through one that does not. */
class VerifiedReadIT {

    private static final String CORRUPT = "storage.object.corrupted";

    private static Gateway verifying;

    private final Api api = verifying.asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private final byte[] large = Bytes.random(new Random(5), 1_500_000);

    @BeforeAll
    static void start() {
        verifying = Gateway.start("--storage.verify-on-read=always");
    }

    @AfterAll
    static void stop() {
        verifying.close();
    }

    @Test
    void whatIsWholeIsServedAsEver() {
        api.upload(bucket, "large", large).expect(201);
        api.upload(bucket, "empty", new byte[0]).expect(201);
        double before = new Metrics(verifying).reads();

        assertThat(api.download(bucket, "large"))
                .hasStatus(200)
                .hasHeader("Content-Length", "1500000")
                .hasBody(large);
        assertThat(api.download(bucket, "empty")).hasStatus(200).hasBody(new byte[0]);
        assertThat(new Metrics(verifying).reads()).isEqualTo(before + 2);
    }

    @Test
    void aDamagedFileNeverArrivesWhole() throws IOException {
        damage(stored("large", large), 10);
        damage(stored("by-range", large), 10);

        assertThatThrownBy(() -> api.download(bucket, "large"))
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseInstanceOf(EOFException.class);
        assertThatThrownBy(() -> api.download(bucket, "by-range", "Range", "bytes=0-"))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aDamagedFileOfOneBufferIsAnError() throws IOException {
        Path file = stored("small", Bytes.of("what was stored"));
        damage(file, 3);

        Answer refused = api.download(bucket, "small");

        assertThat(refused).isRefused(500, "ChecksumMismatch");
        assertThat(refused.header("ETag")).isEmpty();
        assertThat(refused.header("Accept-Ranges")).isEmpty();
    }

    @Test
    void whatReadsNoByteOrOnlyAPartIsNotVerified() throws IOException {
        String etag = api.upload(bucket, "large", large).expect(201).field("etag");
        damage(file("large"), 10);

        assertThat(api.head(bucket, "large")).hasStatus(200).hasHeader("Content-Length", "1500000");
        assertThat(api.download(bucket, "large", "If-None-Match", etag)).hasStatus(304);
        assertThat(api.download(bucket, "large", "Range", "bytes=100-200")).hasStatus(206);
        assertThat(events("large")).isZero();
    }

    @Test
    void theFindIsReportedOnceAndThenKnown() throws IOException {
        Path file = stored("small", Bytes.of("what was stored"));
        damage(file, 0);
        double before = count("checksum");
        double known = count("known");

        for (int i = 0; i < 3; i++) {
            assertThat(api.download(bucket, "small")).isRefused(500, "ChecksumMismatch");
        }

        assertThat(count("checksum")).isEqualTo(before + 1);
        assertThat(count("known")).isEqualTo(known + 2);
        assertThat(events("small")).isEqualTo(1);
        assertThat(verifying
                        .output()
                        .lines()
                        .filter(line -> line.contains(file.getFileName().toString())))
                .hasSize(1)
                .allMatch(line -> line.contains("BackendException$Corrupt"));
        assertThat(verifying.output()).doesNotContain(file.getParent().toString());
    }

    @Test
    void aFileThatIsMissingOrTooShortIsReported() throws IOException {
        Files.delete(stored("missing", large));
        try (FileChannel shortened = FileChannel.open(stored("short", large), StandardOpenOption.WRITE)) {
            shortened.truncate(1_000_000);
        }
        double missing = count("missing");
        double truncated = count("truncated");

        assertThat(api.download(bucket, "missing")).isRefused(500, "InternalError");
        assertThat(api.download(bucket, "short", "Range", "bytes=0-10")).isRefused(500, "InternalError");

        assertThat(count("missing")).isEqualTo(missing + 1);
        assertThat(count("truncated")).isEqualTo(truncated + 1);
        assertThat(events("missing")).isEqualTo(1);
        assertThat(events("short")).isEqualTo(1);
    }

    @Test
    void aSmallFileThatIsMissingOrOfAnotherSizeIsReportedWhetherOrNotItIsVerified() throws IOException {
        Files.delete(stored("missing", Bytes.of("content")));
        Files.write(stored("longer", Bytes.of("content")), Bytes.of("content and more"));
        Files.write(stored("shorter", Bytes.of("content")), Bytes.of("cont"));
        double missing = count("missing");
        double truncated = count("truncated");

        assertThat(api.download(bucket, "missing")).isRefused(500, "InternalError");
        assertThat(api.download(bucket, "longer", "Range", "bytes=0-1")).isRefused(500, "InternalError");
        Answer refused = api.download(bucket, "shorter", "Range", "bytes=0-1");

        assertThat(refused).isRefused(500, "InternalError");
        assertThat(refused.header("Content-Range")).isEmpty();
        assertThat(refused.header("Last-Modified")).isEmpty();
        assertThat(count("missing")).isEqualTo(missing + 1);
        assertThat(count("truncated")).isEqualTo(truncated + 2);
        assertThat(events("missing") + events("longer") + events("shorter")).isEqualTo(3);
    }

    @Test
    void aGatewayThatDoesNotVerifySendsTheFileItselfAsItIs() throws IOException {
        Gateway plain = SharedGateway.get();
        Api caller = plain.asUser(Names.user());
        String other = caller.newBucket("private");
        caller.upload(other, "large", large).expect(201);
        double before = new Metrics(plain).reads();
        damage(fileOf(plain, other, "large"), 10);

        Answer answer = caller.download(other, "large");

        assertThat(answer).hasStatus(200);
        assertThat(answer.body()).hasSize(large.length).isNotEqualTo(large);
        assertThat(new Metrics(plain).reads()).as("sendfile").isEqualTo(before);
    }

    private Path stored(String path, byte[] content) {
        api.upload(bucket, path, content).expect(201);
        return file(path);
    }

    private Path file(String path) {
        return fileOf(verifying, bucket, path);
    }

    private static Path fileOf(Gateway gateway, String bucket, String path) {
        String key = (String) gateway.database()
                .rows(
                        "SELECT o.blob_key FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id"
                                + " WHERE b.name = ? AND o.name = ?",
                        bucket,
                        path)
                .get(0)
                .get("blob_key");
        return gateway.disk().blob(key);
    }

    private static void damage(Path file, int position) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[position] ^= 1;
        Files.write(file, content);
    }

    private long events(String path) {
        return verifying
                .database()
                .count(
                        "SELECT count(*) FROM storage.events WHERE type = ? AND bucket = ? AND path = ?",
                        CORRUPT,
                        bucket,
                        path);
    }

    private static double count(String reason) {
        return new Metrics(verifying).sum("storage_corrupt_reads_total", "reason=\"" + reason + "\"");
    }
}
