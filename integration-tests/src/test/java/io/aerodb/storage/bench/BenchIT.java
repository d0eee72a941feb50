package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole benchmark, as short as it can be: that it runs, not how fast. */
class BenchIT {

    @Test
    void ourGatewayIsMeasuredBesideAnotherServer(@TempDir Path output) throws Exception {
        Options options = new Options(
                "--only",
                "^GET 1 KiB c=1$",
                "--rounds",
                "2",
                "--seconds",
                "1",
                "--warm-up",
                "1",
                "--warm-up-limit",
                "2",
                "--baselines",
                "s3proxy",
                "--client-cpus",
                "all",
                "--server-cpus",
                "all",
                "--output",
                output.toString());

        assertThat(new Bench(options).run()).isTrue();

        JsonNode rounds = new JsonMapper().readTree(report(output, ".json")).get("rounds");
        assertThat(rounds.valueStream().map(round -> round.get("contestant").asString()))
                .containsExactly("gateway", "S3Proxy", "gateway", "S3Proxy");
        assertThat(rounds.valueStream()).allSatisfy(round -> {
            assertThat(round.get("requests").asLong()).isPositive();
            assertThat(round.get("failed").asLong()).isZero();
            assertThat(round.get("cpuSeconds").get("server").asDouble()).isPositive();
            assertThat(round.get("compiler CPU").asDouble()).isNotNegative();
            assertThat(round.get("RSS MiB").asDouble()).isPositive();
        });
        assertThat(rounds.get(0).get("allocated KiB/request").isNumber())
                .as("figures of the gateway's own JVM")
                .isTrue();
        assertThat(report(output, ".md"))
                .containsPattern("speed × S3Proxy")
                .containsPattern("\\| GET 1 KiB c=1 \\| gateway \\| \\d");
        assertThat(report(output, ".html")).contains("<svg");
        assertThat(names(output)).as("data left behind").noneMatch(name -> name.matches("(data|s3proxy)-.*"));
    }

    private static String report(Path output, String ending) throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            return Files.readString(files.filter(file -> file.toString().endsWith(ending))
                    .findFirst()
                    .orElseThrow());
        }
    }

    private static List<String> names(Path output) throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            return files.filter(Files::isDirectory)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
