package io.aerodb.storage.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Integrity;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.storm.History.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checks of the storm and of the fault matrix can fail: damage done behind the gateway's back is reported. */
class DamageIsFoundIT {

    private static Gateway gateway;

    private final String user = Names.user();
    private final Database database = gateway.database();
    private String bucket;

    @BeforeAll
    static void start() {
        gateway = Launch.fresh("--storage.local.enabled=true")
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void oneObject() {
        database.execute("DELETE FROM storage.objects");
        database.execute("DELETE FROM storage.blobs");
        gateway.directory().files().stream()
                .filter(file -> file.contains("/"))
                .forEach(file -> gateway.directory().blob(file).toFile().delete());
        bucket = gateway.asUser(user).newBucket("private");
        gateway.asUser(user).upload(bucket, "file", Bytes.of("content")).expect(201);
        assertThat(violations()).isEmpty();
    }

    @Test
    void bytesThatAreGone() throws IOException {
        Files.delete(blob());

        assertThat(violations()).singleElement().asString().startsWith("row without its bytes");
    }

    @Test
    void bytesThatAreOthers() throws IOException {
        Files.write(blob(), Bytes.of("cONTENT"));

        assertThat(violations()).singleElement().asString().startsWith("row without its bytes");
    }

    @Test
    void bytesWithoutARow() throws IOException {
        Files.copy(blob(), blob().resolveSibling("00000000-0000-4000-8000-000000000000~orphan"));

        assertThat(violations()).singleElement().asString().startsWith("orphan bytes");
    }

    @Test
    void aRowThatIsGone() {
        database.execute("DELETE FROM storage.objects");

        assertThat(violations()).anyMatch(found -> found.startsWith("orphan bytes"));
    }

    @Test
    void stagedBytes() throws IOException {
        Path staging = Files.createDirectories(gateway.directory().root().resolve(".staging/00"));
        Files.writeString(staging.resolve("left-behind"), "x");

        assertThat(violations()).singleElement().asString().startsWith("staged");
    }

    @Test
    void anAcknowledgedObjectThatIsLostAndThenOneThatNobodyWrote() throws Exception {
        Crew crew = new Crew(gateway, user, List.of(bucket), 1, 1);
        crew.actUntilAcknowledged(20);
        crew.rest();
        assertThat(crew.violations()).isEmpty();

        String lost = lose();
        assertThat(crew.violations()).singleElement().asString().contains(lost);

        Key back = StreamSupport.stream(crew.keys().spliterator(), false)
                .filter(key -> !key.path().equals(lost))
                .findFirst()
                .orElseThrow();
        gateway.asUser(user).upload(bucket, back.path(), Bytes.of("nobody knows me"), "x-upsert", "true");
        assertThat(crew.violations()).anyMatch(found -> found.contains(back + ": "));
    }

    /** One of the crew's objects. */
    private String lose() {
        String name = (String) database.rows("SELECT name FROM storage.objects WHERE name LIKE 'round-1/%' LIMIT 1")
                .get(0)
                .get("name");
        database.execute("DELETE FROM storage.objects WHERE name = ?", name);
        return name;
    }

    private List<String> violations() {
        return new Integrity(gateway, database).violations();
    }

    private Path blob() {
        String key = (String)
                database.rows("SELECT blob_key FROM storage.objects").get(0).get("blob_key");
        return gateway.directory().blob(key);
    }
}
