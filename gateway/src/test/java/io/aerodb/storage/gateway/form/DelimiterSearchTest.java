package io.aerodb.storage.gateway.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.form.DelimiterSearch.Found;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DelimiterSearchTest {

    private static final String[] PIECES = {
        "\r", "\n", "\r\n", "--", "-", "\r\n--", "\r\n--a", "\r\n--ab", "a", "b", "x"
    };

    /** Texts of pieces of the delimiter, in buffers of all lengths, against the search that comes with Java. */
    @ParameterizedTest
    @ValueSource(strings = {"\r\n--ab", "\r\n--a", "\r\n----", "\r\n--aba", "\r\n--------------------------------a"})
    void everyPieceBetweenDelimitersComesOutWhereverTheBuffersEnd(String delimiter) {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            String text = text(random, delimiter);
            assertThat(pieces(text, delimiter, random))
                    .as("seed %d: %s", seed, text)
                    .containsExactly(("\r\n" + text).split(delimiter, -1));
        }
    }

    private static String text(Random random, String delimiter) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(random.nextInt(5) == 0 ? delimiter : PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** The search begins behind a line break, which is a part of the first piece unless a delimiter begins with it. */
    private static List<String> pieces(String text, String delimiter, Random random) {
        DelimiterSearch search = new DelimiterSearch(ascii(delimiter));
        List<String> pieces = new ArrayList<>();
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        byte[] bytes = ascii(text);
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, 1 + random.nextInt(12));
            Found found = search.next(ByteBuffer.wrap(bytes, from, length));
            piece.writeBytes(search.beginning(found.regained()));
            piece.write(bytes, from, found.content());
            if (found.complete()) {
                pieces.add(piece.toString(StandardCharsets.US_ASCII));
                piece.reset();
            }
            from += found.consumed();
        }
        return added(pieces, piece.toString(StandardCharsets.US_ASCII), text, delimiter);
    }

    /** What the text ends with may be held back as the beginning of a delimiter. */
    private static List<String> added(List<String> pieces, String last, String text, String delimiter) {
        String all = "\r\n" + text;
        String rest =
                all.substring(all.lastIndexOf(delimiter) < 0 ? 0 : all.lastIndexOf(delimiter) + delimiter.length());
        assertThat(rest).startsWith(last);
        assertThat(delimiter).startsWith(rest.substring(last.length()));
        pieces.add(rest);
        return pieces;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
