package io.aerodb.storage.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.clients.Refusal.Framing;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Shell;
import io.aerodb.storage.harness.StreamedContent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What clients as people use them get to know, when they are refused while they still send 64 MiB. */
class EarlyRefusalIT {

    private static final long SIZE = 64L * 1024 * 1024;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Gateway gateway = SharedGateway.get();

    @TempDir
    private Path directory;

    @Test
    void curlReceivesThem() throws IOException, InterruptedException {
        String curl = Programs.require("curl");
        Path file = directory.resolve("file");
        try (RandomAccessFile zeros = new RandomAccessFile(file.toFile(), "rw")) {
            zeros.setLength(SIZE);
        }
        Map<String, String> answers = new TreeMap<>();
        List<Refusal> refusals = Refusal.all(gateway);
        for (Refusal refusal : refusals) {
            Shell run = Shell.run(directory, Map.of(), curlLine(curl, refusal, file));
            answers.put(refusal.name(), run.exitCode() == 0 ? answer(run.out()) : run.err());
        }
        assertThat(answers).isEqualTo(expected(refusals));
    }

    private static String[] curlLine(String curl, Refusal refusal, Path file) {
        List<String> line = new ArrayList<>(List.of(curl, "-sS", "-m", "20", "-w", "\n%{http_code}", "-H", "Expect:"));
        refusal.headers().forEach((name, value) -> line.addAll(List.of("-H", name + ": " + value)));
        line.addAll(
                switch (refusal.framing()) {
                    case LENGTH -> List.of("-X", "POST", "-T", file.toString());
                    case CHUNKED -> List.of("-X", "POST", "-T", file.toString(), "-H", "Transfer-Encoding: chunked");
                    case FORM -> List.of("-F", "=@" + file);
                });
        line.add(refusal.url());
        return line.toArray(String[]::new);
    }

    /** The body, a line break, the status. */
    private static String answer(String out) {
        int end = out.lastIndexOf('\n');
        return out.substring(end + 1) + " "
                + JSON.readTree(out.substring(0, end)).path("code").asString();
    }

    @Test
    void theHttpClientOfJavaReceivesThem() {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<Refusal> refusals = only(Framing.LENGTH, Framing.CHUNKED);
        Map<String, CompletableFuture<String>> answers = refusals.stream()
                .collect(Collectors.toMap(
                        Refusal::name, refusal -> client.sendAsync(request(refusal), BodyHandlers.ofString())
                                .thenApply(EarlyRefusalIT::answer)));
        Map<String, String> received = new TreeMap<>();
        answers.forEach((name, answer) ->
                received.put(name, answer.exceptionally(Throwable::toString).join()));
        assertThat(received).isEqualTo(expected(refusals));
    }

    private static HttpRequest request(Refusal refusal) {
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new StreamedContent(1, SIZE));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(refusal.url()))
                .timeout(Duration.ofSeconds(20))
                .POST(refusal.framing() == Framing.CHUNKED ? chunked : BodyPublishers.fromPublisher(chunked, SIZE));
        refusal.headers().forEach(request::header);
        return request.build();
    }

    private static String answer(HttpResponse<String> response) {
        return response.statusCode() + " "
                + JSON.readTree(response.body()).path("code").asString();
    }

    @Test
    void fetchOfNodeReceivesThem() throws IOException, InterruptedException {
        List<Refusal> refusals = Refusal.all(gateway);
        assertThat(byNode("fetch", refusals)).isEqualTo(expected(refusals));
    }

    @Test
    void httpOfNodeReceivesThem() throws IOException, InterruptedException {
        List<Refusal> refusals = only(Framing.LENGTH, Framing.CHUNKED);
        assertThat(byNode("http", refusals)).isEqualTo(expected(refusals));
    }

    private Map<String, String> byNode(String kind, List<Refusal> refusals) throws IOException, InterruptedException {
        String node = Programs.require("node");
        Path script = directory.resolve("early-refusal.mjs");
        java.nio.file.Files.writeString(script, resource("early-refusal.mjs"));
        Shell run = Shell.run(
                directory,
                Map.of(),
                node,
                script.toString(),
                kind,
                Long.toString(SIZE),
                JSON.writeValueAsString(refusals));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return answers(run.out());
    }

    @Test
    void fetchOfChromiumReceivesThem() throws IOException, InterruptedException {
        String chromium = Programs.require("chromium", "chromium-browser", "google-chrome");
        List<Refusal> refusals = only(Framing.LENGTH, Framing.FORM);
        String page = resource("early-refusal.html")
                .replace("BYTES", Long.toString(SIZE))
                .replace("CASES", JSON.writeValueAsString(refusals));
        assertThat(answers(Browser.posted(chromium, page, directory))).isEqualTo(expected(refusals));
    }

    private List<Refusal> only(Framing... framings) {
        Set<Framing> wanted = EnumSet.copyOf(List.of(framings));
        return Refusal.all(gateway).stream()
                .filter(refusal -> wanted.contains(refusal.framing()))
                .toList();
    }

    private static Map<String, String> expected(List<Refusal> refusals) {
        return refusals.stream().collect(Collectors.toMap(Refusal::name, Refusal::expected));
    }

    private static Map<String, String> answers(String json) {
        return JSON.readValue(json, new TypeReference<>() {});
    }

    private static String resource(String name) throws IOException {
        try (var in = EarlyRefusalIT.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
