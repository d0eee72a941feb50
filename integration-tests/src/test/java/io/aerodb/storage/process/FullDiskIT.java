package io.aerodb.storage.process;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Cleanup;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Below the free-space mark uploads are refused and everything else goes on. */
class FullDiskIT {

    @Test
    void uploadsAreRefusedAndReadsGoOn() throws InterruptedException {
        String user = Names.user();
        String bucket = Names.bucket("full");
        Launch roomy = Launch.fresh("--storage.local.enabled=true");
        Gateway before = roomy.start();
        before.asUser(user).createBucket("{\"name\": \"" + bucket + "\"}").expect(201);
        before.asUser(user).upload(bucket, "file", Bytes.of("x")).expect(201);
        before.stop();

        List<String> full = new ArrayList<>(Cleanup.settings());
        full.add("--storage.local.min-free-space=1000TB");
        try (Gateway gateway = roomy.elsewhere(full.toArray(String[]::new)).start()) {
            Api api = gateway.asUser(user);

            assertThat(api.upload(bucket, "new", Bytes.of("y"))).isRefused(507, "InsufficientStorage");
            assertThat(api.replace(bucket, "file", Bytes.of("y"))).isRefused(507, "InsufficientStorage");
            assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(Bytes.of("x"));
            assertThat(api.download(bucket, "new")).isRefused(404, "NoSuchKey");
            assertThat(api.exchange(
                            "GET", gateway.management().resolve("/actuator/health/readiness"), BodyPublishers.noBody()))
                    .hasStatus(200)
                    .satisfies(ready -> org.assertj.core.api.Assertions.assertThat(ready.text())
                            .contains("full: "));
            Leftovers.in(gateway, bucket).vanish();
            assertThat(api.remove(bucket, "file")).hasStatus(204);
            Cleanup.run(gateway).expect(200);
            org.assertj.core.api.Assertions.assertThat(gateway.disk().files())
                    .as("a full disk is emptied")
                    .noneMatch(file -> file.endsWith("~file"));
        }
    }
}
