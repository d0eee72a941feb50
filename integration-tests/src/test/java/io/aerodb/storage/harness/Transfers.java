package io.aerodb.storage.harness;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Sends and fetches objects larger than memory: nothing is held but what is on its way. */
public final class Transfers {

    private final HttpClient client;
    private final AtomicLong transferred = new AtomicLong();
    private final URI object;
    private final String token;

    public Transfers(Gateway gateway, String token, String bucket, String path) {
        this(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                gateway.address().resolve("/storage/v1/object/" + bucket + "/" + path),
                token);
    }

    /** @param object its whole address */
    public Transfers(HttpClient client, URI object, String token) {
        this.client = client;
        this.object = object;
        this.token = token;
    }

    /** Bytes so far. */
    public long transferred() {
        return transferred.get();
    }

    /** Uploads so many bytes of this content and gives their SHA-256. */
    public String upload(InputStream content, long size) throws IOException, InterruptedException {
        DigestInputStream hashed = new DigestInputStream(counted(content), sha256());
        HttpResponse<String> answer = client.send(
                request()
                        .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> hashed), size))
                        .build(),
                BodyHandlers.ofString());
        return expected(answer, hashed);
    }

    /** Downloads the object and gives its SHA-256. */
    public String download() throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(request().build(), BodyHandlers.ofInputStream());
        DigestInputStream hashed = new DigestInputStream(counted(answer.body()), sha256());
        hashed.transferTo(OutputStream.nullOutputStream());
        return expected(answer, hashed);
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(object).header("Authorization", "Bearer " + token);
    }

    private InputStream counted(InputStream content) {
        return new FilterInputStream(content) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int count = super.read(target, offset, length);
                transferred.addAndGet(Math.max(0, count));
                return count;
            }
        };
    }

    private static String expected(HttpResponse<?> answer, DigestInputStream hashed) {
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer + ": " + answer.body());
        }
        return HexFormat.of().formatHex(hashed.getMessageDigest().digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
