package io.aerodb.storage.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Gateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the WebSocket; messages are said with ' in place of ". */
final class SocketClient implements WebSocket.Listener, AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final AtomicInteger pings = new AtomicInteger();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    private SocketClient() {}

    /** @param token null for nobody's */
    static SocketClient open(Gateway gateway, @Nullable String token, String... headers) {
        SocketClient client = new SocketClient();
        WebSocket.Builder builder = CLIENT.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(PATIENCE_SECONDS));
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        URI address = URI.create("ws://127.0.0.1:" + gateway.port() + "/storage/v1/events/ws");
        client.socket = builder.buildAsync(address, client).join();
        return client;
    }

    /** The status of a handshake that fails. */
    static int refusal(Gateway gateway, String token, String... headers) {
        try {
            open(gateway, token, headers).close();
            return 101;
        } catch (CompletionException failure) {
            return ((WebSocketHandshakeException) failure.getCause())
                    .getResponse()
                    .statusCode();
        }
    }

    void say(String message, Object... arguments) {
        socket.sendText(message.formatted(arguments).replace('\'', '"'), true).join();
    }

    /** The next message, which has this type. */
    JsonNode next(String type) {
        try {
            JsonNode message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(message).as("the next message, of type %s", type).isNotNull();
            assertThat(message.path("type").asString(""))
                    .as("type of %s", message)
                    .isEqualTo(type);
            return message;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    int pings() {
        return pings.get();
    }

    int closeCode() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    boolean closesWithin(Duration time) throws Exception {
        try {
            closed.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException open) {
            return false;
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            messages.add(JsonMapper.shared().readTree(text.toString()));
            text.setLength(0);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        pings.incrementAndGet();
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closed.complete(1006);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
