package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.Digest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

class DigestHeadersTest {

    private static final long SEED = System.nanoTime();
    private static final String ALPHABET = "sha-256md5=:,; \tAZaz09+/=*._\"";

    private final Random random = new Random(SEED);

    @Test
    void aDigestIsFoundAmongWhateverElseIsSent() {
        for (int round = 0; round < 2_000; round++) {
            byte[] sha256 = bytes(32);
            List<String> members = new ArrayList<>(List.of(member("sha-256", sha256)));
            for (int i = random.nextInt(3); i > 0; i--) {
                members.add(member(
                        List.of("sha-512", "md5", "unixsum", "x_1.*-y").get(random.nextInt(4)),
                        bytes(random.nextInt(70))));
            }
            Collections.shuffle(members, random);
            String separator = List.of(",", ", ", "\t,  ").get(random.nextInt(3));

            assertThat(read(random.nextBoolean() ? "Content-Digest" : "Repr-Digest", String.join(separator, members)))
                    .as("%s, seed %d", members, SEED)
                    .isEqualTo(Map.of(Digest.SHA_256, HexFormat.of().formatHex(sha256)));
        }
    }

    @Test
    void aDigestOfAnotherLengthIsRefused() {
        for (int length = 0; length < 70; length++) {
            String value = member("sha-256", bytes(length));
            if (length != 32) {
                assertThatThrownBy(() -> read("Content-Digest", value))
                        .as(value)
                        .isInstanceOfSatisfying(StorageError.class, refusal -> assertThat(refusal.code())
                                .isEqualTo(ErrorCode.BAD_DIGEST));
            }
        }
    }

    @Test
    void whateverIsSentIsReadOrRefused() {
        for (int round = 0; round < 20_000; round++) {
            StringBuilder value = new StringBuilder(random.nextBoolean() ? "sha-256=:" : "");
            random.ints(random.nextInt(30), 0, ALPHABET.length()).forEach(i -> value.append(ALPHABET.charAt(i)));
            String field =
                    List.of("Content-Digest", "Repr-Digest", "Content-MD5").get(random.nextInt(3));
            try {
                assertThat(read(field, value.toString()).values()).allMatch(hex -> hex.matches("([0-9a-f]{32}){1,2}"));
            } catch (StorageError refusal) {
                assertThat(refusal.code())
                        .as("%s: %s, seed %d", field, value, SEED)
                        .isEqualTo(ErrorCode.BAD_DIGEST);
                assertThat(refusal.details()).containsKeys("field", "reason");
            }
        }
    }

    private String member(String algorithm, byte[] bytes) {
        String parameter = random.nextInt(4) == 0 ? ";q=1" : "";
        return algorithm + "=:" + Base64.getEncoder().encodeToString(bytes) + ":" + parameter;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Map<Digest, String> read(String field, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(field, value);
        return DigestHeaders.of(headers);
    }
}
