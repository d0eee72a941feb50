package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.ByteRange;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class ByteRangesTest {

    private static final String ETAG = "\"v1\"";
    private static final Instant MODIFIED = Instant.parse("2026-11-24T10:00:00.500Z");
    private static final long SEED = System.nanoTime();

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,                     0,  1",
        "bytes=2-5,                     2,  4",
        "bytes=2-,                      2,  8",
        "bytes=9-9,                     9,  1",
        "bytes=0-9,                     0, 10",
        "bytes=0-10,                    0, 10",
        "bytes=3-99999999999999999999,  3,  7",
        "bytes=-1,                      9,  1",
        "bytes=-10,                     0, 10",
        "bytes=-99999999999999999999,   0, 10",
        "BYTES = 1-2,                   1,  2",
        "'bytes=,1-2,',                 1,  2",
        "'bytes=0-1,2-3',               0,  4",
        "'bytes=4-5, 0-4',              0,  6",
        "'bytes=2-8,3-4,-3',            2,  8",
        "'bytes=1-1,50-60',             1,  1",
    })
    void oneRangeIsThesePositions(String range, long offset, long length) {
        assertThat(ByteRanges.of(headers(range, null), ETAG, MODIFIED, 10)).contains(new ByteRange(offset, length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=5-4",
                "bytes=-",
                "bytes=",
                "bytes",
                "bytes=a-b",
                "bytes=1-2-3",
                "bytes=1",
                "bytes=--1",
                "items=0-1",
                "bytes=0-1,3-4",
                "bytes=0x1-2",
                "0-1",
                "bytes=+1-2",
                ""
            })
    void anythingElseGetsTheWhole(String range) {
        assertThat(ByteRanges.of(headers(range, null), ETAG, MODIFIED, 10)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=10-, 10",
        "bytes=10-20, 10",
        "bytes=99999999999999999999-, 10",
        "bytes=-0, 10",
        "bytes=0-, 0",
        "bytes=-0, 0"
    })
    void aRangeWithoutAByteIsRefusedWithTheSize(String range, long size) {
        assertThatThrownBy(() -> ByteRanges.of(headers(range, null), ETAG, MODIFIED, size))
                .isInstanceOfSatisfying(StorageError.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_RANGE);
                    assertThat(refusal.headers()).containsEntry("Content-Range", "bytes */" + size);
                });
    }

    @Test
    void theEndOfNothingIsTheWhole() {
        assertThat(ByteRanges.of(headers("bytes=-5", null), ETAG, MODIFIED, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"v1\"',                          true",
        "'\"v2\"',                          false",
        "'W/\"v1\"',                        false",
        "'Tue, 24 Nov 2026 10:00:00 GMT',   true",
        "'Tue, 24 Nov 2026 09:59:59 GMT',   false",
        "'Tue, 24 Nov 2026 10:00:01 GMT',   false",
        "'soon',                            false",
    })
    void ifRangeHoldsForTheVeryVersion(String ifRange, boolean holds) {
        assertThat(ByteRanges.of(headers("bytes=0-1", ifRange), ETAG, MODIFIED, 10)
                        .isPresent())
                .isEqualTo(holds);
    }

    @Test
    void twoRangeHeadersGetTheWhole() {
        HttpHeaders headers = headers("bytes=0-1", null);
        headers.add("Range", "bytes=2-3");

        assertThat(ByteRanges.of(headers, ETAG, MODIFIED, 10)).isEmpty();
    }

    @Test
    void moreRangesThanAClientHasUseForGetTheWhole() {
        String sixteen = "bytes=" + "0-1,".repeat(16);

        assertThat(ByteRanges.of(headers(sixteen, null), ETAG, MODIFIED, 10)).contains(new ByteRange(0, 2));
        assertThat(ByteRanges.of(headers(sixteen + "0-1", null), ETAG, MODIFIED, 10))
                .isEmpty();
        assertThat(ByteRanges.of(headers(sixteen.repeat(1_000), null), ETAG, MODIFIED, 10))
                .isEmpty();
    }

    @Test
    void severalRangesAreThePartThatTheirBytesMakeOrElseTheWhole() {
        Random random = new Random(SEED);
        for (int round = 0; round < 5_000; round++) {
            int size = 1 + random.nextInt(12);
            BitSet wanted = new BitSet();
            String field = random.ints(1 + random.nextInt(4), 0, 15)
                    .mapToObj(first -> range(first, first + random.nextInt(5), size, wanted))
                    .collect(Collectors.joining(",", "bytes=", ""));
            Optional<ByteRange> part = wanted.isEmpty() ? Optional.empty() : partOf(field, size);

            assertThat(part).as("%s of %d, seed %d", field, size, SEED).isEqualTo(connected(wanted));
        }
    }

    /** As text; its bytes are added to those that are wanted. */
    private static String range(int first, int last, int size, BitSet wanted) {
        wanted.set(Math.min(first, size), Math.min(last + 1, size));
        return first + "-" + last;
    }

    private static Optional<ByteRange> partOf(String field, int size) {
        return ByteRanges.of(headers(field, null), ETAG, MODIFIED, size);
    }

    private static Optional<ByteRange> connected(BitSet wanted) {
        int first = wanted.nextSetBit(0);
        return !wanted.isEmpty() && wanted.length() - first == wanted.cardinality()
                ? Optional.of(new ByteRange(first, wanted.cardinality()))
                : Optional.empty();
    }

    @Test
    void whateverIsAskedForLiesInTheRepresentation() {
        Random random = new Random(SEED);
        String alphabet = "0123456789-,= bytes";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder range = new StringBuilder(random.nextBoolean() ? "bytes=" : "");
            random.ints(random.nextInt(12), 0, alphabet.length()).forEach(i -> range.append(alphabet.charAt(i)));
            long size = random.nextInt(20);
            try {
                ByteRanges.of(headers(range.toString(), null), ETAG, MODIFIED, size)
                        .ifPresent(part -> assertThat(part)
                                .as("%s of %d, seed %d", range, size, SEED)
                                .satisfies(bytes -> assertThat(bytes.length()).isPositive())
                                .satisfies(bytes -> assertThat(bytes.end()).isLessThanOrEqualTo(size)));
            } catch (StorageError refusal) {
                assertThat(refusal.code()).as("%s, seed %d", range, SEED).isEqualTo(ErrorCode.INVALID_RANGE);
            }
        }
    }

    private static HttpHeaders headers(String range, @org.jspecify.annotations.Nullable String ifRange) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Range", range);
        if (ifRange != null) {
            headers.add("If-Range", ifRange);
        }
        return headers;
    }
}
