package io.aerodb.storage.backend.s3.bench;

import io.aerodb.storage.backend.ContentDigests;
import io.aerodb.storage.backend.s3.S3Settings;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.BucketAlreadyExistsException;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/** The SDK with its own multipart uploads, parts of the same size; with or without the SHA-256 of what it sends. */
final class SdkUploader implements Uploader {

    private static final byte[] CHUNK = Noise.chunk();

    private final S3AsyncClient client;
    private final String bucket;
    private final boolean hashing;

    SdkUploader(S3Settings settings, boolean hashing) {
        this.client = client(settings);
        this.bucket = settings.bucket();
        this.hashing = hashing;
    }

    @Override
    public CompletableFuture<String> upload(long bytes) {
        String name = "sdk/" + UUID.randomUUID();
        ContentDigests digests = new ContentDigests(Set.of());
        Flux<ByteBuffer> content = Flux.range(0, (int) (bytes / CHUNK.length))
                .map(i -> ByteBuffer.wrap(CHUNK.clone()))
                .doOnNext(chunk -> {
                    if (hashing) {
                        digests.update(chunk);
                    }
                })
                .subscribeOn(Schedulers.parallel());
        return client.putObject(
                        request -> request.bucket(bucket).key(name).contentLength(bytes),
                        AsyncRequestBody.fromPublisher(content))
                .thenApply(stored -> name);
    }

    @Override
    public void delete(String name) {
        client.deleteObject(request -> request.bucket(bucket).key(name)).join();
    }

    @Override
    public void close() {
        client.close();
    }

    static void makeBucket(S3Settings settings) {
        try (S3AsyncClient client = client(settings)) {
            client.createBucket(request -> request.bucket(settings.bucket())).join();
        } catch (CompletionException failure) {
            boolean there = failure.getCause() instanceof BucketAlreadyOwnedByYouException
                    || failure.getCause() instanceof BucketAlreadyExistsException;
            if (!there) {
                throw failure;
            }
        }
    }

    private static S3AsyncClient client(S3Settings settings) {
        S3Settings.Credentials.Static keys = (S3Settings.Credentials.Static) settings.credentials();
        return S3AsyncClient.builder()
                .endpointOverride(settings.endpoint())
                .region(Region.of(settings.region()))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey())))
                .requestChecksumCalculation(
                        RequestChecksumCalculation.valueOf(settings.checksums().name()))
                .responseChecksumValidation(
                        ResponseChecksumValidation.valueOf(settings.checksums().name()))
                .httpClient(
                        NettyNioAsyncHttpClient.builder().maxConcurrency(128).build())
                .multipartEnabled(true)
                .multipartConfiguration(multipart -> multipart
                        .minimumPartSizeInBytes((long) settings.transfer().partSize())
                        .thresholdInBytes((long) settings.transfer().partSize()))
                .build();
    }
}
