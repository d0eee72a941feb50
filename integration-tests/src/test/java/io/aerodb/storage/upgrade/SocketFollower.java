package io.aerodb.storage.upgrade;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Follows a bucket by WebSockets: acknowledges some of the events, and comes again behind the last that it has acknowledged. */
final class SocketFollower implements Load.Client {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PAUSE_MILLIS = 200;
    private static final int EVENTS_BY_ACKNOWLEDGEMENT = 3;

    private final Load load;
    private final Told told;

    SocketFollower(Load load, Told told) {
        this.load = load;
        this.told = told;
    }

    @Override
    public void run() throws IOException {
        while (load.isFollowed()) {
            Connection connection = new Connection(told.connected());
            try {
                WebSocket socket = CLIENT.newWebSocketBuilder()
                        .header("Authorization", "Bearer " + load.token())
                        .buildAsync(
                                URI.create("ws://127.0.0.1:%d/storage/v1/events/ws".formatted(load.port())), connection)
                        .join();
                load.closesAtTheEnd(() -> connection.abort(socket));
                connection.ended.join();
            } catch (CompletionException broken) {
                // the next one says what was missed
            }
            load.waits(PAUSE_MILLIS);
        }
    }

    private final class Connection implements WebSocket.Listener {

        private final long after;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private CompletableFuture<?> said = CompletableFuture.completedFuture(null);
        private int events;

        Connection(long after) {
            this.after = after;
        }

        @Override
        public void onOpen(WebSocket socket) {
            say(socket, """
                    {"type": "subscribe", "id": "a", "bucket": "%s", "after": %d}""", load.bucket(), after);
            socket.request(Long.MAX_VALUE);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                take(socket, JsonMapper.shared().readTree(text.toString()));
                text.setLength(0);
            }
            return null;
        }

        private void take(WebSocket socket, JsonNode message) {
            switch (message.path("type").asString("")) {
                case "event" -> event(socket, message.path("event"));
                case "subscribed" -> {}
                default -> told.other(message.path("type").asString(""), message);
            }
        }

        private void event(WebSocket socket, JsonNode event) {
            told.event(event);
            if (++events % EVENTS_BY_ACKNOWLEDGEMENT == 0) {
                long sequence = event.path("sequence").asLong();
                told.dealtWith(sequence);
                say(socket, """
                        {"type": "ack", "subscription": "a", "sequence": %d}""", sequence);
            }
        }

        void abort(WebSocket socket) {
            socket.abort();
            ended.complete(null);
        }

        private void say(WebSocket socket, String message, Object... arguments) {
            said = said.thenCompose(before -> socket.sendText(message.formatted(arguments), true));
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            ended.complete(null);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            ended.complete(null);
        }
    }
}
