package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.ListingQuery;
import io.aerodb.storage.metadata.ListingQuery.Position;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PageCursorTest {

    private static final long SEED = System.nanoTime();
    private static final UUID INSTALLATION = UUID.fromString("5d6c8dc5-51c8-4d0e-a9ac-1f5b52fbb0b2");
    private static final String ALPHABET = "ab/\n\0é😀 \"%";

    private final Random random = new Random(SEED);
    private final PageCursor cursors = new PageCursor(INSTALLATION);

    @Test
    void whateverPositionGoesInComesOut() {
        for (int round = 0; round < 2_000; round++) {
            RlsContext caller = caller(text());
            ListingQuery query = query(text());
            Position last = position();

            String cursor = cursors.of(caller, "bucket", query, last);

            assertThat(cursor).matches("[A-Za-z0-9_-]+");
            assertThat(cursors.parse(caller, "bucket", query, cursor))
                    .as("seed %d", SEED)
                    .isEqualTo(last);
        }
    }

    @Test
    void aCursorWithAnotherCharacterIsRefused() {
        RlsContext caller = caller("alice");
        ListingQuery query = query("a/");
        for (int round = 0; round < 2_000; round++) {
            StringBuilder forged = new StringBuilder(cursors.of(caller, "bucket", query, position()));
            int at = random.nextInt(forged.length() - 1); // the last one has bits that mean nothing
            forged.setCharAt(at, forged.charAt(at) == 'A' ? 'B' : 'A');

            assertRefused(caller, "bucket", query, forged.toString());
        }
    }

    @Test
    void whatIsNoCursorIsRefused() {
        for (int round = 0; round < 2_000; round++) {
            assertRefused(caller("alice"), "bucket", query(""), text());
        }
    }

    @Test
    void aCursorServesNoOtherCallerBucketListingOrInstallation() {
        RlsContext caller = caller("alice");
        ListingQuery query = query("a/");
        String cursor = cursors.of(caller, "bucket", query, new Position(false, "a/b", null));

        assertRefused(caller("alice\n"), "bucket", query, cursor);
        assertRefused(new RlsContext("alice", Role.SERVICE_ROLE, "{}"), "bucket", query, cursor);
        assertRefused(caller, "bucket2", query, cursor);
        assertRefused(caller, "bucket", query("a"), cursor);
        assertThatThrownBy(() -> new PageCursor(UUID.randomUUID()).parse(caller, "bucket", query, cursor))
                .isInstanceOf(StorageError.class);
    }

    private void assertRefused(RlsContext caller, String bucket, ListingQuery query, String cursor) {
        assertThatThrownBy(() -> cursors.parse(caller, bucket, query, cursor))
                .as("%s, seed %d", cursor, SEED)
                .isInstanceOfSatisfying(StorageError.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(refusal.details()).containsEntry("field", "cursor");
                });
    }

    private Position position() {
        Instant time = random.nextBoolean()
                ? null
                : Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1000L);
        return new Position(random.nextBoolean(), text(), time);
    }

    private String text() {
        int[] points = ALPHABET.codePoints().toArray();
        return random.ints(random.nextInt(20), 0, points.length)
                .map(i -> points[i])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static ListingQuery query(String prefix) {
        return new ListingQuery(prefix, true, null, ListingQuery.Sort.NAME, false, null, 0, 10);
    }

    private static RlsContext caller(String sub) {
        return new RlsContext(sub, Role.AUTHENTICATED, "{}");
    }
}
