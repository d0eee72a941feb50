package io.aerodb.storage.backend.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aerodb.storage.backend.BackendException;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartSizesTest {

    private static final long MIB = 1 << 20;
    private static final long TIB = 1L << 40;

    private final PartSizes sizes = PartSizes.of(8 * MIB, 640 * MIB);

    @Test
    void fiveTebibytesFitIntoTenThousandPartsWhetherTheLengthIsKnownOrNot() {
        assertThat(sizes.forLength(OptionalLong.of(5 * TIB)).size(1) * PartSizes.MOST_PARTS)
                .isGreaterThanOrEqualTo(5 * TIB);
        assertThat(IntStream.rangeClosed(1, PartSizes.MOST_PARTS)
                        .mapToLong(sizes::size)
                        .sum())
                .isGreaterThanOrEqualTo(5 * TIB);
    }

    @Test
    void smallObjectsHaveSmallParts() {
        assertThat(sizes.forLength(OptionalLong.of(80_000 * MIB)).size(10_000)).isEqualTo(8 * MIB);
        assertThat(sizes.forLength(OptionalLong.of(80_000 * MIB + 1)).size(1)).isEqualTo(9 * MIB);
        assertThat(sizes.size(250)).isEqualTo(8 * MIB);
        assertThat(sizes.size(251)).isEqualTo(16 * MIB);
    }

    @Test
    void noPartIsLargerThanMemoryOrThanS3Takes() {
        assertThat(sizes.size(PartSizes.MOST_PARTS)).isEqualTo(640 * MIB);
        assertThat(PartSizes.of(8 * MIB, TIB).size(PartSizes.MOST_PARTS)).isEqualTo(5L << 30);
    }

    @Test
    void aDeclaredLengthThatNeedsMoreMemoryIsRefusedInWords() {
        PartSizes little = PartSizes.of(8 * MIB, 64 * MIB);
        assertThatExceptionOfType(BackendException.InsufficientStorage.class)
                .isThrownBy(() -> little.forLength(OptionalLong.of(TIB)))
                .withMessage("1099511627776 bytes need parts of 110100480 bytes, and memory allows 67108864");
    }

    @Test
    void anUndeclaredLengthEndsAfterTheLastPart() {
        assertThatExceptionOfType(BackendException.InsufficientStorage.class)
                .isThrownBy(() -> sizes.size(PartSizes.MOST_PARTS + 1));
    }
}
