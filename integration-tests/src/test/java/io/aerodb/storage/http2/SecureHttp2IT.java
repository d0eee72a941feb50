package io.aerodb.storage.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Certificate;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/2 over TLS, chosen by ALPN, and HTTP/1.1 beside it. */
class SecureHttp2IT extends Http2Contract {

    private static Gateway gateway;
    private static SSLContext trust;

    @BeforeAll
    static void start() throws Exception {
        Certificate certificate = Certificate.create();
        trust = certificate.trusting();
        gateway = Gateway.start(Stream.concat(
                        Stream.of(certificate.settings()),
                        Stream.of("--server.http2.enabled=true", "--management.server.ssl.enabled=false"))
                .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Override
    Gateway gateway() {
        return gateway;
    }

    @Override
    HttpClient client() {
        return client(HttpClient.Version.HTTP_2);
    }

    @Override
    URI address() {
        return URI.create("https://127.0.0.1:" + gateway.port());
    }

    @Test
    void whoDoesNotSpeakHttp2IsServedByHttp1() throws Exception {
        HttpClient http1 = client(HttpClient.Version.HTTP_1_1);
        Api caller = gateway.asUser(Names.user()).over(http1, address());
        String bucket = caller.newBucket("public");
        caller.upload(bucket, "a[1].txt", Bytes.of("over TLS")).expect(201);
        URI address = address().resolve("/storage/v1/object/" + bucket + "/a%5B1%5D.txt");

        HttpResponse<String> answer = http1.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(answer.body()).isEqualTo("over TLS");
    }

    private static HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).sslContext(trust).build();
    }
}
