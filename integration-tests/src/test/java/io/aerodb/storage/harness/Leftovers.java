package io.aerodb.storage.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What uploads that failed must not leave behind. */
public final class Leftovers {

    private final Gateway gateway;
    private final String bucketId;

    private Leftovers(Gateway gateway, String bucketId) {
        this.gateway = gateway;
        this.bucketId = bucketId;
    }

    /** @param bucket the name of a bucket that is still there */
    public static Leftovers in(Gateway gateway, String bucket) {
        List<Map<String, Object>> ids =
                gateway.database().rows("SELECT id FROM storage.buckets WHERE name = ?", bucket);
        return new Leftovers(gateway, (String) ids.get(0).get("id"));
    }

    /** Waits until the ledger has nothing unfinished and each file of the bucket is one that the ledger has. */
    public void vanish() {
        await("leftovers of failed uploads")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(this::areNone);
    }

    /** Waits for the same, and that the bucket has no blob at all. */
    public void vanishWithEveryBlob() {
        vanish();
        await("blobs").atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        gateway.stored().blobs(bucketId))
                .isEmpty());
    }

    private void areNone() {
        List<Map<String, Object>> ledger =
                gateway.database().rows("SELECT key, state FROM storage.blobs WHERE bucket_id = ?", bucketId);
        assertThat(ledger).as("ledger").noneMatch(blob -> List.of("writing", "deleting")
                .contains(blob.get("state")));
        assertThat(gateway.stored().blobs(bucketId)).as("files of blobs").allMatch(file -> ledger.stream()
                .anyMatch(blob -> file.endsWith((String) blob.get("key"))));
        assertThat(gateway.stored().unfinished()).as("unfinished files").isEmpty();
    }
}
