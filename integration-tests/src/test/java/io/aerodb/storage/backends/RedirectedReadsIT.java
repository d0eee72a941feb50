package io.aerodb.storage.backends;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.s3.S3ProxyServer;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.OwnDatabase;
import io.aerodb.storage.harness.StoredInS3;
import io.aerodb.storage.harness.WireProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Large objects of buckets that say so are read from S3 itself. */
class RedirectedReadsIT {

    private static final int FROM = 100_000;
    private static final byte[] LARGE = Bytes.random(new Random(1), FROM);
    private static final HttpClient FOLLOWING = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private static S3ProxyServer server;
    private static StoredInS3 stored;
    private static WireProxy wire;
    private static Gateway gateway;

    private final String user = Names.user();
    private final Api owner = gateway.asUser(user);
    private final Api service = gateway.as(gateway.tokens().serviceFor(user));

    @BeforeAll
    static void start() {
        server = S3ProxyServer.inMemory();
        stored = StoredInS3.on(server);
        OwnDatabase own = OwnDatabase.fresh();
        wire = new WireProxy(own.database());
        gateway = Gateway.start(Stream.concat(stored.settings().stream(), own.settings(wire.port()).stream())
                .toArray(String[]::new));
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        wire.close();
        stored.bucket().close();
        server.close();
    }

