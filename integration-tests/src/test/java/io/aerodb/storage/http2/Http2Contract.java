package io.aerodb.storage.http2;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.Shell;
import io.aerodb.storage.harness.StreamedContent;
import io.aerodb.storage.harness.Transfers;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for HTTP/2, with TLS and without. */
abstract class Http2Contract {

    private static final long MIB = 1024 * 1024;

    final Gateway gateway = gateway();
    final HttpClient client = client();
    private final String user = Names.user();
    private final String token = gateway.tokens().user(user);
    final Api api = gateway.as(token).over(client, address());
    private final Metrics metrics = new Metrics(gateway);
    private final String bucket;

    Http2Contract() {
        api.get("/status").expect(200); // no body: from here on Java's client speaks HTTP/2 without TLS, too
        bucket = api.newBucket("private");
    }

    abstract Gateway gateway();

    abstract HttpClient client();

    abstract URI address();

    @Test
    void theProtocolIsHttp2() throws Exception {
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        HttpResponse<String> answer = client.send(request("file").build(), BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo("x");
    }

    @Test
    void aLargeFileGoesInAndOutUnchanged() throws Exception {
        Transfers transfers = new Transfers(client, object("large"), token);

        String sent = transfers.upload(new StreamedContent(3, 64 * MIB), 64 * MIB);
        double reads = metrics.reads();

        assertThat(transfers.download()).isEqualTo(sent);
        assertThat(metrics.reads()).as("no sendfile").isEqualTo(reads + 1);
        assertThat(api.info(bucket, "large").field("checksum")).isEqualTo(sent);
        api.remove(bucket, "large").expect(204);
    }

    @Test
    void rangesConditionsAndHeadersAreThoseOfHttp1() {
        byte[] content = Bytes.random(new Random(7), 300_000);
        String etag = api.upload(bucket, "file", content).expect(201).field("etag");

        assertThat(api.download(bucket, "file", "Range", "bytes=100000-200000"))
                .hasStatus(206)
                .hasHeader("Content-Range", "bytes 100000-200000/300000")
                .hasBody(Arrays.copyOfRange(content, 100_000, 200_001));
        assertThat(api.head(bucket, "file"))
                .hasStatus(200)
                .hasHeader("Content-Length", "300000")
                .hasHeader("ETag", etag)
                .hasBody(new byte[0]);
        assertThat(api.download(bucket, "file", "If-None-Match", etag))
                .hasStatus(304)
                .hasBody(new byte[0]);
        assertThat(api.download(bucket, "file", "Range", "bytes=300000-")).isRefused(416, "InvalidRange");
    }

    @Test
    void refusalsHaveTheOneErrorBody() {
        assertThat(api.download(bucket, "nothing")).isRefused(404, "NoSuchKey");
        assertThat(api.as("x").download(bucket, "nothing")).isUnauthorized();
    }

    @Test
    void anUploadThatIsTooLargeIsRefusedWhileItIsSent() {
        String limited = api.newLimitedBucket("\"max_file_size\": 1000");
        byte[] content = new byte[900_000];

        assertThat(api.upload(limited, "file", content)).isRefused(413, "EntityTooLarge");
        assertThat(api.uploadChunked(limited, "file", content)).isRefused(413, "EntityTooLarge");

        assertThat(api.upload(limited, "file", new byte[1000])).hasStatus(201);
        Leftovers.in(gateway, limited).vanish();
    }

    /** By curl: the HttpClient of Java 17 would send on for ever, for it ignores the reset behind an answer. */
    @Test
    void theRestOfALargeUploadThatIsRefusedIsNotWaitedFor() throws Exception {
        String limited = api.newLimitedBucket("\"max_file_size\": 1000");
        Path content = Files.createTempFile("large-", ".bin");
        try (RandomAccessFile file = new RandomAccessFile(content.toFile(), "rw")) {
            file.setLength(64 * MIB);
        }

        Shell curl = curl(limited, content);

        assertThat(curl.out()).as(curl.err()).contains("EntityTooLarge").endsWith(" 413 2");
        Leftovers.in(gateway, limited).vanish();
        Files.delete(content);
    }

    @Test
    void manyStreamsOfOneConnectionUploadAndDownloadAtOnce() {
        List<CompletableFuture<Answer>> uploads = IntStream.range(0, 12)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.upload(bucket, "file-" + i, content(i))))
                .toList();
        uploads.forEach(upload -> assertThat(upload.join()).hasStatus(201));

        List<CompletableFuture<Answer>> downloads = IntStream.range(0, 12)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.download(bucket, "file-" + i)))
                .toList();

        for (int i = 0; i < 12; i++) {
            assertThat(downloads.get(i).join()).hasStatus(200).hasBody(content(i));
        }
    }

    @Test
    void aStreamThatIsAbortedLeavesNothingAndTheOthersGoOn() throws Exception {
        List<EndlessContent> contents =
                IntStream.range(0, 10).mapToObj(i -> new EndlessContent()).toList();
        List<CompletableFuture<HttpResponse<String>>> uploads =
                contents.stream().map(this::sent).toList();
        for (EndlessContent content : contents) {
            content.taken.get(20, TimeUnit.SECONDS);
        }
        assertThat(gateway.database().count("SELECT count(*) FROM storage.blobs WHERE state = 'writing'"))
                .isPositive();

        uploads.forEach(upload -> upload.cancel(true));

        assertThat(api.upload(bucket, "after", Bytes.of("x"))).hasStatus(201);
        Leftovers.in(gateway, bucket).vanish();
        assertThat(api.download(bucket, "aborted")).isRefused(404, "NoSuchKey");
    }

    @Test
    void aDownloadThatIsAbortedDoesNotDisturbTheOthers() throws Exception {
        api.upload(bucket, "file", new byte[4 * 1024 * 1024]).expect(201);
        for (int i = 0; i < 10; i++) {
            try (InputStream body = client.send(request("file").build(), BodyHandlers.ofInputStream())
                    .body()) {
                assertThat(body.read()).isZero();
            }
        }

        assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(new byte[4 * 1024 * 1024]);
    }

    private Shell curl(String limited, Path content) throws Exception {
        return Shell.run(
                Path.of("."),
                Map.of(),
                Programs.require("curl"),
                "-sSk",
                address().getScheme().equals("https") ? "--http2" : "--http2-prior-knowledge",
                "-H",
                "Authorization: Bearer " + token,
                "-w",
                " %{http_code} %{http_version}",
                "-T",
                content.toString(),
                address() + "/storage/v1/object/" + limited + "/file");
    }

    final URI object(String path) {
        return address().resolve("/storage/v1/object/" + bucket + "/" + path);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(object(path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token);
    }

    private static byte[] content(int i) {
        return Bytes.random(new Random(i), 200_000);
    }

    private CompletableFuture<HttpResponse<String>> sent(EndlessContent content) {
        HttpRequest upload = request("aborted")
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> content))
                .build();
        return client.sendAsync(upload, BodyHandlers.ofString());
    }

    /** Brings bytes without end, and tells when so many were taken that the server must have stored some. */
    private static final class EndlessContent extends InputStream {

        final CompletableFuture<Void> taken = new CompletableFuture<>();
        private long count;

        @Override
        public int read() {
            if (++count == 2 * MIB) {
                taken.complete(null);
            }
            return 0;
        }
    }
}
