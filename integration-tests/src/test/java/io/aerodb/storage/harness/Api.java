package io.aerodb.storage.harness;

import io.aerodb.storage.openapi.OpenApiDocument;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A thin client on behalf of one caller. Paths are below {@code /storage/v1}; {@code bucket, path} pairs are encoded
 * here, paths given as one text are sent as they are. Headers are given as name, value, name, value.
 */
public final class Api {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final HttpClient client;
    private final URI server;
    private final Optional<String> token;

    Api(URI server, Optional<String> token) {
        this(CLIENT, server, token);
    }

    private Api(HttpClient client, URI server, Optional<String> token) {
        this.client = client;
        this.server = server;
        this.token = token;
    }

    /** The same server, another caller. */
    public Api as(String bearer) {
        return new Api(client, server, Optional.of(bearer));
    }

    /** The same caller, by another client or under another address. */
    public Api over(HttpClient otherClient, URI otherServer) {
        return new Api(otherClient, otherServer, token);
    }

    public Answer get(String path, String... headers) {
        return exchange("GET", path, BodyPublishers.noBody(), headers);
    }

    public Answer delete(String path, String... headers) {
        return exchange("DELETE", path, BodyPublishers.noBody(), headers);
    }

    public Answer postJson(String path, String json) {
        return exchange("POST", path, BodyPublishers.ofString(json), "Content-Type", "application/json");
    }

    /** A JSON body made of maps, lists, texts and numbers. */
    public Answer send(String method, String path, Object body, String... headers) {
        return exchange(
                method, path, BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)), headers);
    }

    public Answer createBucket(String json) {
        return postJson("/bucket", json);
    }

    /** Creates a bucket of a fresh name with this policy and gives the name. */
    public String newBucket(String policy) {
        String name = Names.bucket(policy);
        createBucket("""
                {"name": "%s", "policy": "%s"}""".formatted(name, policy)).expect(201);
        return name;
    }

    /** Creates a private bucket of a fresh name with this limit, a member of JSON, and gives the name. */
    public String newLimitedBucket(String limit) {
        String name = Names.bucket("limited");
        createBucket("{\"name\": \"%s\", %s}".formatted(name, limit)).expect(201);
        return name;
    }

    public Answer upload(String bucket, String path, byte[] content, String... headers) {
        return exchange("POST", object(bucket, path), BodyPublishers.ofByteArray(content), headers);
    }

    public Answer replace(String bucket, String path, byte[] content, String... headers) {
        return exchange("PUT", object(bucket, path), BodyPublishers.ofByteArray(content), headers);
    }

    /** The same as an upload, but without Content-Length. */
    public Answer uploadChunked(String bucket, String path, byte[] content, String... headers) {
        BodyPublisher unknownLength = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content));
        return exchange("POST", object(bucket, path), unknownLength, headers);
    }

    public Answer download(String bucket, String path, String... headers) {
        return get(object(bucket, path), headers);
    }

    public Answer head(String bucket, String path, String... headers) {
        return exchange("HEAD", object(bucket, path), BodyPublishers.noBody(), headers);
    }

    public Answer info(String bucket, String path) {
        return get("/object/info/" + Names.encoded(bucket) + "/" + Names.encoded(path));
    }

    public Answer remove(String bucket, String path, String... headers) {
        return delete(object(bucket, path), headers);
    }

    /** A link to download an object, good for a minute. */
    public Answer sign(String bucket, String path) {
        return send(
                "POST",
                "/object/sign/%s/%s".formatted(Names.encoded(bucket), Names.encoded(path)),
                Map.of("expiresIn", 60));
    }

    /** Copies an object inside its bucket. */
    public Answer copy(String bucket, String from, String to, String... headers) {
        return send("POST", "/object/copy", way(bucket, from, to), headers);
    }

    /** Moves an object inside its bucket. */
    public Answer move(String bucket, String from, String to) {
        return send("POST", "/object/move", way(bucket, from, to));
    }

    public Answer removeAll(String bucket, List<String> paths) {
        return send("DELETE", "/object/" + Names.encoded(bucket), Map.of("prefixes", paths));
    }

    public Answer exchange(String method, String path, BodyPublisher body, String... headers) {
        return exchange(method, URI.create(server + "/storage/v1" + path), body, headers);
    }

    /** Any address of the same machine, below the base or not. What the API answers is held to its description. */
    public Answer exchange(String method, URI address, BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60)).method(method, body);
        token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        Answer answer = send(request.build());
        if (address.getPort() == server.getPort()) {
            OpenApiDocument.get().check(method, address.getRawPath(), answer);
        }
        return answer;
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(request + " got no answer", broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static Map<String, String> way(String bucket, String from, String to) {
        return Map.of("bucketId", bucket, "sourceKey", from, "destinationKey", to);
    }

    private static String object(String bucket, String path) {
        return "/object/" + Names.encoded(bucket) + "/" + Names.encoded(path);
    }
}
