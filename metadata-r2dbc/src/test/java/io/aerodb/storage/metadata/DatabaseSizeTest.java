package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What objects cost on the disk of PostgreSQL, for docs/operations.md: written to target/database-size.md. */
@Tag("slow")
class DatabaseSizeTest {

    private static final int OBJECTS = 100_000;
    private static final int CHANGES = 5_000;
    private static final Path REPORT = Path.of("target", "database-size.md");

    private final TestDatabase database = new TestDatabase();
    private final RlsContext owner = Callers.user(UUID.randomUUID().toString());
    private final String bucket = UUID.randomUUID().toString();
    private final List<String> report = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        database.close();
        Files.write(REPORT, report);
    }

    @Test
    void oneHundredThousandObjectsTakeLessThanFourHundredMegabytes() {
        database.buckets
                .create(owner, new NewBucket(bucket, "photos", BucketPolicy.PRIVATE, List.of(), null, null, null))
                .block();
        long empty = sizes("empty");
        report.add("WAL bytes of an upload: %d".formatted(walOf(OBJECTS, this::put)));
        assertThat(sizes("uploaded") - empty).isBetween(OBJECTS * 500L, 400_000_000L);

        report.add("WAL bytes of an overwrite: %d".formatted(walOf(CHANGES, this::put)));
        report.add("WAL bytes of a move: %d".formatted(walOf(CHANGES, this::move)));
        report.add("WAL bytes of a deletion: %d".formatted(walOf(CHANGES, this::delete)));
        sizes("some overwritten, moved and deleted");
        database.admin("DELETE FROM storage.blobs WHERE state = 'garbage'");
        sizes("garbage collected");
    }

    /** Bytes of the write-ahead log for one of so many. */
    private long walOf(int count, IntFunction<Mono<?>> operation) {
        String before = database.value("SELECT pg_current_wal_insert_lsn()");
        Flux.range(0, count).flatMap(operation::apply, 8).blockLast();
        return Long.parseLong(database.value(
                "SELECT (pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '%s') / %d)::bigint".formatted(before, count)));
    }

    private Mono<CommitOutcome.Committed> put(int number) {
        String path = path(number);
        UploadIntent intent =
                new UploadIntent(bucket, path, "local", "image/jpeg", OptionalLong.of(3), WriteRule.OVERWRITE, null);
        return database.objects
                .begin(owner, intent)
                .cast(Permitted.class)
                .flatMap(permitted ->
                        database.objects.commit(owner, Uploading.completion(permitted, path, WriteRule.OVERWRITE)))
                .cast(CommitOutcome.Committed.class);
    }

    private Mono<?> move(int number) {
        return database.changes.move(owner, new Relocation(bucket, path(number), bucket, "moved/" + path(number)));
    }

    private Mono<?> delete(int number) {
        return database.objects.delete(owner, bucket, "moved/" + path(number), WriteRule.OVERWRITE);
    }

    /** In no order, as names of uploads are. */
    private static String path(int number) {
        int scattered = (int) (number * 7919L % OBJECTS);
        return "albums/%03d/2026-11/photo-%06d.jpg".formatted(scattered % 1000, scattered);
    }

    /** Bytes of all tables after a VACUUM. */
    private long sizes(String moment) {
        long all = 0;
        for (String table : List.of("objects", "blobs", "events")) {
            database.admin("VACUUM storage." + table);
            long rows = count("SELECT count(*) FROM storage." + table);
            long bytes = count("SELECT pg_table_size('storage.%s')".formatted(table));
            long indexes = count("SELECT pg_indexes_size('storage.%s')".formatted(table));
            report.add("%s: %s: %d rows, %d bytes, %d of indexes".formatted(moment, table, rows, bytes, indexes));
            all += bytes + indexes;
        }
        return all;
    }

    private long count(String query) {
        return Long.parseLong(database.value(query));
    }
}
