package io.aerodb.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.ResidentMemory;
import io.aerodb.storage.harness.ResidentMemory.Sample;
import io.aerodb.storage.harness.StoredInS3;
import io.aerodb.storage.harness.StreamedContent;
import io.aerodb.storage.harness.Transfers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many large uploads to S3 at once through little memory. All samples go to {@code target/flat-memory-s3.csv}. */
@Tag("slow")
class S3FlatMemoryIT {

    private static final int UPLOADS = 20;
    private static final long MIB = 1024 * 1024;
    private static final long SIZE = Long.getLong("s3.flat.mebibytes", 1024) * MIB;
    private static final long MOST_GROWTH = 64 * MIB;
    private static final String USER = Names.user();

    @Test
    void twentyUploadsOfAGibibyteAtOnceLeaveMemoryAsItIs() throws Exception {
        Assumptions.assumeTrue(ResidentMemory.known(), "no /proc on this system");
        List<String> settings = Stream.concat(
                        StoredInS3.fresh().settings().stream(),
                        Stream.of("--storage.backends.s3.s3.stall-timeout=10m")) // this server joins parts by copying
                // them
                .toList();
        try (Gateway gateway = Launch.fresh(settings.toArray(String[]::new))
                .onJvm("-Xmx256m", "-XX:MaxDirectMemorySize=64m", "-Dio.netty.maxDirectMemory=67108864")
                .start()) {
            uploadAll(gateway);
        }
    }

    private static void uploadAll(Gateway gateway) throws Exception {
        Api api = gateway.asUser(USER);
        String bucket = api.newBucket("private");
        List<Transfers> transfers = new ArrayList<>();
        for (int i = 0; i < UPLOADS; i++) {
            transfers.add(new Transfers(gateway, gateway.tokens().user(USER), bucket, "large-" + i));
        }
        ResidentMemory memory = new ResidentMemory(
                gateway,
                () -> transfers.stream().mapToLong(Transfers::transferred).sum());
        List<String> checksums;
        try (memory) {
            checksums = sent(transfers);
        }
        for (int i = 0; i < UPLOADS; i++) {
            assertThat(api.info(bucket, "large-" + i).field("checksum")).isEqualTo(checksums.get(i));
        }
        written(memory.samples());
        assertThat(gateway.output()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
        flat(memory.samples());
    }

    private static List<String> sent(List<Transfers> transfers) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(UPLOADS);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < UPLOADS; i++) {
                Transfers transfer = transfers.get(i);
                long seed = i;
                answers.add(clients.submit(() -> transfer.upload(new StreamedContent(seed, SIZE), SIZE)));
            }
            List<String> checksums = new ArrayList<>();
            for (Future<String> answer : answers) {
                checksums.add(answer.get());
            }
            return checksums;
        } finally {
            clients.shutdownNow();
        }
    }

    private static void flat(List<Sample> samples) {
        long all = UPLOADS * SIZE;
        long atAQuarter = samples.stream()
                .filter(sample -> sample.transferred() >= all / 4)
                .findFirst()
                .orElseThrow()
                .resident();
        assertThat(samples)
                .filteredOn(sample -> sample.transferred() >= all / 4)
                .allSatisfy(sample -> assertThat(sample.resident()).isLessThanOrEqualTo(atAQuarter + MOST_GROWTH));
    }

    private static void written(List<Sample> samples) throws Exception {
        Files.write(
                Path.of("target", "flat-memory-s3.csv"),
                samples.stream()
                        .map(sample -> "%d,%.1f,%.1f"
                                .formatted(
                                        sample.millis(),
                                        sample.transferred() / (double) MIB,
                                        sample.resident() / (double) MIB))
                        .toList());
    }
}
