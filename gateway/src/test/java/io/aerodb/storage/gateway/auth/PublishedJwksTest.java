package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a provider's answer counts. */
class PublishedJwksTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                              | 60
            max-age=40                     | 40
            public,max-age=40              | 40
            Public, Max-Age=40, immutable  | 40
            max-age=5                      | 30
            max-age=0                      | 30
            max-age=86400                  | 60
            s-maxage=40                    | 60
            max-age=-1                     | 60
            max-age=99999999999999999999   | 60
            no-store                       | 60
            """)
    void maxAgeCountsWithinBounds(String cacheControl, int seconds) {
        assertThat(new PublishedJwks("", cacheControl).freshness(Duration.ofSeconds(30), Duration.ofSeconds(60)))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void onlyPublicKeysForVerificationCount() throws Exception {
        RSAKey leaked = new RSAKeyGenerator(2048).keyID("leaked").generate();
        String symmetric = new OctetSequenceKey.Builder(TestTokens.SECRET.getBytes(StandardCharsets.UTF_8))
                .keyID("symmetric")
                .build()
                .toJSONString();
        String good = TestKeys.rsaJwk("good", TestKeys.rsa());
        String encryption = good.replace("\"good\"", "\"encryption\"").replace("}", ",\"use\":\"enc\"}");
        String rs512 = good.replace("\"good\"", "\"rs512\"").replace("}", ",\"alg\":\"RS512\"}");

        assertThat(Jwks.published(TestKeys.jwks(leaked.toJSONString(), symmetric, encryption, rs512, good)))
                .extracting(VerificationKey::id)
                .containsExactly("good");
    }
}
