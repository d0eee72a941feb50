package io.aerodb.storage.upgrade;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Follows a bucket by server-sent events as browsers do: comes again after {@code retry} with the last id. */
final class StreamFollower implements Load.Client {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Load load;
    private final Told told;
    private String lastId = "0";
    private int retryMillis = 1000;

    StreamFollower(Load load, Told told) {
        this.load = load;
        this.told = told;
    }

    @Override
    public void run() throws IOException {
        while (load.isFollowed()) {
            try {
                listen();
            } catch (IOException broken) {
                // the next one says what was missed
            }
            load.waits(retryMillis);
        }
    }

    private void listen() throws IOException {
        URI address =
                URI.create("http://127.0.0.1:%d/storage/v1/events?bucket=%s".formatted(load.port(), load.bucket()));
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + load.token())
                .header("Last-Event-ID", lastId)
                .build();
        HttpResponse<InputStream> response = sent(request);
        if (response.statusCode() != 200) {
            told.fault("a stream was answered " + response.statusCode());
        }
        told.connected();
        load.closesAtTheEnd(response.body());
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            Map<String, String> block = new HashMap<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    take(block);
                    block.clear();
                } else {
                    String[] field = line.split(": ?", 2);
                    block.put(field[0], field[1]);
                }
            }
        }
    }

    private static HttpResponse<InputStream> sent(HttpRequest request) throws IOException {
        try {
            return CLIENT.send(request, BodyHandlers.ofInputStream());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private void take(Map<String, String> block) {
        retryMillis = Integer.parseInt(block.getOrDefault("retry", "" + retryMillis));
        String event = block.getOrDefault("event", "");
        JsonNode data = JsonMapper.shared().readTree(block.getOrDefault("data", "{}"));
        if (event.startsWith("storage.")) {
            told.event(data);
        } else if (!event.isEmpty()) {
            told.other(event, data);
        }
        lastId = block.getOrDefault("id", lastId);
        told.dealtWith(Long.parseLong(lastId));
    }
}
