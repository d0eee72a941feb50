package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** The log of what was committed: the one truth about events. Each method is one round trip. */
public final class EventLog {

    private static final String NUMBER = "SELECT oldest, last, waited, more FROM storage_private.events_number($1)";
    private static final String KEPT = "SELECT oldest, last FROM storage_private.events_kept()";
    private static final String AFTER = "SELECT * FROM storage_private.events_after($1, $2)";
    private static final String VISIBLE =
            "SELECT sequence, with_origin FROM storage_private.events_visible($1, $2, $3)";
    private static final String EXPIRE = "SELECT storage_private.events_expire($1, $2) AS deleted";

    private final MetadataExecutor executor;

    public EventLog(MetadataExecutor executor) {
        this.executor = executor;
    }

    /**
     * @param oldest as in {@link Kept}
     * @param last the last number that was given so far
     * @param waited how long the oldest of those that just got theirs had none
     * @param more whether others may still have none
     */
    public record Numbered(long oldest, long last, Duration waited, boolean more) {}

    /**
     * What is left of the log.
     *
     * @param oldest the first number that is there, or the next one that will be
     * @param last the last number that was given
     */
    public record Kept(long oldest, long last) {}

    /** Gives numbers to so many events that have none, and tells the listeners of all gateways. */
    public Mono<Numbered> number(int most) {
        return executor.row(NUMBER, EventLog::numbered, most);
    }

    public Mono<Kept> kept() {
        return executor.row(
                KEPT,
                row -> new Kept(
                        Columns.required(row, "oldest", Long.class), Columns.required(row, "last", Long.class)));
    }

    /** The next ones behind a number, in their order. */
    public Mono<List<StorageEvent>> after(long sequence, int most) {
        return executor.rows(AFTER, StorageEvent::from, sequence, most);
    }

    /** Which of these the caller is told of, and of those, whether he is also told where a moved object was. */
    public Mono<Map<Long, Boolean>> visible(RlsContext caller, List<Long> sequences) {
        return executor.rows(caller, VISIBLE, EventLog::visible, (Object) sequences.toArray(Long[]::new))
                .map(rows -> rows.stream().collect(Collectors.toMap(Visible::sequence, Visible::withOrigin)));
    }

    /** Deletes so many of the first events, as far as they are older. How many it were. */
    public Mono<Long> expire(Duration age, int page) {
        return executor.row(EXPIRE, row -> Columns.required(row, "deleted", Long.class), Columns.seconds(age), page);
    }

    private record Visible(long sequence, boolean withOrigin) {}

    private static Visible visible(Readable row) {
        return new Visible(
                Columns.required(row, "sequence", Long.class), Columns.required(row, "with_origin", Boolean.class));
    }

    private static Numbered numbered(Readable row) {
        double waited = Columns.required(row, "waited", Double.class);
        return new Numbered(
                Columns.required(row, "oldest", Long.class),
                Columns.required(row, "last", Long.class),
                Duration.ofMillis((long) (waited * 1000)),
                Columns.required(row, "more", Boolean.class));
    }
}
