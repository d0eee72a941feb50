package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How much may be wrong before a person has to look. */
class ToleranceTest {

    private final Findings found = new Findings();

    @Test
    void moreMissingFilesThanEverMayBeAreTooManyWhateverPartTheyAre() {
        Tolerance tolerance = new Tolerance(1, 0, 5);
        found.lookedUp.set(10_000_000);
        found.missing.set(5);
        assertThat(tolerance.objection(found)).isEmpty();
        found.missing.set(6);
        assertThat(tolerance.objection(found)).isPresent();
    }

    @Test
    void aFewAreNeverTooManyAndMoreAreByTheirShare() {
        Tolerance tolerance = new Tolerance(0.01, 3, 100);
        found.unknown.set(3);
        assertThat(tolerance.objection(found)).as("of none").isEmpty();
        found.unknown.set(4);
        assertThat(tolerance.objection(found)).isPresent();
        found.lookedUp.set(400);
        assertThat(tolerance.objection(found)).isEmpty();
    }
}
