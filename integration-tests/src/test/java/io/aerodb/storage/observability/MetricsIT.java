package io.aerodb.storage.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Form;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.Scrape;
import io.aerodb.storage.harness.Scrape.Series;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway tells Prometheus when it has worked a little, and that everybody speaks of the same metrics. */
class MetricsIT {

    private static final int MOST_BUCKETS = 4;
    private static final String ALL_OTHERS = "(other)";
    private static final Pattern STORAGE = Pattern.compile("\\bstorage_[a-z0-9_]+");
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| `(storage_[a-z_]+)` \\| (\\w+) \\|");

    private static Gateway gateway;
    private static Api api;
    private static String bucket;

    @BeforeAll
    static void work() {
        gateway = Gateway.start(
                "--storage.metrics.max-buckets=" + MOST_BUCKETS,
                "--storage.scrub.interval=2s",
                "--storage.http.slow-client-window=10m");
        api = gateway.asUser(Names.user());
        bucket = api.newBucket("private");
        api.upload(bucket, "file", Bytes.of("0123456789")).expect(201);
        api.download(bucket, "file").expect(200);
        await("what is looked at from time to time")
                .until(() -> scrape().names().contains("storage_corrupt_objects"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void uploadsByEachWayAreCounted() {
        Scrape before = scrape();
        api.upload(bucket, "raw", Bytes.of("12345")).expect(201);
        api.replace(bucket, "raw", Bytes.of("1234567")).expect(200);
        api.uploadChunked(bucket, "chunked", Bytes.of("123")).expect(201);
        byte[] form = new Form()
                .file(Bytes.of("12345678"), "Content-Type: text/plain")
                .end();
        api.upload(bucket, "form", form, "Content-Type", Form.TYPE).expect(201);
        String link =
                api.postJson("/object/upload/sign/" + bucket + "/linked", "{}").field("url");
        gateway.anonymously()
                .exchange("PUT", link, BodyPublishers.ofString("1234"))
                .expect(200);
        api.upload(bucket, "raw", Bytes.of("again"), "If-None-Match", "*").expect(412);

        Scrape after = scrape();
        assertThat(more("storage_upload_total", "success", before, after)).isEqualTo(5);
        assertThat(more("storage_upload_total", "client_error", before, after)).isEqualTo(1);
        assertThat(more("storage_upload_total", "server_error", before, after)).isZero();
        assertThat(bytes("storage_upload_bytes_total", after) - bytes("storage_upload_bytes_total", before))
                .isEqualTo(5 + 7 + 3 + 8 + 4);
    }

    @Test
    void downloadsByEachWayAreCountedAndHeadIsNone() {
        String open = api.newBucket("public");
        api.upload(open, "file", Bytes.of("0123456789")).expect(201);
        Scrape before = scrape();
        api.download(open, "file").expect(200);
        api.get("/object/authenticated/" + open + "/file").expect(200);
        gateway.anonymously().get("/object/public/" + open + "/file").expect(200);
        gateway.anonymously().get(api.sign(open, "file").field("signedURL")).expect(200);
        api.download(open, "file", "Range", "bytes=0-3").expect(206);
        String etag = api.head(open, "file").expect(200).header("etag").orElseThrow();
        api.download(open, "file", "If-None-Match", etag).expect(304);
        api.download(open, "file", "Range", "bytes=99-").expect(416);
        api.download(open, "missing").expect(404);
        api.info(open, "file").expect(200);

        Scrape after = scrape();
        String of = known(after, open) ? open : ALL_OTHERS;
        assertThat(more("storage_download_total", of, "success", before, after)).isEqualTo(6);
        assertThat(more("storage_download_total", of, "client_error", before, after))
                .isEqualTo(2);
        assertThat(after.sum("storage_download_bytes_total") - before.sum("storage_download_bytes_total"))
                .isEqualTo(4 * 10 + 4);
    }

    @Test
    void anUploadThatIsGivenUpIsAbortedAndItsBytesAreCounted() throws IOException {
        Scrape before = scrape();
        try (RawHttp upload = RawHttp.open(gateway.port())) {
            upload.request(
                    "POST /storage/v1/object/" + bucket + "/never HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().service(),
                    "Content-Length: 1000000");
            upload.write(new byte[100_000]);
            await("bytes")
                    .until(() -> bytes("storage_upload_bytes_total", scrape())
                            >= bytes("storage_upload_bytes_total", before) + 100_000);
            upload.abort();
        }
        await("the end").until(() -> more("storage_upload_total", "aborted", before, scrape()) == 1);
        assertThat(more("storage_upload_total", "server_error", before, scrape()))
                .isZero();
    }

    @Test
    void aDownloadThatIsGivenUpIsAbortedAndItsBytesAreCounted() throws IOException {
        int size = 20_000_000;
        api.upload(bucket, "large", new byte[size]).expect(201);
        Scrape before = scrape();
        try (RawHttp download = RawHttp.openNarrow(gateway.port())) {
            download.request(
                    "GET /storage/v1/object/" + bucket + "/large HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().service());
            assertThat(download.read(100_000)).hasSize(100_000);
            assertThat(scrape().sum("storage_open", "kind", "download")).isEqualTo(1);
            download.abort();
        }
        await("the end").until(() -> more("storage_download_total", "aborted", before, scrape()) == 1);
        await("bytes")
                .until(() -> bytes("storage_download_bytes_total", scrape())
                        > bytes("storage_download_bytes_total", before));
        assertThat(bytes("storage_download_bytes_total", scrape()) - bytes("storage_download_bytes_total", before))
                .isBetween(50_000.0, size - 1.0);
    }

    @Test
    void namesThatUsersMakeUpAreNoSeries() {
        for (int i = 0; i < 3 * MOST_BUCKETS; i++) {
            api.upload(api.newBucket("private"), "file", Bytes.of("x")).expect(201);
            api.download("made-up-" + i, "file").expect(404);
            api.get("/made-up/" + i).expect(404);
        }

        Scrape scrape = scrape();
        assertThat(scrape.values("bucket")).hasSize(MOST_BUCKETS + 1).contains(bucket, ALL_OTHERS);
        assertThat(scrape.values("uri")).noneMatch(uri -> uri.contains("made-up") || uri.contains(bucket));
        assertThat(scrape.series()).hasSizeLessThan(2_000);
    }

    @Test
    void theNamesThatWereAskedForHaveTheirTypesAndLabels() {
        Scrape scrape = scrape();
        assertThat(scrape.types())
                .containsEntry("storage_upload_total", "counter")
                .containsEntry("storage_download_total", "counter")
                .containsEntry("storage_upload_bytes_total", "counter")
                .containsEntry("storage_download_bytes_total", "counter")
                .containsEntry("storage_orphan_files_total", "counter")
                .containsEntry("storage_backend_latency_seconds", "histogram");
        assertThat(labels(scrape, "storage_upload_total")).isEqualTo(Set.of("bucket", "status"));
        assertThat(labels(scrape, "storage_download_total")).isEqualTo(Set.of("bucket", "status"));
        assertThat(labels(scrape, "storage_upload_bytes_total")).isEqualTo(Set.of("bucket"));
        assertThat(labels(scrape, "storage_download_bytes_total")).isEqualTo(Set.of("bucket"));
        assertThat(labels(scrape, "storage_backend_latency_seconds_count")).isEqualTo(Set.of("operation", "backend"));
        assertThat(scrape.sum("storage_orphan_files_total")).isZero();
        assertThat(scrape.sum("storage_backend_latency_seconds_bucket", "operation", "write", "le", "+Inf"))
                .isPositive();
    }

    @Test
    void whatIsMeasuredOfTheProcessIsPlausible() {
        Scrape scrape = scrape();
        double memory = scrape.sum("storage_direct_memory_max_bytes");
        assertThat(scrape.sum("storage_direct_memory_used_bytes")).isBetween(1.0, memory);
        assertThat(scrape.sum("storage_backend_disk_free_bytes"))
                .isBetween(1.0, scrape.sum("storage_backend_disk_total_bytes"));
        assertThat(scrape.sum("storage_database_connections", "pool", "requests"))
                .isBetween(1.0, scrape.sum("storage_database_connections_max", "pool", "requests"));
        assertThat(scrape.sum("storage_blob_threads_active"))
                .isLessThanOrEqualTo(scrape.sum("storage_blob_threads_max"));
        assertThat(scrape.sum("storage_event_loop_delay_seconds_count")).isPositive();
    }

    @Test
    void theDocumentListsEachMetricWithItsTypeAndNoOther() throws IOException {
        Map<String, String> listed = LISTED.matcher(
                        Files.readString(Shell.repository().resolve("docs/operations.md")))
                .results()
                .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2)));
        Map<String, String> there = scrape().types();
        there.keySet().removeIf(name -> !name.startsWith("storage_") || name.endsWith("_seconds_max"));

        assertThat(listed).isEqualTo(there);
    }

    @Test
    void rulesAndDashboardNameOnlyMetricsThatThereAre() throws IOException {
        Set<String> there = scrape().names();
        assertThat(there).containsAll(metricsIn(Monitoring.RULES)).containsAll(metricsIn(Monitoring.DASHBOARD));
    }

    @Test
    void promtoolFindsNoFault(@TempDir Path directory) throws Exception {
        String own = scrape().text()
                .lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?storage_.*"))
                .collect(Collectors.joining("\n", "", "\n"));
        Path file = Files.writeString(directory.resolve("scrape"), own);
        Shell checked =
                Shell.run(directory, Map.of(), "sh", "-c", Programs.require("promtool") + " check metrics < " + file);
        assertThat(checked.exitCode()).as(checked.out() + checked.err()).isZero();
        assertThat(checked.out() + checked.err()).isEmpty();
    }

    @Test
    void prometheusTakesTheScrapeAndTheRules(@TempDir Path directory) throws Exception {
        try (Prometheus prometheus = Prometheus.scraping(gateway, directory)) {
            await("samples")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> prometheus
                                    .query("storage_upload_total{status=\"success\",bucket=\"" + bucket + "\"}")
                                    .path("result")
                                    .size()
                            == 1);
            await("all rules").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(prometheus.rules())
                    .hasSizeGreaterThan(10)
                    .allSatisfy(rule -> assertThat(rule.path("health").asString())
                            .as(rule.toString())
                            .isEqualTo("ok")));
            assertThat(prometheus.rules())
                    .extracting(rule -> rule.path("state").asString())
                    .as("pending is one that looked before the first sample came")
                    .isSubsetOf("inactive", "pending");
        }
    }

    private static Set<String> metricsIn(Path file) throws IOException {
        return STORAGE.matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> labels(Scrape scrape, String name) {
        return scrape.series().stream()
                .filter(series -> series.name().equals(name))
                .map(Series::labels)
                .map(Map::keySet)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
    }

    private static boolean known(Scrape scrape, String name) {
        return scrape.values("bucket").contains(name);
    }

    private static double more(String name, String status, Scrape before, Scrape after) {
        return more(name, bucket, status, before, after);
    }

    private static double more(String name, String of, String status, Scrape before, Scrape after) {
        return after.sum(name, "bucket", of, "status", status)
                - (known(before, of) ? before.sum(name, "bucket", of, "status", status) : 0);
    }

    private static double bytes(String name, Scrape scrape) {
        return scrape.sum(name, "bucket", bucket);
    }

    private static Scrape scrape() {
        return Scrape.of(gateway);
    }
}
