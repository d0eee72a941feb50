package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BatchDeletes;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.PresignedReads;
import io.aerodb.storage.backend.TrackedBuffers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

/** What the S3 backend does beyond the contract: opening, batches, links. */
class S3StorageBackendTest {

    @AutoClose
    private final TestBucket bucket = S3ProxyServer.shared().newBucket();

    @Test
    void anEmptyBucketBecomesAVolumeAndStaysIt() {
        UUID id = id(bucket.settings());
        assertThat(bucket.keys()).containsExactly(".aerodb-volume");
        assertThat(bucket.openUploads()).isEmpty();
        assertThat(id(bucket.settings())).isEqualTo(id);
    }

    @Test
    void prefixesOfOneBucketAreVolumesOfTheirOwn() {
        try (S3StorageBackend one = S3StorageBackend.open(bucket.settings("one/"));
                S3StorageBackend two = S3StorageBackend.open(bucket.settings("two/"))) {
            BlobKey key = fixture(one).stored(bytes(10, 1));
            assertThat(two.volumeId()).isNotEqualTo(one.volumeId());
            assertThat(fixture(two).listed()).isEmpty();
            assertThat(fixture(one).listed()).containsExactly(key);
        }
    }

    @Test
    void aBucketOfSomethingElseIsRefused() {
        bucket.put("invoice.pdf", bytes(10, 1));
        assertRefused(bucket.settings(), "the bucket or its prefix holds objects and no marker");
        assertThat(bucket.keys()).containsExactly("invoice.pdf");
    }

    @Test
    void aMarkerThatHoldsNoIdIsRefused() {
        bucket.put(".aerodb-volume", bytes(10, 1));
        assertRefused(bucket.settings(), "the marker of the bucket holds no id");
    }

    @Test
    void aBucketThatIsNotThereIsRefused() {
        assertRefused(S3ProxyServer.shared().endpoint().settings("not-there", ""), "404 NoSuchBucket");
    }

    @Test
    void aWrongSecretIsRefusedAndNotTold() {
        S3Endpoint server = S3ProxyServer.shared().endpoint();
        S3Endpoint wrong = new S3Endpoint(server.uri(), server.accessKey(), "wrong-secret", server.checksums());
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> id(wrong.settings(bucket.name(), "")))
                .withMessageContaining(
                        "403 SignatureDoesNotMatch (is the permission s3:ListBucket missing, or a key wrong?)")
                .withMessageNotContaining("wrong-secret");
    }

    @ParameterizedTest
    @CsvSource({
        "LIST, s3:ListBucket",
        "PUT, s3:PutObject",
        "GET, s3:GetObject",
        "DELETE, s3:DeleteObject",
        "ABORT_UPLOAD, s3:AbortMultipartUpload",
        "LIST_UPLOADS, s3:ListBucketMultipartUploads"
    })
    void aMissingPermissionIsNamed(S3Call call, String permission) throws IOException {
        id(bucket.settings());
        try (S3FaultProxy faults =
                S3FaultProxy.to(S3ProxyServer.shared().endpoint().uri())) {
            faults.always(call, Fault.answered(403, "AccessDenied"));
            S3Endpoint through = S3ProxyServer.shared().endpoint().via(faults.uri());
            assertRefused(
                    through.settings(bucket.name(), ""),
                    "403 AccessDenied (is the permission " + permission + " missing");
        }
    }

    @Test
    void aMarkerThatIsExchangedFailsTheCheck() {
        try (S3StorageBackend backend = S3StorageBackend.open(bucket.settings())) {
            StepVerifier.create(backend.check()).expectComplete().verify(LIMIT);
            bucket.put(".aerodb-volume", UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
            StepVerifier.create(backend.check())
                    .expectErrorMessage("the bucket has another marker now")
                    .verify(LIMIT);
        }
    }

    @Test
    void aBatchOfBlobsAndTheirUnfinishedUploadsGoesByFewCalls() throws Exception {
        try (S3FaultProxy faults =
                        S3FaultProxy.to(S3ProxyServer.shared().endpoint().uri());
                S3StorageBackend backend = S3StorageBackend.open(
                        S3ProxyServer.shared().endpoint().via(faults.uri()).settings(bucket.name(), ""))) {
            BlobKey kept = fixture(backend).stored(bytes(10, 1));
            List<BlobKey> blobs = List.of(
                    fixture(backend).stored(bytes(10, 2)), fixture(backend).stored(bytes(10, 3)), newKey());
            bucket.beginUpload(blobs.get(2).value());
            bucket.beginUpload(kept.value());
            faults.heal();

            List<BlobKey> gone = backend.ability(BatchDeletes.class)
                    .orElseThrow()
                    .delete(blobs)
                    .collectList()
                    .block(LIMIT);

            assertThat(gone).containsExactlyInAnyOrderElementsOf(blobs);
            assertThat(faults.count(S3Call.OTHER)).isEqualTo(1); // DeleteObjects
            assertThat(faults.count(S3Call.LIST_UPLOADS)).isEqualTo(1);
            assertThat(faults.count(S3Call.ABORT_UPLOAD)).isEqualTo(1);
            assertThat(fixture(backend).listed()).containsExactly(kept);
            assertThat(bucket.openUploads()).singleElement().satisfies(upload -> assertThat(upload.key())
                    .isEqualTo(kept.value()));
        }
    }

    @Test
    void aLinkGivesTheBytesWithTheHeadersItWasMadeFor() throws Exception {
        try (S3StorageBackend backend = S3StorageBackend.open(bucket.settings())) {
            BlobKey key = fixture(backend).stored(bytes(1000, 4));
            URI link = backend.ability(PresignedReads.class)
                    .orElseThrow()
                    .presign(
                            key,
                            new PresignedReads.Answer("text/plain", "attachment", null, "no-store"),
                            Duration.ofMinutes(1))
                    .block(LIMIT);

            HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(link)
                                    .header("Range", "bytes=10-19")
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());

            assertThat(answer.statusCode()).isEqualTo(206);
            assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(bytes(1000, 4), 10, 20));
            assertThat(answer.headers().firstValue("content-type")).contains("text/plain");
            assertThat(answer.headers().firstValue("content-disposition")).contains("attachment");
            assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        }
    }

    private static UUID id(S3Settings settings) {
        try (S3StorageBackend backend = S3StorageBackend.open(settings)) {
            return backend.volumeId();
        }
    }

    private static void assertRefused(S3Settings settings, String words) {
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> id(settings))
                .withMessageContaining(words);
    }

    private static BackendFixture fixture(S3StorageBackend backend) {
        return new BackendFixture(backend, new TrackedBuffers(), () -> 0L);
    }
}
