package io.aerodb.storage.events;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.events.EventStream.Message;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When a subscriber is not told any more, or not let in; on a gateway with small bounds. */
class EventLimitsIT {

    private static final String PAGE = "https://app.example.com";

    private static Gateway gateway;

    private final String user = Names.user();
    private final String token = gateway.tokens().user(user);
    private final Api api = gateway.as(token);
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                "--storage.auth.clock-skew=0s",
                "--storage.cors.allowed-origins=" + PAGE,
                "--storage.events.heartbeat=300ms",
                "--storage.events.buffer=1000",
                "--storage.events.send-timeout=2s",
                "--storage.events.max-subscribers-per-caller=2",
                "--storage.shutdown-timeout=8s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aStreamWithNothingToTellBeatsAndRemembersHowFarItIs() {
        try (EventStream stream = listen()) {
            await("heartbeats").until(() -> stream.beats() >= 3);
            assertThat(Integer.parseInt(stream.retry())).isBetween(1000, 4000);
            String before = stream.lastId();
            gateway.asUser(Names.user()).newBucket("private");

            await("the id of what is not told").untilAsserted(() -> assertThat(Long.parseLong(stream.lastId()))
                    .isGreaterThan(Long.parseLong(before)));
            assertThat(stream.rest()).isEmpty();
        }
    }

    @Test
    void aStreamEndsWithItsToken() throws InterruptedException {
        String brief = gateway.tokens().expiringAt(user, Instant.now().plusSeconds(3));
        try (EventStream stream = EventStream.listen(gateway, brief, "?bucket=" + bucket)) {
            api.upload(bucket, "before", Bytes.of("a")).expect(201);
            assertThat(stream.next().path()).isEqualTo("before");
            Message last = stream.next();
            assertThat(last.event()).isEqualTo("token_expired");
            assertThat(last.data().path("last_event_id").asString("")).isEqualTo(last.id());
            assertThat(stream.endsWithin(Duration.ofSeconds(5))).isTrue();
            api.upload(bucket, "after", Bytes.of("a")).expect(201);
            assertThat(stream.rest()).isEmpty();
        }
    }

    @Test
    void eventsThatNobodyWaitsForAreNumberedAndNotRead() {
        await("no subscribers").untilAsserted(() -> assertThat(metric("storage_event_subscribers"))
                .isZero());
        Database database = gateway.database();
        database.execute("REVOKE EXECUTE ON FUNCTION storage_private.events_after FROM storage_gateway");
        try {
            for (String path : List.of("one", "two")) { // when the second has its number, a look at the first is over
                api.upload(bucket, path, Bytes.of("a")).expect(201);
                await("numbers")
                        .until(() -> database.count("SELECT count(*) FROM storage.events WHERE sequence IS NULL") == 0);
            }
        } finally {
            database.execute("GRANT EXECUTE ON FUNCTION storage_private.events_after TO storage_gateway");
        }
        assertThat(gateway.output()).doesNotContain("events_not_read");
    }

    @Test
    void oneCallerHasSoManyStreamsAndGetsThemBack() {
        try (EventStream one = listen();
                EventStream two = listen()) {
            assertThat(List.of(one.status(), two.status())).containsOnly(200);
            assertThat(api.get("/events")).isRefused(429, "SlowDown").hasHeader("retry-after", "1");
            EventStream.listen(gateway, gateway.tokens().user(Names.user()), "").close();
        }
        await("slots").untilAsserted(() -> listen().close());
        await("no subscribers").untilAsserted(() -> assertThat(metric("storage_event_subscribers"))
                .isZero());
    }

    @Test
    void pagesOfOtherOriginsDoNotListen() {
        String stranger = "https://evil.example.com";
        assertThat(api.get("/events", "Origin", stranger)).isRefused(403, "AccessDenied");
        try (EventStream page = listen("Origin", PAGE)) {
            assertThat(page.header("access-control-allow-origin")).isEqualTo(PAGE);
        }
        try (EventStream own = listen("Origin", gateway.address().toString())) {
            assertThat(own.status()).isEqualTo(200);
        }
    }

    @Test
    void aSocketCountsForWhoItSaysItIs() {
        try (SocketClient own = SocketClient.open(gateway, token);
                SocketClient said = SocketClient.open(gateway, null)) {
            said.say("{'type':'token','token':'%s'}", token);
            said.next("token_accepted");
            try (SocketClient other = SocketClient.open(gateway, null)) {
                other.say("{'type':'token','token':'%s'}", token);
                assertThat(other.next("error").path("code").asString("")).isEqualTo("SlowDown");
            }
            own.say("{'type':'subscribe','id':'a'}");
            own.next("subscribed");
        }
    }

    @Test
    void whatIsNotKeptAnyMoreIsAGapAndNotSilence() {
        EventStream before = listen();
        api.upload(bucket, "lost", Bytes.of("a")).expect(201);
        long first = before.next().sequence();
        before.close();
        api.upload(bucket, "lost too", Bytes.of("a")).expect(201);
        await("numbers")
                .until(() -> gateway.database()
                                .count(
                                        "SELECT count(*) FROM storage.events WHERE path = 'lost too' AND sequence IS NOT NULL")
                        == 1);
        gateway.database().execute("SELECT storage_private.events_expire(0, 1000000)");
        api.upload(bucket, "kept", Bytes.of("a")).expect(201);

        try (EventStream stream = listen("Last-Event-ID", Long.toString(first))) {
            Message gap = stream.next();
            Message kept = stream.next();
            assertThat(gap.event()).isEqualTo("gap");
            assertThat(kept.path()).isEqualTo("kept");
            assertThat(gap.data().path("oldest").asLong(-1)).isBetween(first + 2, kept.sequence());
        }
        try (EventStream ofAnotherLog = listen("Last-Event-ID", "999999999999")) {
            assertThat(ofAnotherLog.next().event()).isEqualTo("gap");
            api.upload(bucket, "next", Bytes.of("a")).expect(201);
            assertThat(ofAnotherLog.next().path()).isEqualTo("next");
        }
        try (EventStream all = listen("Last-Event-ID", "0")) {
            assertThat(all.next().path()).isEqualTo("kept");
        }
    }

    @Test
    void whoTakesNothingIsCutOffAndOthersAreTold() throws Exception {
        String object =
                api.upload(bucket, "original", Bytes.of("a")).expect(201).field("id");
        try (RawHttp stuck = RawHttp.openNarrow(gateway.port())
                        .request(
                                "GET /storage/v1/events?bucket=" + bucket + " HTTP/1.1",
                                "Authorization: Bearer " + token);
                EventStream quick = EventStream.listen(gateway, gateway.tokens().service(), "?bucket=" + bucket)) {
            stuck.request("GET /storage/v1/events?bucket=" + bucket + " HTTP/1.1", "Authorization: Bearer " + token);
            await("the stream").untilAsserted(() -> assertThat(metric("storage_event_subscribers"))
                    .isEqualTo(2));
            gateway.database().multiply(object, 20_000);
            assertThat(quick.next(20_000)).hasSize(20_000);

            await("an end").untilAsserted(() -> assertThat(metric("storage_event_subscribers"))
                    .isEqualTo(1));
        }
    }

    @Test
    void theStreamsEndBeforeTheGatewayDoesAndSayWhereToGoOn() throws Exception {
        List<EventStream> streams = new ArrayList<>(List.of(listen(), listen()));
        api.upload(bucket, "a", Bytes.of("a")).expect(201);
        String last = streams.get(0).next().id();
        streams.get(1).next();
        long told = System.nanoTime();
        gateway.stop();
        try {
            assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(8));
            for (EventStream stream : streams) {
                Message resume = stream.next();
                assertThat(resume.event()).isEqualTo("resume");
                assertThat(resume.data().path("reason").asString("")).isEqualTo("shutdown");
                assertThat(Long.parseLong(resume.id())).isGreaterThanOrEqualTo(Long.parseLong(last));
                assertThat(stream.endsWithin(Duration.ofSeconds(1))).isTrue();
            }
        } finally {
            gateway.restart();
        }
        api.upload(bucket, "b", Bytes.of("a")).expect(201);
        try (EventStream again = listen("Last-Event-ID", last)) {
            assertThat(again.next().path()).isEqualTo("b");
        }
    }

    private EventStream listen(String... headers) {
        return EventStream.listen(gateway, token, "?bucket=" + bucket, headers);
    }

    private static double metric(String name) {
        return new Metrics(gateway).value(name);
    }
}
