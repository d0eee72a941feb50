package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A bucket and files that are to be compared, and what a service_role client asks for. */
abstract class OrphanCleanupCase extends CleanupCase {

    Duration graceFailed;

    @BeforeEach
    void withoutGrace() {
        graceFailed = Duration.ZERO;
    }

    Summary summary(boolean go) {
        List<CleanupReport> lines = run(clean(go));
        return (Summary) lines.get(lines.size() - 1);
    }

    static CleanupOrder clean(boolean go) {
        return new CleanupOrder(false, Set.of("local"), true, go, true);
    }

    List<CleanupReport> run(CleanupOrder order) {
        return job(local).run(order).collectList().block(LIMIT);
    }

    OrphanCleanupJob job(StorageBackend backend) {
        return job(backend, graceFailed);
    }

    String key() {
        UUID version = UUID.randomUUID();
        return "%s/%s/%s~file".formatted(bucket, version.toString().substring(34), version);
    }

    /** A file that the ledger has never heard of. */
    String unknownFile() {
        String key = key();
        store(key);
        return key;
    }

    void delete(String key) {
        local.delete(new BlobKey(key)).block(LIMIT);
    }

    String objects() {
        return metadata.value("SELECT string_agg(name, ',' ORDER BY name) FROM storage.objects");
    }
}
