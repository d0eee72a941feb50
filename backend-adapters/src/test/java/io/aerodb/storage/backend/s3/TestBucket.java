package io.aerodb.storage.backend.s3;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** One bucket as an operator's own tools see it. Everything here blocks. */
public final class TestBucket implements AutoCloseable {

    private final S3Endpoint endpoint;
    private final S3AsyncClient client;
    private final String name;

    TestBucket(S3Endpoint endpoint, S3AsyncClient client, String name) {
        this.endpoint = endpoint;
        this.client = client;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public S3Settings settings() {
        return settings("");
    }

    public S3Settings settings(String prefix) {
        return endpoint.settings(name, prefix);
    }

    /** Multipart uploads that are neither completed nor aborted, on the first page of a thousand. */
    public List<MultipartUpload> openUploads() {
        return client.listMultipartUploads(request -> request.bucket(name))
                .join()
                .uploads();
    }

    /** Parts of all these uploads. */
    public long storedParts() {
        return openUploads().stream().mapToLong(this::storedParts).sum();
    }

    private int storedParts(MultipartUpload upload) {
        return client.listParts(
                        request -> request.bucket(name).key(upload.key()).uploadId(upload.uploadId()))
                .join()
                .parts()
                .size();
    }

    /** Keys of all objects, the adapter's own ones too. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        client.listObjectsV2Paginator(request -> request.bucket(name))
                .contents()
                .subscribe(object -> keys.add(object.key()))
                .join();
        return keys;
    }

    public void put(String key, byte[] bytes) {
        client.putObject(request -> request.bucket(name).key(key), AsyncRequestBody.fromBytes(bytes))
                .join();
    }

    public byte[] get(String key) {
        return client.getObject(request -> request.bucket(name).key(key), AsyncResponseTransformer.toBytes())
                .join()
                .asByteArray();
    }

    public void delete(String key) {
        client.deleteObject(request -> request.bucket(name).key(key)).join();
    }

    /** Begins a multipart upload, as a writer that died left it. */
    public void beginUpload(String key) {
        client.createMultipartUpload(request -> request.bucket(name).key(key)).join();
    }

    void create() {
        client.createBucket(request -> request.bucket(name)).join();
    }

    @Override
    public void close() {
        client.close();
    }
}
