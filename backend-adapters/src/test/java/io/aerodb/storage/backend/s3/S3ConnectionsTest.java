package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.TrackedBuffers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which ways the S3 backend reaches its server: TLS, and a forward proxy. */
class S3ConnectionsTest {

    private static final byte[] CONTENT = bytes(9 << 20, 1); // two parts

    @TempDir
    private Path directory;

    @Test
    void aServerWithATrustedCertificateIsSpokenToByTls() throws Exception {
        try (SecureS3Server server = SecureS3Server.in(directory);
                TestBucket bucket = server.newBucket()) {
            assertStores(with(server.settings(bucket), null, server.certificate()));
        }
    }

    @Test
    void aServerWithAnUnknownCertificateIsRefused() throws Exception {
        try (SecureS3Server server = SecureS3Server.in(directory);
                TestBucket bucket = server.newBucket()) {
            assertRefused(server.settings(bucket), "the certificate of the S3 service is not trusted");
            assertThat(bucket.keys()).isEmpty();
        }
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        S3Settings settings = S3ProxyServer.shared().endpoint().settings("bucket", "");
        assertRefused(with(settings, null, empty), "the file of trusted certificates can't be read as PEM");
    }

    @Test
    void allCallsGoByWayOfTheProxy() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("user", "correct");
                TestBucket bucket = S3ProxyServer.shared().newBucket()) {
            S3Settings settings = bucket.settings();
            assertStores(with(settings, new S3Settings.Proxy(proxy.uri(), "user", "correct", ""), null));
            assertThat(proxy.tunnels())
                    .isNotEmpty()
                    .containsOnly("127.0.0.1:" + settings.endpoint().getPort());
        }
    }

    @Test
    void aHostThatNeedsNoProxyIsReachedWithoutIt() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("user", "correct");
                TestBucket bucket = S3ProxyServer.shared().newBucket()) {
            assertStores(with(
                    bucket.settings(), new S3Settings.Proxy(proxy.uri(), null, null, "localhost|127.0.0.*"), null));
            assertThat(proxy.tunnels()).isEmpty();
        }
    }

    @Test
    void aProxyThatRefusesTheGatewayEndsItsStart() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("user", "correct");
                TestBucket bucket = S3ProxyServer.shared().newBucket()) {
            assertRefused(
                    with(bucket.settings(), new S3Settings.Proxy(proxy.uri(), "user", "wrong", ""), null),
                    "no answer from the S3 service");
            assertThat(proxy.tunnels()).isEmpty();
        }
    }

    private static void assertStores(S3Settings settings) {
        try (S3StorageBackend backend = S3StorageBackend.open(settings)) {
            BackendFixture fixture = new BackendFixture(backend, new TrackedBuffers(), () -> 0L);
            BlobKey key = fixture.stored(CONTENT);
            assertThat(fixture.readAll(key)).isEqualTo(CONTENT);
            assertThat(fixture.listed()).isEqualTo(List.of(key));
            backend.delete(key).block(LIMIT);
        }
    }

    private static void assertRefused(S3Settings settings, String reason) {
        assertThatExceptionOfType(BackendException.class)
                .isThrownBy(() -> S3StorageBackend.open(settings).close())
                .withMessageContaining(reason);
    }

    private static S3Settings with(S3Settings settings, S3Settings.@Nullable Proxy proxy, @Nullable Path trusted) {
        return new S3Settings(
                settings.endpoint(),
                settings.region(),
                settings.bucket(),
                settings.prefix(),
                settings.pathStyle(),
                settings.credentials(),
                settings.checksums(),
                proxy,
                trusted,
                settings.transfer());
    }
}
