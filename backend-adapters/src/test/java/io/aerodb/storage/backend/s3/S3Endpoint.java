package io.aerodb.storage.backend.s3;

import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Where an S3 server of the tests listens, and the key that opens it. */
public record S3Endpoint(URI uri, String accessKey, String secretKey, S3Settings.Checksums checksums) {

    public static final String REGION = "us-east-1";

    /** The same server by way of something in between. */
    public S3Endpoint via(URI uri) {
        return new S3Endpoint(uri, accessKey, secretKey, checksums);
    }

    /** @param prefix of all keys, empty for none */
    public S3Settings settings(String bucket, String prefix) {
        return settings(bucket, prefix, S3Settings.Transfer.DEFAULTS);
    }

    public S3Settings settings(String bucket, String prefix, S3Settings.Transfer transfer) {
        return new S3Settings(
                uri,
                REGION,
                bucket,
                prefix,
                true,
                new S3Settings.Credentials.Static(accessKey, secretKey, null),
                checksums,
                null,
                null,
                transfer);
    }

    /** A bucket that is there, seen by a client that the adapter does not know. */
    public TestBucket bucket(String name) {
        return new TestBucket(this, client(), name);
    }

    /** A new, empty bucket, seen by a client that the adapter does not know; closing it closes the client. */
    public TestBucket newBucket() {
        TestBucket bucket = new TestBucket(this, client(), "test-" + UUID.randomUUID());
        bucket.create();
        return bucket;
    }

    private S3AsyncClient client() {
        return S3AsyncClient.builder()
                .endpointOverride(uri)
                .region(Region.of(REGION))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClient(Connections.SHARED)
                .overrideConfiguration(config -> config.apiCallTimeout(Duration.ofSeconds(20)))
                .build();
    }

    /** Kept for all buckets: it takes two seconds to close. */
    private static final class Connections {
        static final SdkAsyncHttpClient SHARED = NettyNioAsyncHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(5))
                .build();
    }
}
