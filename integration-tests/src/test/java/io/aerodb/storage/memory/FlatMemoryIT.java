package io.aerodb.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.ResidentMemory;
import io.aerodb.storage.harness.ResidentMemory.Sample;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.StreamedContent;
import io.aerodb.storage.harness.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Objects larger than the gateway's memory go in and out whole while that memory stays as it is: 128 MiB of heap and 64 MiB
 * of direct memory at most, as for every gateway of the tests. The samples are written to {@code target/flat-memory-*.csv}.
 */
class FlatMemoryIT {

    private static final String USER = Names.user();
    private static final long MIB = 1024 * 1024;
    private static final long MOST_GROWTH = 32 * MIB;
    /** Heap and direct memory at their bounds, and what a JVM needs for code, classes, threads and its collector. */
    private static final long MOST_RESIDENT = (128 + 64 + 160) * MIB;

    @Test
    void aQuarterOfAGibibyteGoesInAndOut() throws Exception {
        goesInAndOut(SharedGateway.get(), 256 * MIB);
    }

    @Test
    @Tag("slow")
    void twoGibibytesGoInAndOut() throws Exception {
        try (Gateway gateway = Launch.fresh()
                .onJvm("-Xmx128m", "-XX:MaxDirectMemorySize=64m", "-Dio.netty.maxDirectMemory=67108864")
                .start()) {
            goesInAndOut(gateway, 2048 * MIB);
        }
    }

    private static void goesInAndOut(Gateway gateway, long size) throws Exception {
        Assumptions.assumeTrue(ResidentMemory.known(), "no /proc on this system");
        Api api = gateway.asUser(USER);
        String bucket = api.newBucket("private");
        String sent = upload(gateway, bucket, size);
        String received = download(gateway, bucket, size);

        assertThat(received).isEqualTo(sent);
        assertThat(api.info(bucket, "large").field("checksum")).isEqualTo(sent);
        assertThat(gateway.output()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
        api.remove(bucket, "large").expect(204);
    }

    private static String upload(Gateway gateway, String bucket, long size) throws Exception {
        Transfers transfers = new Transfers(gateway, gateway.tokens().user(USER), bucket, "large");
        return flatly(gateway, transfers, "upload", size, () -> transfers.upload(new StreamedContent(1, size), size));
    }

    private static String download(Gateway gateway, String bucket, long size) throws Exception {
        Transfers transfers = new Transfers(gateway, gateway.tokens().user(USER), bucket, "large");
        return flatly(gateway, transfers, "download", size, transfers::download);
    }

    /** The outcome of a transfer in which memory did not grow after its first quarter. */
    private static String flatly(
            Gateway gateway, Transfers transfers, String name, long size, Callable<String> transfer) throws Exception {
        ResidentMemory memory = new ResidentMemory(gateway, transfers::transferred);
        String checksum;
        try (memory) {
            checksum = transfer.call();
        }
        assertThat(transfers.transferred()).isEqualTo(size);
        written(name, size, memory.samples());
        flat(size, memory.samples());
        return checksum;
    }

    private static void flat(long size, List<Sample> samples) {
        long afterTheFirstQuarter = samples.stream()
                .filter(sample -> sample.transferred() >= size / 4)
                .findFirst()
                .orElseThrow()
                .resident();
        assertThat(samples)
                .filteredOn(sample -> sample.transferred() >= size / 4 * 3)
                .allSatisfy(sample ->
                        assertThat(sample.resident()).isLessThanOrEqualTo(afterTheFirstQuarter + MOST_GROWTH));
        assertThat(samples).allSatisfy(sample -> assertThat(sample.resident()).isLessThanOrEqualTo(MOST_RESIDENT));
    }

    private static void written(String name, long size, List<Sample> samples) throws IOException {
        List<String> lines = samples.stream()
                .map(sample -> "%d,%.1f,%.1f"
                        .formatted(
                                sample.millis(), sample.transferred() / (double) MIB, sample.resident() / (double) MIB))
                .toList();
        Path file = Path.of("target", "flat-memory-%s-%d.csv".formatted(name, size / MIB));
        Files.write(file, lines);
    }
}
