package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.cleanup.CleanupReport.Summary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A million files on the local backend: how long a cleanup takes, and that its memory does not grow with them. Figures for
 * docs/reliability.md are written to target/many-files.md.
 */
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ManyFilesTest extends CleanupCase {

    private static final int FILES = Integer.getInteger("cleanup.files", 1_000_000);
    private static final long MIB = 1024 * 1024;
    private static final long MOST_MEMORY = 64 * MIB;
    private static final Path REPORT = Path.of("target", "many-files.md");

    private static final List<String> report = new ArrayList<>();

    @AfterAll
    static void write() throws IOException {
        Files.write(REPORT, report);
    }

    @Test
    void aMillionFilesAreComparedAndATenthOfThemDeletedWithFlatMemory() throws Exception {
        report.add("| %d files | seconds | MiB |".formatted(FILES));
        report.add("|---|---|---|");
        measured("rows", this::rows);
        measured("files", this::makeFiles);
        Files.delete(file(0));
        Files.createFile(file(FILES + 1));

        Summary compared = measured("compared", () -> clean(false));
        assertThat(compared.counts().missing()).isEqualTo(1);
        assertThat(compared.counts().adopted()).isEqualTo(1);

        measured(
                "deleted_by_sql",
                () -> metadata.run(
                        "DELETE FROM storage.objects WHERE name::int % 10 = 1 AND bucket_id = '" + bucket + "'"));
        anHourPasses();
        Summary collected = measured("collected", () -> clean(true));
        assertThat(collected.counts().removed()).as("missing twice").isEqualTo(1);
        assertThat(collected.deletedFiles())
                .as("a tenth, the unknown file, and what was missing")
                .isEqualTo(FILES / 10 + 2);
    }

    private Summary clean(boolean collect) {
        CleanupOrder order = new CleanupOrder(false, Set.of("local"), collect, false, true);
        return job(local, Duration.ZERO).run(order).ofType(Summary.class).blockLast(Duration.ofMinutes(20));
    }

    private void rows() {
        metadata.run("""
                SET session_replication_role = replica;
                INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                SELECT format('%%s/%%s/%%s~f', '%1$s', right(u::text, 2), u), 'local', 'live', '%1$s', n, u, u, 0, repeat('0', 64)
                FROM generate_series(0, %2$d - 1) n, LATERAL (SELECT md5(n::text)::uuid AS u) m;
                INSERT INTO storage.objects (bucket_id, name, version, blob_key, backend, size, checksum, content_type, cache_control)
                SELECT b.bucket_id, b.name, b.version, b.key, b.backend, 0, b.sha256, 'text/plain', 'no-cache' FROM storage.blobs b;
                SET session_replication_role = origin;
                ANALYZE storage.blobs, storage.objects""".formatted(bucket, FILES));
    }

    private void makeFiles() throws IOException {
        for (int i = 0; i < 256; i++) {
            Files.createDirectories(root().resolve(bucket).resolve("%02x".formatted(i)));
        }
        for (int n = 0; n < FILES; n++) {
            Files.createFile(file(n));
        }
    }

    private Path file(int n) {
        String hex = HexFormat.of().formatHex(md5().digest(Integer.toString(n).getBytes(StandardCharsets.US_ASCII)));
        String uuid = hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
        return root().resolve(bucket).resolve(hex.substring(30)).resolve(uuid + "~f");
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private interface Work<T> {
        T call() throws Exception;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void measured(String step, Step work) throws Exception {
        measured(step, () -> {
            work.run();
            return step;
        });
    }

    /** The most that was in use after a collection of garbage while the work went on, above what was before. */
    private static <T> T measured(String step, Work<T> work) throws Exception {
        long before = used();
        long[] most = {before};
        Instant begin = Instant.now();
        Disposable watch = Flux.interval(Duration.ofSeconds(1), Schedulers.newSingle("memory", true))
                .onBackpressureDrop()
                .subscribe(tick -> most[0] = Math.max(most[0], used()));
        T result = work.call();
        watch.dispose();
        long memory = most[0] - before;
        report.add("| %s | %.1f | %d |"
                .formatted(step, Duration.between(begin, Instant.now()).toMillis() / 1000.0, memory / MIB));
        assertThat(memory).as(step).isLessThan(MOST_MEMORY);
        return result;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
