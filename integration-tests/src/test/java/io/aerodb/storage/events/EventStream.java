package io.aerodb.storage.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Gateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of server-sent events, as a browser is one: what it gets is there to be taken. */
final class EventStream implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final long PATIENCE_SECONDS = 20;

    /** @param data of a message without one: a missing node */
    record Message(String id, String event, JsonNode data) {

        String path() {
            return data.path("path").asString("");
        }

        long sequence() {
            return data.path("sequence").asLong(-1);
        }
    }

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger beats = new AtomicInteger();
    private volatile String lastId = "";
    private volatile String retry = "";

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        Thread reader = new Thread(this::read, "event-stream");
        reader.setDaemon(true);
        reader.start();
    }

    /** @param token null for nobody's */
    static EventStream open(Gateway gateway, @Nullable String token, String query, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(gateway.address() + "/storage/v1/events" + query))
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return new EventStream(CLIENT.send(request.build(), BodyHandlers.ofInputStream()));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** The same, of a stream that there is. */
    static EventStream listen(Gateway gateway, @Nullable String token, String query, String... headers) {
        EventStream stream = open(gateway, token, query, headers);
        assertThat(stream.status()).isEqualTo(200);
        return stream;
    }

    int status() {
        return response.statusCode();
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    Message next() {
        try {
            Message message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(message).as("the next message").isNotNull();
            return message;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    List<Message> next(int count) {
        List<Message> all = new ArrayList<>();
        while (all.size() < count) {
            all.add(next());
        }
        return all;
    }

    /** What came and was not taken yet. */
    List<Message> rest() {
        List<Message> rest = new ArrayList<>();
        messages.drainTo(rest);
        return rest;
    }

    int beats() {
        return beats.get();
    }

    String lastId() {
        return lastId;
    }

    String retry() {
        return retry;
    }

    boolean endsWithin(Duration time) throws InterruptedException {
        return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            List<String> block = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    take(block);
                    block.clear();
                } else {
                    block.add(line);
                }
            }
        } catch (IOException closed) {
            // by one of the two sides
        } finally {
            ended.countDown();
        }
    }

    private void take(List<String> block) {
        if (block.stream().anyMatch(line -> line.startsWith(":"))) {
            beats.incrementAndGet();
        }
        retry = field(block, "retry", retry);
        lastId = field(block, "id", lastId);
        String data = field(block, "data", "");
        if (!data.isEmpty()) {
            messages.add(new Message(
                    lastId,
                    field(block, "event", "message"),
                    JsonMapper.shared().readTree(data)));
        }
    }

    private static String field(List<String> block, String name, String absent) {
        return block.stream()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse(absent);
    }
}
