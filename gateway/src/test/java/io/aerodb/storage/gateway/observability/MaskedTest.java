package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

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
}
