package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Cleanup;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Integrity;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.OwnDatabase;
import io.aerodb.storage.harness.RawHttp;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways on one database and one volume: one sleeps past its lease in the middle of an upload, the other cleans up. */
class PausedWriterIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String user = Names.user();
    private Database database;
    private Gateway sleeper;
    private Gateway other;

    @BeforeEach
    void start() {
        OwnDatabase own = OwnDatabase.fresh();
        database = own.database();
        List<String> settings = Stream.concat(Cleanup.settings().stream(), own.settings().stream())
                .toList();
        sleeper = Launch.fresh(settings.toArray(String[]::new))
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start();
        other = sleeper.launch().elsewhere().start();
    }

    @AfterEach
    void stop() {
        other.close();
        sleeper.close();
    }

    @Test
    void aWriterThatSleepsPastItsLeaseIsToldToTryAgainAndNothingIsLeft() throws Exception {
        Api api = sleeper.asUser(user);
        String bucket = api.newBucket("private");
        api.upload(bucket, "file", Bytes.of("before")).expect(201);
        try (RawHttp client = RawHttp.open(sleeper.port())) {
            client.request(
                    "PUT /storage/v1/object/%s/file HTTP/1.1".formatted(bucket),
                    "Authorization: Bearer " + sleeper.tokens().user(user),
                    "Content-Length: 20000");
            client.write(new byte[10_000]);
            await().atMost(LIMIT).until(() -> writing() == 1);

            sleeper.pause();
            try {
                client.write(new byte[10_000]);
                await().atMost(LIMIT).until(this::sweptByTheOther);
            } finally {
                sleeper.wake();
            }

            Answer answer = client.answer();
            assertThat(answer).isRefused(503, "ServiceUnavailable");
        }
        assertThat(api.download(bucket, "file")).hasBody(Bytes.of("before"));
        Cleanup.run(sleeper).expect(200);
        assertThat(new Integrity(sleeper, database).violations()).isEmpty();
        assertThat(api.replace(bucket, "file", Bytes.of("after"))).hasStatus(200);
    }

    private boolean sweptByTheOther() {
        Cleanup.run(other).expect(200);
        return writing() == 0;
    }

    private long writing() {
        return database.count("SELECT count(*) FROM storage.blobs WHERE state = 'writing'");
    }
}
