package io.aerodb.storage.gateway.selftest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;

/** One file's way there and back. Blocks, 30 s for each of its requests at most. */
final class RoundTrip {

    private static final int BYTES = 1024 * 1024;
    private static final int MOST_TEXT = 500;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final String bucket = "self-test-" + UUID.randomUUID();
    private final URI address;
    private final String token;

    RoundTrip(URI address, String token) {
        this.address = address;
        this.token = token;
    }

    /** @throws IOException with a sentence, when something is other than it should be */
    void run() throws IOException, InterruptedException {
        send("POST", "/bucket", "application/json", BodyPublishers.ofString("{\"name\":\"%s\"}".formatted(bucket)));
        try {
            thereAndBack();
        } catch (IOException failure) {
            removeAfter(failure);
            throw failure;
        }
        remove();
    }

    private void thereAndBack() throws IOException, InterruptedException {
        byte[] content = new byte[BYTES];
        new Random().nextBytes(content);
        send("POST", object(), "application/octet-stream", BodyPublishers.ofByteArray(content));
        if (!Arrays.equals(send("GET", object()), content)) {
            throw new IOException("the file came back with other bytes.");
        }
    }

    private void remove() throws IOException, InterruptedException {
        try {
            send("DELETE", object());
        } finally {
            send("DELETE", "/bucket/" + bucket);
        }
    }

    private void removeAfter(IOException failure) throws InterruptedException {
        try {
            remove();
        } catch (IOException further) {
            failure.addSuppressed(further);
        }
    }

    private String object() {
        return "/object/%s/self-test.bin".formatted(bucket);
    }

    private byte[] send(String method, String path) throws IOException, InterruptedException {
        return send(method, path, "application/json", BodyPublishers.noBody());
    }

    private byte[] send(String method, String path, String type, BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/storage/v1" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .method(method, body)
                .build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("%s %s was answered with %d: %s"
                    .formatted(method, request.uri(), answer.statusCode(), text(answer.body())));
        }
        return answer.body();
    }

    private static String text(byte[] body) {
        return new String(body, 0, Math.min(body.length, MOST_TEXT), StandardCharsets.UTF_8);
    }
}
