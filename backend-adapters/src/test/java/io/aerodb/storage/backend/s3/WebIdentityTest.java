package io.aerodb.storage.backend.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aerodb.storage.backend.s3.S3Settings.Credentials.WebIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Against a token service that answers to everything. */
class WebIdentityTest {

    private static final String STS_ENDPOINT = "aws.endpointUrlSts";
    private static final String STS_REGION = "aws.region";
    private static final String ANSWER = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult><Credentials>
                <AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
                <SessionToken>session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
              </Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>""";

    @TempDir
    private Path directory;

    private HttpServer sts;
    private volatile String asked = "";

    @BeforeEach
    void startTokenService() throws IOException {
        sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sts.createContext("/", this::answer);
        sts.start();
        System.setProperty(STS_REGION, "eu-central-1");
        System.setProperty(
                STS_ENDPOINT, "http://127.0.0.1:%d".formatted(sts.getAddress().getPort()));
    }

    @AfterEach
    void stopTokenService() {
        System.clearProperty(STS_ENDPOINT);
        System.clearProperty(STS_REGION);
        sts.stop(0);
    }

    @Test
    void tokenFileIsExchangedForTheKeyOfTheRole() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "projected");
        try (S3Clients clients = new S3Clients(settings(new WebIdentity("arn:aws:iam::1:role/files", token)));
                S3Presigner presigner = clients.presigner()) {
            assertThat(presigned(presigner)).contains("X-Amz-Credential=ASSUMED");
            assertThat(asked).contains("WebIdentityToken=projected");
        }
    }

    private static String presigned(S3Presigner presigner) {
        return presigner
                .presignGetObject(link -> link.signatureDuration(Duration.ofMinutes(1))
                        .getObjectRequest(get -> get.bucket("files").key("key")))
                .url()
                .toString();
    }

    private static S3Settings settings(S3Settings.Credentials credentials) {
        return new S3Settings(
                null,
                "eu-central-1",
                "files",
                "",
                false,
                credentials,
                S3Settings.Checksums.WHEN_SUPPORTED,
                null,
                null,
                S3Settings.Transfer.DEFAULTS);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
