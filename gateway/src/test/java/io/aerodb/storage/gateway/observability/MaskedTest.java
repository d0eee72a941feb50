package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedTest {

    @ParameterizedTest
    @CsvSource({
        "plain text, plain text",
        "a/none?token=eyJhbGciOiJub25lIn0.e30.c2ln, a/none?token=[masked]",
        "none%3Ftoken%3DeyJhbGciOiJub25lIn0.e30.c2ln%26x, none%3Ftoken%3D[masked]%26x",
        "eyJhbGciOiJub25lIn0.e30., [masked]",
        "eyJhbGciOiJub25lIn0.e30, [masked]",
        "eyJust a word, eyJust a word",
        "/a?X-Amz-Credential=AKIA%2F1&X-Amz-Expires=60&X-Amz-Signature=abc failed, "
                + "/a?X-Amz-Credential=[masked]&X-Amz-Expires=60&X-Amz-Signature=[masked] failed",
    })
    void whatOpensSomethingIsTakenOut(String text, String masked) {
        assertThat(Masked.of(text)).isEqualTo(masked);
    }

    @Test
    void aLongTextThatLooksLikeManyTokensTakesNoLongerThanItsLength() {
        String text = "eyJ".repeat(1_000_000);

        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertThat(Masked.of(text)).isEqualTo(text));
    }

    @Test
    void aTokenWhoseDotsAreEncodedIsOneAsWell() {
        assertThat(Masked.of("/object/b/eyJhbGci%2EeyJzdWIi%2Esig/x")).isEqualTo("/object/b/[masked]/x");
    }
}
