package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StartBannerTest {

    @Test
    void everyCommandIsCompleteAsPrinted() {
        assertThat(banner(true, "ey.token").lines())
                .contains(
                        "    TOKEN=ey.token",
                        "    curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{\"name\":\"photos\"}' http://127.0.0.1:8080/storage/v1/bucket",
                        "    curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: text/plain' --data-binary @'/my files/README.md' http://127.0.0.1:8080/storage/v1/object/photos/README.md",
                        "    curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/storage/v1/object/photos/README.md");
    }

    @Test
    void conveniencesAreSaidToBeForOneMachine() {
        assertThat(banner(true, "t").lines())
                .contains("  For this machine only: the embedded PostgreSQL and the generated secret.");
        assertThat(banner(false, "t").lines()).contains("  For this machine only: the generated secret.");
    }

    @Test
    void configuredSecretMeansNoToken() {
        assertThat(banner(false, "").lines()).noneMatch(line -> line.contains("TOKEN") || line.contains("only"));
    }

    @Test
    void pathIsOneWordForTheShell() {
        assertThat(StartBanner.quoted(Path.of("/plain/a-b_c.d"))).isEqualTo("/plain/a-b_c.d");
        assertThat(StartBanner.quoted(Path.of("/it's $HOME"))).isEqualTo("'/it'\\''s $HOME'");
    }

    private static StartBanner banner(boolean embedded, String token) {
        return new StartBanner(
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8081",
                Path.of("/data"),
                embedded,
                token,
                Path.of("/my files/README.md"));
    }
}
