package io.aerodb.storage.observability;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** A real Prometheus that scrapes one gateway each second and evaluates our rules. */
record Prometheus(Gateway gateway, Process process, int port) implements AutoCloseable {

    static Prometheus scraping(Gateway gateway, Path directory) throws IOException {
        int port = freePort();
        Path configuration = Files.writeString(directory.resolve("prometheus.yaml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: gateway
                    metrics_path: /actuator/prometheus
                    static_configs: [{targets: ['%s']}]
                """.formatted(
                        Monitoring.RULES, gateway.management().getAuthority()));
        Process process = new ProcessBuilder(
                        Programs.require("prometheus"),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        return new Prometheus(gateway, process, port);
    }

    /** The data of an instant query. */
    JsonNode query(String query) {
        return get("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    }

    List<JsonNode> rules() {
        return get("rules")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .toList();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** Nothing while it starts. */
    private JsonNode get(String path) {
        try {
            URI address = URI.create("http://127.0.0.1:%d/api/v1/%s".formatted(port, path));
            return JsonMapper.shared()
                    .readTree(gateway.anonymously()
                            .exchange("GET", address, BodyPublishers.noBody())
                            .body())
                    .path("data");
        } catch (UncheckedIOException | JacksonException notYet) {
            return MissingNode.getInstance();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
