package io.aerodb.storage.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.Shell;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/2 without TLS: by upgrade, as Java's client asks for it, and by prior knowledge, as curl can. */
class CleartextHttp2IT extends Http2Contract {

    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = Gateway.start("--server.http2.enabled=true");
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
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    }

    @Override
    URI address() {
        return gateway.address();
    }

    @Test
    void aClientMayKnowThatItIsHttp2() throws Exception {
        String bucket = api.newBucket("public");
        api.upload(bucket, "file", Bytes.of("by prior knowledge")).expect(201);

        Shell curl = Shell.run(
                Path.of("."),
                Map.of(),
                Programs.require("curl"),
                "-sS",
                "--http2-prior-knowledge",
                "-w",
                " %{http_version}",
                address() + "/storage/v1/object/" + bucket + "/file");

        assertThat(curl.out()).isEqualTo("by prior knowledge 2");
    }
}
