package io.aerodb.storage.events;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Events over a WebSocket: what its messages do. */
class EventSocketIT {

    private static Gateway gateway;

    private final String user = Names.user();
    private final String token = gateway.tokens().user(user);
    private final Api api = gateway.as(token);
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                "--storage.auth.clock-skew=0s",
                "--storage.cors.allowed-origins=https://app.example.com",
                "--storage.events.heartbeat=300ms",
                "--storage.events.send-timeout=2s",
                "--storage.events.max-subscriptions=2",
                "--storage.events.max-unacknowledged=3",
                "--storage.shutdown-timeout=8s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aSubscriptionIsToldUntilItEnds() {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            socket.say("{'type':'subscribe','id':'a','bucket':'%s','prefix':'in/'}", bucket);
            assertThat(socket.next("subscribed").path("id").asString("")).isEqualTo("a");
            api.upload(bucket, "out", Bytes.of("a")).expect(201);
            api.upload(bucket, "in/1", Bytes.of("a")).expect(201);

            JsonNode told = socket.next("event");
            assertThat(told.path("subscription").asString("")).isEqualTo("a");
            assertThat(told.path("event").path("path").asString("")).isEqualTo("in/1");
            assertThat(told.path("event").path("type").asString("")).isEqualTo("storage.object.created");
            socket.say("{'type':'unsubscribe','id':'a'}");
            assertThat(socket.next("unsubscribed").path("id").asString("")).isEqualTo("a");
            api.upload(bucket, "in/2", Bytes.of("a")).expect(201);
            socket.say(
                    "{'type':'subscribe','id':'a','bucket':'%s','after':%s}",
                    bucket, told.path("event").path("sequence").asLong(-1));
            socket.next("subscribed");
            assertThat(socket.next("event").path("event").path("path").asString(""))
                    .isEqualTo("in/2");
        }
    }

    @Test
    void whatIsNotAcknowledgedHoldsTheNextBackAndThenEndsTheSocket() throws Exception {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            socket.say("{'type':'subscribe','id':'a','bucket':'%s'}", bucket);
            socket.next("subscribed");
            for (int i = 0; i < 8; i++) {
                api.upload(bucket, "f" + i, Bytes.of("a")).expect(201);
            }
            socket.next("event");
            long second = sequence(socket.next("event"));
            long third = sequence(socket.next("event"));
            socket.say("{'type':'ack','subscription':'a','sequence':%s}", second);
            socket.next("event");
            socket.next("event");

            JsonNode resume = socket.next("resume");
            assertThat(resume.path("subscription").asString("")).isEqualTo("a");
            assertThat(resume.path("sequence").asLong(-1)).isBetween(second, third - 1);
            assertThat(resume.path("reason").asString("")).isEqualTo("lagging");
            assertThat(socket.closeCode()).isEqualTo(1013);
        }
    }

    @Test
    void anAcknowledgementOfNothingNewGivesNoMorePatience() throws Exception {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            socket.say("{'type':'subscribe','id':'a','bucket':'%s'}", bucket);
            socket.next("subscribed");
            for (int i = 0; i < 4; i++) {
                api.upload(bucket, "f" + i, Bytes.of("a")).expect(201);
            }
            socket.next("event");
            Instant most = Instant.now().plusSeconds(7);
            while (!socket.closesWithin(Duration.ofMillis(500)) && Instant.now().isBefore(most)) {
                socket.say("{'type':'ack','subscription':'a','sequence':0}");
            }
            assertThat(socket.closeCode()).isEqualTo(1013);
        }
    }

    @Test
    void aNewTokenOfTheSameUserKeepsTheSocketOpenAndTheLastOneEndsIt() throws Exception {
        String brief = gateway.tokens().expiringAt(user, Instant.now().plusSeconds(3));
        try (SocketClient socket = SocketClient.open(gateway, brief)) {
            socket.say(
                    "{'type':'token','token':'%s'}",
                    gateway.tokens().expiringAt(user, Instant.now().plusSeconds(6)));
            socket.next("token_accepted");
            socket.say("{'type':'subscribe','id':'a','bucket':'%s'}", bucket);
            socket.next("subscribed");
            assertThat(socket.closesWithin(Duration.ofMillis(3500))).isFalse();
            api.upload(bucket, "later", Bytes.of("a")).expect(201);
            assertThat(socket.next("event").path("event").path("path").asString(""))
                    .isEqualTo("later");

            socket.next("token_expired");
            assertThat(socket.closeCode()).isEqualTo(4401);
        }
    }

    @Test
    void aTokenOfSomebodyElseOrABadOneEndsTheSocket() throws Exception {
        for (String wrong :
                List.of(gateway.tokens().user(Names.user()), gateway.tokens().service(), "nonsense")) {
            try (SocketClient socket = SocketClient.open(gateway, token)) {
                socket.say("{'type':'token','token':'%s'}", wrong);
                assertThat(socket.next("error").path("code").asString("")).isEqualTo("Unauthorized");
                assertThat(socket.closeCode()).isEqualTo(4401);
            }
        }
    }

    @Test
    void aSocketWithoutATokenMaySendOneFirstElseItSeesWhatEverybodySees() throws Exception {
        String open = api.newBucket("public");
        try (SocketClient mine = SocketClient.open(gateway, null);
                SocketClient anybodys = SocketClient.open(gateway, null)) {
            mine.say("{'type':'token','token':'%s'}", token);
            mine.next("token_accepted");
            mine.say("{'type':'subscribe','id':'a','bucket':'%s'}", bucket);
            mine.next("subscribed");
            anybodys.say("{'type':'subscribe','id':'a'}");
            anybodys.next("subscribed");
            api.upload(bucket, "hidden", Bytes.of("a")).expect(201);
            api.upload(open, "seen", Bytes.of("a")).expect(201);

            assertThat(mine.next("event").path("event").path("path").asString(""))
                    .isEqualTo("hidden");
            assertThat(anybodys.next("event").path("event").path("path").asString(""))
                    .isEqualTo("seen");
            anybodys.say("{'type':'token','token':'%s'}", token);
            assertThat(anybodys.next("error").path("code").asString("")).isEqualTo("Unauthorized");
            assertThat(anybodys.closeCode()).isEqualTo(4401);
        }
    }

    @Test
    void whatIsWrongIsSaidAndTheSocketGoesOn() {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            refused(socket, "{'type':'dance'}", "type");
            refused(socket, "{'type':'subscribe'}", "id");
            refused(socket, "{'type':'subscribe','id':'a','types':['storage.object.burned']}", "types");
            refused(socket, "{'type':'subscribe','id':'a','bucket':'a/b'}", "bucket");
            refused(socket, "{'type':'subscribe','id':'a','after':-1}", "after");
            refused(socket, "{'type':'ack','subscription':'a','sequence':1}", "subscription");
            socket.say("not json");
            assertThat(socket.next("error").path("code").asString("")).isEqualTo("InvalidRequest");
            socket.say("{'type':'subscribe','id':'a'}");
            socket.next("subscribed");
            refused(socket, "{'type':'subscribe','id':'a'}", "id");
            socket.say("{'type':'subscribe','id':'b'}");
            socket.next("subscribed");
            socket.say("{'type':'subscribe','id':'c'}");
            JsonNode tooMany = socket.next("error");
            assertThat(tooMany.path("code").asString("")).isEqualTo("SlowDown");
            assertThat(tooMany.path("id").asString("")).isEqualTo("c");
        }
    }

    @Test
    void aMessageThatIsTooLargeEndsTheSocket() throws Exception {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            socket.say("{'type':'%s'}", "x".repeat(70_000));
            assertThat(socket.closesWithin(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void anOpenSocketLivesOnItsHeartbeats() throws Exception {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            assertThat(socket.closesWithin(Duration.ofSeconds(3))).isFalse();
            assertThat(socket.pings()).isGreaterThan(2);
        }
    }

    @Test
    void onlyAllowedPagesAndOnlyUpgradesComeIn() {
        assertThat(SocketClient.refusal(gateway, token, "Origin", "https://evil.example.com"))
                .isEqualTo(403);
        try (SocketClient page = SocketClient.open(gateway, token, "Origin", "https://app.example.com")) {
            page.say("{'type':'subscribe','id':'a'}");
            page.next("subscribed");
        }
        assertThat(SocketClient.refusal(gateway, gateway.tokens().expired(user)))
                .isEqualTo(401);
        assertThat(api.get("/events/ws")).isRefusedBecauseOf("Upgrade", "InvalidRequest");
    }

    @Test
    void anOpenSocketHoldsAPlaceAndAClosedOneNone() {
        try (SocketClient socket = SocketClient.open(gateway, token)) {
            socket.say("{'type':'subscribe','id':'a'}");
            socket.next("subscribed");
            await("a place taken").untilAsserted(() -> assertThat(open()).isEqualTo(1));
        }
        await("no place taken").untilAsserted(() -> assertThat(open()).isZero());
    }

    @Test
    void socketsEndBeforeTheGatewayDoes() throws Exception {
        try (SocketClient told = SocketClient.open(gateway, token);
                SocketClient idle = SocketClient.open(gateway, token);
                SocketClient silent = SocketClient.open(gateway, token)) {
            told.say("{'type':'subscribe','id':'a','prefix':'none'}");
            told.next("subscribed");
            silent.say("{'type':'subscribe','id':'a','bucket':'%s'}", bucket);
            silent.next("subscribed");
            for (int i = 0; i < 4; i++) {
                api.upload(bucket, "f" + i, Bytes.of("a")).expect(201);
            }
            long first = sequence(silent.next("event"));
            silent.next("event");
            silent.next("event");
            gateway.stop();
            JsonNode resume = silent.next("resume");
            assertThat(resume.path("reason").asString("")).isEqualTo("shutdown");
            assertThat(resume.path("sequence").asLong(-1)) // acknowledged last, or told last when none waits behind it
                    .isIn(first - 1, first + 2);
            assertThat(silent.closeCode()).isEqualTo(1012);
            assertThat(told.next("resume").path("reason").asString("")).isEqualTo("shutdown");
            assertThat(told.closeCode()).isEqualTo(1012);
            assertThat(idle.closeCode()).isEqualTo(1012);
        } finally {
            gateway.restart();
        }
    }

    private static double open() {
        return new Metrics(gateway).sum("storage_open", "kind=\"subscriber\"");
    }

    private static void refused(SocketClient socket, String message, String field) {
        socket.say(message);
        JsonNode error = socket.next("error");
        assertThat(error.path("code").asString("")).isEqualTo("InvalidRequest");
        assertThat(error.path("field").asString("")).as(message).isEqualTo(field);
        assertThat(error.path("message").asString("")).isNotEmpty();
    }

    private static long sequence(JsonNode message) {
        return message.path("event").path("sequence").asLong(-1);
    }
}
