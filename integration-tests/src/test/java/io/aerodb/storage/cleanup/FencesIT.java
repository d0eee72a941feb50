package io.aerodb.storage.cleanup;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.OwnDatabase;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateways with a clone of the database, or with a copy of the volume, that clean up as often and as soon as they can. */
class FencesIT {

    private static final Duration LONG = Duration.ofMinutes(6);

    @TempDir
    private Path directory;

    private final Deque<Gateway> gateways = new ArrayDeque<>();
    private final Database server = SharedGateway.get().database();
    private final OwnDatabase database = OwnDatabase.fresh();

    @AfterEach
    void stop() {
        gateways.forEach(Gateway::close);
    }

    @Test
    void theCloneThatStartsFirstHasTheVolumeAndWhatTheOriginalTookIsKeptByBoth() throws Exception {
        Gateway original = started(database, "volume");
        String bucket = original.asService().newBucket("private");
        assertThat(upload(original, bucket, "before")).hasStatus(201);
        original.stop();
        Gateway clone = started(cloned(), "volume");
        original.restart();

        assertThat(upload(original, bucket, "refused"))
                .isRefused(503, "ServiceUnavailable")
                .hasHeader("Retry-After", "60");
        assertThat(original.asService().download(bucket, "before")).hasBody(Bytes.of("before"));
        assertThat(original.asService().remove(bucket, "before")).hasStatus(204);
        assertThat(readiness(original)).contains("another or a newer database, and takes no uploads");
        assertThat(upload(clone, bucket, "after")).hasStatus(201);
        assertThat(cleanUp(clone, "")).contains("\"outcome\":\"stopped\"");
        assertThat(clone.asService().download(bucket, "before")).hasBody(Bytes.of("before"));

        original.stop();
        assertThat(cleanUp(clone, ", \"go\": true")).doesNotContain("stopped");
        assertThat(cleanUp(clone, "")).doesNotContain("stopped");
        assertThat(clone.asService().download(bucket, "after")).hasBody(Bytes.of("after"));
    }

    @Test
    @Tag("slow")
    void ofTwoCopiesOfAVolumeOneEndsToTakeUploadsAndNothingThatEitherAcknowledgedIsForgotten() throws Exception {
        Gateway original = started(database, "volume");
        String bucket = original.asService().newBucket("private");
        copyTheVolume();
        Gateway copy = started(database, "copy");

        List<String> acknowledged = new ArrayList<>();
        await().atMost(LONG).pollInterval(Duration.ofSeconds(2)).until(() -> {
            String name = "file-" + acknowledged.size();
            Answer answer = upload(copy, bucket, name);
            if (answer.status() == 201) {
                acknowledged.add(name);
            }
            return answer.status() == 503;
        });

        assertThat(acknowledged).hasSizeGreaterThan(10);
        assertThat(readiness(copy)).contains("a copy of the one");
        assertThat(upload(original, bucket, "other")).hasStatus(201);
        assertThat(cleanUp(original, "")).contains("\"outcome\":\"stopped\"");
        assertThat(readiness(original)).contains("a gateway has found that the volume is a copy");
        for (String name : acknowledged) {
            assertThat(copy.asService().download(bucket, name)).hasBody(Bytes.of(name));
        }
    }

    /** While it is in use, so that some small files may be gone in between. */
    private void copyTheVolume() throws Exception {
        new ProcessBuilder("cp", "-a", "volume", "copy")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private OwnDatabase cloned() {
        String clone = database.database().name() + "_clone";
        server.execute("CREATE DATABASE %s TEMPLATE %s"
                .formatted(clone, database.database().name()));
        return new OwnDatabase(server.named(clone), database.login());
    }

    private Gateway started(OwnDatabase on, String volume) throws Exception {
        Stream<String> own = Stream.of(
                "--storage.local.root=" + Files.createDirectories(directory.resolve(volume)),
                "--storage.cleanup.interval=1s",
                "--storage.cleanup.collect-interval=1s",
                "--storage.cleanup.grace-failed=0s",
                "--storage.cleanup.grace-deleted=0s",
                "--storage.cleanup.max-orphans=1000000",
                "--storage.cleanup.max-missing=1000000");
        Gateway gateway = Launch.fresh(
                        Stream.concat(own, on.settings().stream()).toArray(String[]::new))
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start();
        gateways.push(gateway);
        return gateway;
    }

    private static Answer upload(Gateway to, String bucket, String name) {
        return to.asService().upload(bucket, name, Bytes.of(name));
    }

    private static String cleanUp(Gateway by, String more) {
        return by.asService()
                .postJson("/admin/orphans", "{\"backend\": \"local\", \"dry_run\": false%s}".formatted(more))
                .expect(200)
                .text();
    }

    private static String readiness(Gateway of) {
        return of.anonymously()
                .exchange("GET", of.management().resolve("/actuator/health"), BodyPublishers.noBody())
                .text();
    }
}