    @Test
    void aClientThatFollowsGetsTheExactBytesAndTheirFields() throws Exception {
        String bucket = redirecting("public");
        owner.upload(bucket, "a/film.png", LARGE, "Content-Type", "image/png", "Cache-Control", "max-age=77")
                .expect(201);

        HttpResponse<byte[]> whole = follow("/object/public/" + bucket + "/a/film.png");
        HttpResponse<byte[]> part = follow("/object/" + bucket + "/a/film.png?download=x", "Range", "bytes=1000-1999");

        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.uri().getPort()).isEqualTo(stored.server().uri().getPort());
        assertThat(whole.body()).isEqualTo(LARGE);
        assertThat(whole.headers().firstValue("content-type")).contains("image/png");
        assertThat(whole.headers().firstValue("cache-control")).contains("max-age=77");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(LARGE, 1000, 2000));
        assertThat(part.headers().firstValue("content-disposition")).contains("attachment; filename=\"x\"");
    }

    @Test
    void theRedirectIsForTheseEyesAndForAMinute() throws Exception {
        String bucket = redirecting("private");
        owner.upload(bucket, "film", LARGE).expect(201);

        for (String route : List.of("/object/", "/object/authenticated/")) {
            Answer redirect = owner.get(route + bucket + "/film");
            assertThat(redirect).hasStatus(307).hasHeader("cache-control", "no-store");
            assertThat(redirect.body()).isEmpty();
            URI location = URI.create(redirect.header("location").orElseThrow());
            assertThat(location.getQuery()).contains("X-Amz-Expires=60&");
            assertThat(fetch(location).body()).isEqualTo(LARGE);
            assertThat(gateway.output()).doesNotContain("X-Amz-Signature", parameter(location, "X-Amz-Signature"));
        }
    }

    @Test
    void aRedirectTakesOneRoundTripToTheDatabase() {
        String bucket = redirecting("public");
        owner.upload(bucket, "film", LARGE).expect(201);
        String link = owner.sign(bucket, "film").expect(200).field("signedURL");
        List<Supplier<Answer>> redirects = List.of(
                () -> owner.download(bucket, "film"),
                () -> gateway.anonymously().get("/object/public/" + bucket + "/film"),
                () -> gateway.anonymously().get(link));
        for (Supplier<Answer> redirect : redirects) {
            assertThat(LongStream.range(0, 80)
                            .map(i -> roundTrips(redirect))
                            .skip(60)
                            .sorted()
                            .skip(10)
                            .findFirst())
                    .as("the median, warm")
                    .hasValue(1);
        }
    }

    private static long roundTrips(Supplier<Answer> redirect) {
        long before = wire.roundTrips();
        assertThat(redirect.get()).hasStatus(307);
        return wire.roundTrips() - before;
    }

    @Test
    void whoMayNotReadIsNotRedirected() {
        String bucket = redirecting("private");
        owner.upload(bucket, "film", LARGE).expect(201);

        assertThat(gateway.anonymously().download(bucket, "film").status()).isIn(401, 404);
        assertThat(gateway.asUser(Names.user()).download(bucket, "film").status())
                .isIn(403, 404);
        assertThat(gateway.anonymously().get("/object/public/" + bucket + "/film"))
                .hasStatus(404);
    }

    @Test
    void headsSmallObjectsAndConditionsAreAnsweredByTheGateway() {
        String bucket = redirecting("private");
        String etag =
                owner.upload(bucket, "film", LARGE).expect(201).header("etag").orElseThrow();
        owner.upload(bucket, "small", Arrays.copyOf(LARGE, FROM - 1)).expect(201);
        owner.upload(bucket, "page", LARGE, "Content-Type", "text/html").expect(201);

        assertThat(owner.head(bucket, "film")).hasStatus(200).hasHeader("content-length", "" + FROM);
        assertThat(owner.download(bucket, "small")).hasStatus(200).hasBody(Arrays.copyOf(LARGE, FROM - 1));
        assertThat(owner.download(bucket, "page")).hasStatus(200).hasBody(LARGE);
        assertThat(owner.download(bucket, "film", "If-Match", etag))
                .hasStatus(200)
                .hasBody(LARGE);
        assertThat(owner.download(bucket, "film", "If-None-Match", etag)).hasStatus(304);
        assertThat(owner.download(bucket, "film", "If-Match", "\"other\"")).hasStatus(412);
        assertThat(owner.download(bucket, "film", "Range", "bytes=" + FROM + "-"))
                .hasStatus(416);
        assertThat(owner.download(bucket, "film", "Range", "bytes=0-9", "If-Range", etag))
                .hasStatus(206)
                .hasBody(Arrays.copyOf(LARGE, 10));
        assertThat(owner.download(bucket, "film", "Want-Repr-Digest", "sha-256=10"))
                .hasStatus(200);
        assertThat(owner.download(bucket, "none")).hasStatus(404);
    }

    @Test
    void aResumedDownloadGoesOnAtS3() throws Exception {
        String bucket = redirecting("public");
        owner.upload(bucket, "film", LARGE).expect(201);
        String address = "/object/public/" + bucket + "/film";
        String etag = follow(address, "Range", "bytes=0-9")
                .headers()
                .firstValue("etag")
                .orElseThrow();

        HttpResponse<byte[]> rest = follow(address, "Range", "bytes=10-", "If-Range", etag);

        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(LARGE, 10, FROM));
    }

    @Test
    void aLinkLeadsToS3UnlessItsUsesAreCounted() {
        String bucket = redirecting("private");
        owner.upload(bucket, "film", LARGE).expect(201);
        String open = owner.send("POST", "/object/sign/" + bucket + "/film", Map.of("expiresIn", 20))
                .expect(200)
                .field("signedURL");
        String counted = owner.send("POST", "/object/sign/" + bucket + "/film", Map.of("expiresIn", 60, "max_uses", 1))
                .expect(200)
                .field("signedURL");

        Answer redirect = gateway.anonymously().get(open);
        assertThat(redirect).hasStatus(307).hasHeader("referrer-policy", "no-referrer");
        URI location = URI.create(redirect.header("location").orElseThrow());
        assertThat(Integer.parseInt(parameter(location, "X-Amz-Expires"))).isBetween(1, 20);
        assertThat(gateway.anonymously().get(counted)).hasStatus(200).hasBody(LARGE);
    }

    @Test
    void aBlobThatS3LostIsAnErrorAndNoRedirect() {
        String bucket = redirecting("private");
        owner.upload(bucket, "film", LARGE).expect(201);
        String id = owner.get("/bucket/" + bucket).field("id");
        stored.blobs(id).forEach(stored.bucket()::delete);

        assertThat(owner.download(bucket, "film")).isRefused(500, "InternalError");
    }

    @Test
    void itIsOffUnlessTheServiceSaysSo() {
        String bucket = owner.newBucket("private");
        owner.upload(bucket, "film", LARGE).expect(201);

        assertThat(owner.get("/bucket/" + bucket)
                        .json()
                        .path("redirect_reads_from")
                        .isNull())
                .isTrue();
        assertThat(owner.download(bucket, "film")).hasStatus(200).hasBody(LARGE);
        assertDenied("update", choose(owner, bucket, 0));
        assertDenied("insert", create(owner, "private", "1KB"));

        assertThat(choose(service, bucket, "1KB").expect(200).field("redirect_reads_from"))
                .isEqualTo("1000");
        assertThat(owner.download(bucket, "film")).hasStatus(307);
        assertThat(choose(service, bucket, null).expect(200).field("redirect_reads_from"))
                .isEmpty();
        assertThat(owner.download(bucket, "film")).hasStatus(200);
        for (Object wrong : List.of(-1, "many", true)) {
            assertThat(choose(service, bucket, wrong)).isRefusedBecauseOf("redirect_reads_from", "InvalidRequest");
        }
    }

    private String redirecting(String policy) {
        return create(service, policy, FROM).expect(201).field("name");
    }

    private static Answer create(Api caller, String policy, Object from) {
        return caller.send(
                "POST",
                "/bucket",
                Map.of("name", Names.bucket("redirecting"), "policy", policy, "redirect_reads_from", from));
    }

    private static Answer choose(Api caller, String bucket, Object from) {
        Map<String, Object> change = new HashMap<>();
        change.put("redirect_reads_from", from);
        return caller.send("PATCH", "/bucket/" + bucket, change);
    }

    private static void assertDenied(String right, Answer answer) {
        assertThat(answer).isRefused(403, "AccessDenied");
        assertThat(answer.field("reason")).isEqualTo(right);
        assertThat(answer.field("field")).isEqualTo("redirect_reads_from");
    }

    private static HttpResponse<byte[]> follow(String path, String... headers) throws Exception {
        return fetch(URI.create(gateway.address() + "/storage/v1" + path), headers);
    }

    private static HttpResponse<byte[]> fetch(URI address, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return FOLLOWING.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String parameter(URI address, String name) {
        return Arrays.stream(address.getRawQuery().split("&"))
                .filter(parameter -> parameter.startsWith(name + "="))
                .map(parameter -> parameter.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }
}
