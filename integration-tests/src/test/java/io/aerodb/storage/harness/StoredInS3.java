package io.aerodb.storage.harness;

import io.aerodb.storage.backend.s3.S3Endpoint;
import io.aerodb.storage.backend.s3.S3ProxyServer;
import io.aerodb.storage.backend.s3.S3Settings;
import io.aerodb.storage.backend.s3.TestBucket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** An S3 bucket as a gateway's only backend. */
public record StoredInS3(S3Endpoint server, TestBucket bucket) implements Stored {

    private static final String SETTING = "--storage.backends.s3.s3.";

    /** A new, empty bucket of the server that all tests of this JVM share. */
    public static StoredInS3 fresh() {
        return on(Shared.SERVER);
    }

    /** A new, empty bucket. */
    public static StoredInS3 on(S3ProxyServer server) {
        return new StoredInS3(server.endpoint(), server.newBucket());
    }

    /** The one that a gateway with these settings has. */
    static Optional<Stored> of(List<String> settings) {
        return value(settings, "bucket").map(name -> {
            S3Endpoint server = new S3Endpoint(
                    URI.create(value(settings, "endpoint").orElseThrow()),
                    value(settings, "access-key-id").orElseThrow(),
                    value(settings, "secret-access-key").orElseThrow(),
                    S3Settings.Checksums.WHEN_SUPPORTED);
            return new StoredInS3(server, server.bucket(name));
        });
    }

    /** Settings of a gateway that has this backend and no other. */
    public List<String> settings() {
        return List.of(
                "--storage.local.enabled=false",
                "--storage.backends.s3.kind=s3",
                SETTING + "endpoint=" + server.uri(),
                SETTING + "bucket=" + bucket.name(),
                SETTING + "access-key-id=" + server.accessKey(),
                SETTING + "secret-access-key=" + server.secretKey());
    }

    @Override
    public List<String> blobs(String bucketId) {
        return bucket.keys().stream()
                .filter(key -> key.contains(bucketId + "/"))
                .toList();
    }

    @Override
    public List<String> unfinished() {
        return bucket.openUploads().stream().map(MultipartUpload::key).toList();
    }

    @Override
    public List<String> files() {
        return bucket.keys();
    }

    @Override
    public void lose(String key) {
        bucket.delete(key);
    }

    private static Optional<String> value(List<String> settings, String name) {
        String start = SETTING + name + "=";
        return settings.stream()
                .filter(setting -> setting.startsWith(start))
                .map(setting -> setting.substring(start.length()))
                .findFirst();
    }

    private static final class Shared {

        static final S3ProxyServer SERVER = S3ProxyServer.on(directory());

        private static Path directory() {
            try {
                Path all = Files.createDirectories(Path.of("target", "s3").toAbsolutePath());
                return Files.createTempDirectory(all, "server-");
            } catch (java.io.IOException unwritable) {
                throw new java.io.UncheckedIOException(unwritable);
            }
        }
    }
}
