package io.aerodb.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.HeapAllocation;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.StreamedContent;
import io.aerodb.storage.harness.Transfers;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What requests take of the heap. The gateway is compiled by C1 alone, which optimizes no allocation away, so the figures do not
 * depend on how warm it is: 118 KiB for a small download, 199 for an upload. The bounds are some 20 % above. Whoever exceeds one has
 * written an expensive line, or has a reason for another bound.
 */
class AllocationIT {

    private static final int REQUESTS = 500;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long LARGE = 128 * MIB;
    private static final String USER = Names.user();

    private static Gateway gateway;
    private static Api api;
    private static String bucket;

    @BeforeAll
    static void start() {
        gateway = Launch.fresh("--storage.local.fsync=false") // local, also where the suite is run with S3
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start();
        api = gateway.asUser(USER);
        bucket = api.newBucket("private");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aSmallDownload() throws Exception {
        api.upload(bucket, "small", new byte[1024]).expect(201);

        assertThat(perRequest(i -> api.download(bucket, "small").expect(200))).isBetween(60 * KIB, 145 * KIB);
    }

    @Test
    void aSmallUpload() throws Exception {
        assertThat(perRequest(
                        i -> api.upload(bucket, "new-" + i, new byte[1024]).expect(201)))
                .isBetween(100 * KIB, 240 * KIB);
    }

    @Test
    void aLargeTransferCopiesNoByteToTheHeap() throws Exception {
        Transfers transfers = new Transfers(gateway, gateway.tokens().user(USER), bucket, "large");

        assertThat(taken(() -> transfers.upload(new StreamedContent(1, LARGE), LARGE)))
                .isLessThan(LARGE / 16);
        assertThat(taken(transfers::download)).isLessThan(LARGE / 16);
    }

    private static long perRequest(IntConsumer request) throws Exception {
        IntStream.range(0, REQUESTS).forEach(request); // what is made once
        return taken(() -> {
                    IntStream.range(REQUESTS, 2 * REQUESTS).forEach(request);
                    return REQUESTS;
                })
                / REQUESTS;
    }

    private static long taken(Callable<?> work) throws Exception {
        long before = HeapAllocation.of(gateway);
        work.call();
        return HeapAllocation.of(gateway) - before;
    }
}
