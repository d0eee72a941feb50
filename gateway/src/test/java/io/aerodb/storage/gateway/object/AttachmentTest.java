package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttachmentTest {

    private static final long SEED = System.nanoTime();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''            | a/b/file.txt | attachment; filename="file.txt"
                    other.bin     | a/b/file.txt | attachment; filename="other.bin"
                    naïve.txt     | x            | attachment; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt
                    a b+c*.txt    | x            | attachment; filename="a b+c*.txt"
                    'a"b\\c.txt'  | x            | attachment; filename="a_b_c.txt"; filename*=UTF-8''a%22b_c.txt
                    ../../passwd  | x            | attachment; filename=".._.._passwd"
                    100%.txt      | x            | attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt
                    """)
    void theNameIsPlainForAllAndTrueForThoseWhoReadIt(String wanted, String path, String header) {
        assertThat(Attachment.named(wanted, path)).isEqualTo(header);
    }

    @Test
    void noNameBreaksOutOfTheHeader() {
        Random random = new Random(SEED);
        for (int round = 0; round < 5_000; round++) {
            StringBuilder name = new StringBuilder();
            random.ints(random.nextInt(20), 0, 0x300).forEach(name::appendCodePoint);

            assertThat(Attachment.named(name.toString(), "x"))
                    .as("seed %d", SEED)
                    .matches(
                            "attachment; filename=\"[\\x20-\\x7E&&[^\"\\\\/]]*\"(; filename\\*=UTF-8''[A-Za-z0-9%._-]+)?");
        }
    }
}
