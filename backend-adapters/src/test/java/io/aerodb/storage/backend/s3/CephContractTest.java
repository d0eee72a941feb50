package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import reactor.test.StepVerifier;

/** The contract against Ceph, of which the long-lived versions differ most from Amazon's S3. */
@Tag("slow")
@EnabledIf(
        value = "io.aerodb.storage.backend.s3.CephServer#isInstalled",
        disabledReason = "no Ceph: apt-get install --no-install-recommends " + CephServer.PACKAGES)
class CephContractTest extends S3BackendContract {

    private static CephServer server;

    CephContractTest() {
        super(server.endpoint());
    }

    @BeforeAll
    static void startServer() throws Exception {
        server = CephServer.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.stop();
        }
    }

    /** Ceph's listings tell milliseconds, its headers only seconds. */
    @Test
    @Override
    public void listTellsWhatStatTells() {
        BlobKey key = fixture().stored(bytes(4321, 1));
        BlobStat stat = fixture().backend().stat(key).blockOptional(LIMIT).orElseThrow();
        StepVerifier.create(fixture().backend().list().map(CephContractTest::inSeconds))
                .expectNext(stat)
                .expectComplete()
                .verify(LIMIT);
    }

    private static BlobStat inSeconds(BlobStat stat) {
        return new BlobStat(stat.key(), stat.size(), stat.lastModified().truncatedTo(ChronoUnit.SECONDS));
    }
}
