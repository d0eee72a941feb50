package io.aerodb.storage.gateway.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCommandTest {

    @TempDir
    Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tokenIsAllThatIsPrinted() throws Exception {
        assertThat(run("--user", "alice")).isZero();
        JWTClaimsSet claims = verified().getJWTClaimsSet();
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getStringClaim("role")).isEqualTo("authenticated");
        assertThat(lifetime(claims)).isEqualTo(Duration.ofHours(1));
        assertThat(out.toString(UTF_8)).matches("\\S+\\n");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void roleAndLifetimeAreWhatWasAsked() throws Exception {
        assertThat(run("--role=service_role", "--ttl=90s")).isZero();
        JWTClaimsSet claims = verified().getJWTClaimsSet();
        assertThat(claims.getSubject()).isNull();
        assertThat(claims.getStringClaim("role")).isEqualTo("service_role");
        assertThat(lifetime(claims)).isEqualTo(Duration.ofSeconds(90));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --user alice --role postgres | 'postgres' is no role
            --user alice --ttl soon      | 'soon' is no time
            --user alice --ttl 0s        | --ttl must be at least 1s
            --user alice --ttl -1h       | --ttl must be at least 1s
            --user alice --ttl 999999d   | --ttl must be at least 1s and at most
            --user alice --ttl 99999999999999999999d | is no time
            --role authenticated         | name one with --user
            --user                       | --user needs a value
            --usr alice                  | '--usr' is no option
            alice                        | 'alice' is no option
            """)
    void misuseIsASentenceAndExitCodeTwo(String arguments, String sentence) {
        assertThat(run(arguments.split(" +"))).isEqualTo(2);
        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(err.toString(UTF_8)).contains(sentence).contains("Usage: ./run token");
        assertThat(data.resolve("jwt-secret")).doesNotExist();
    }

    @Test
    void secretThatOthersCanReadSignsNothing() throws Exception {
        run("--user", "alice");
        out.reset();
        Files.setPosixFilePermissions(data.resolve("jwt-secret"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("--user", "alice")).isEqualTo(1);
        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(err.toString(UTF_8)).contains("chmod 600");
    }

    private int run(String... arguments) {
        List<String> words = Stream.concat(Stream.of("--data", data.toString()), Stream.of(arguments))
                .toList();
        return TokenCommand.run(words, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private SignedJWT verified() throws Exception {
        SignedJWT token = SignedJWT.parse(out.toString(UTF_8).strip());
        assertThat(token.verify(new MACVerifier(DevelopmentSecret.in(data).bytes())))
                .isTrue();
        return token;
    }

    private static Duration lifetime(JWTClaimsSet claims) {
        return Duration.between(
                claims.getIssueTime().toInstant(), claims.getExpirationTime().toInstant());
    }
}
