package io.aerodb.storage.events;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.events.EventStream.Message;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told over server-sent events, to whom, and in which order. */
class EventStreamIT {

    private final Gateway gateway = SharedGateway.get();
    private final String owner = Names.user();
    private final String token = gateway.tokens().user(owner);
    private final Api api = gateway.as(token);

    @Test
    void everyChangeIsToldWithWhatItWasAndWhoDidIt() {
        String name = Names.bucket("told");
        try (EventStream stream = listen("?bucket=" + name)) {
            assertThat(stream.header("content-type")).isEqualTo("text/event-stream");
            assertThat(stream.header("cache-control")).isEqualTo("no-store");
            assertThat(stream.header("x-accel-buffering")).isEqualTo("no");
            api.createBucket("{\"name\": \"%s\"}".formatted(name)).expect(201);
            api.upload(name, "a/b", Bytes.of("abc"), "Content-Type", "text/plain")
                    .expect(201);
            api.replace(name, "a/b", Bytes.of("abcde"), "Content-Type", "text/css")
                    .expect(200);
            api.move(name, "a/b", "a/c").expect(200);
            api.remove(name, "a/c").expect(204);
            api.send("PATCH", "/bucket/" + name, Map.of("policy", "public")).expect(200);
            api.delete("/bucket/" + name).expect(200);

            List<Message> told = stream.next(7);
            assertThat(told)
                    .extracting(Message::event)
                    .containsExactly(
                            "storage.bucket.created",
                            "storage.object.created",
                            "storage.object.updated",
                            "storage.object.moved",
                            "storage.object.deleted",
                            "storage.bucket.updated",
                            "storage.bucket.deleted");
            assertThat(told).allSatisfy(message -> {
                assertThat(message.id()).isEqualTo(Long.toString(message.sequence()));
                assertThat(message.data().path("type").asString("")).isEqualTo(message.event());
                assertThat(message.data().path("bucket").asString("")).isEqualTo(name);
                assertThat(message.data().path("bucket_id").asString("")).isNotEmpty();
                assertThat(message.data().path("id").asString("")).isNotEmpty();
                assertThat(message.data().path("owner_id").asString("")).isEqualTo(owner);
                assertThat(message.data().path("actor").asString("")).isEqualTo(owner);
                assertThat(Instant.parse(message.data().path("timestamp").asString("")))
                        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
            });
            assertThat(told).extracting(Message::sequence).isSorted().doesNotHaveDuplicates();
            assertThat(told.get(2).data().path("size").asInt(-1)).isEqualTo(5);
            assertThat(told.get(2).data().path("content_type").asString("")).isEqualTo("text/css");
            assertThat(told.get(2).data().path("version").asString(""))
                    .isNotEqualTo(told.get(1).data().path("version").asString(""));
            assertThat(told.get(3).path()).isEqualTo("a/c");
            assertThat(told.get(3).data().path("old_path").asString("")).isEqualTo("a/b");
            assertThat(told.get(3).data().path("old_bucket").asString("")).isEqualTo(name);
            assertThat(told.get(4).data().path("object_id").asString(""))
                    .isEqualTo(told.get(1).data().path("object_id").asString("x"));
            assertThat(told.get(6).data().path("path").isNull()).isTrue();
        }
    }

    @Test
    void damageAndChangesBySqlAreToldAndWhatIsRolledBackIsNot() throws SQLException {
        String bucket = api.newBucket("private");
        api.upload(bucket, "a", Bytes.of("abc")).expect(201);
        Database database = gateway.database();
        try (EventStream stream = listen("?bucket=" + bucket)) {
            try (Connection undone = database.connect()) {
                undone.setAutoCommit(false);
                Database.run(undone, "DELETE FROM storage.objects WHERE name = 'a' AND owner_id = ?", owner);
                undone.rollback();
            }
            database.execute(
                    "SELECT storage_private.blob_corrupt(blob_key) FROM storage.objects WHERE owner_id = ?", owner);
            database.execute("DELETE FROM storage.objects WHERE owner_id = ?", owner);

            assertThat(stream.next(2))
                    .extracting(Message::event)
                    .containsExactly("storage.object.corrupted", "storage.object.deleted");
            assertThat(stream.rest()).isEmpty();
        }
    }

    @Test
    void onlyWhatWasAskedForIsTold() {
        String bucket = api.newBucket("private");
        String other = api.newBucket("private");
        String id = api.get("/bucket/" + bucket).field("id");
        String query = "?bucket=" + id + "&prefix=in/&types=storage.object.created,storage.object.moved";
        try (EventStream stream = listen(query)) {
            api.upload(other, "in/a", Bytes.of("a")).expect(201);
            api.upload(bucket, "out/a", Bytes.of("a")).expect(201);
            api.upload(bucket, "in/a", Bytes.of("a")).expect(201);
            api.replace(bucket, "in/a", Bytes.of("b")).expect(200);
            api.move(bucket, "in/a", "out/b").expect(200);
            api.upload(bucket, "in/last", Bytes.of("a")).expect(201);

            assertThat(stream.next(3)).extracting(Message::path).containsExactly("in/a", "out/b", "in/last");
        }
    }

    @Test
    void whoComesBackGetsWhatHeMissedOnceAndInOrder() {
        String bucket = api.newBucket("private");
        String last;
        try (EventStream stream = listen("?bucket=" + bucket)) {
            api.upload(bucket, "0", Bytes.of("a")).expect(201);
            last = stream.next().id();
        }
        for (int i = 1; i < 6; i++) {
            api.upload(bucket, Integer.toString(i), Bytes.of("a")).expect(201);
        }
        try (EventStream stream = listen("?bucket=" + bucket, "Last-Event-ID", last)) {
            assertThat(stream.next(5)).extracting(Message::path).containsExactly("1", "2", "3", "4", "5");
            api.upload(bucket, "6", Bytes.of("a")).expect(201);
            assertThat(stream.next().path()).isEqualTo("6");
            assertThat(stream.rest()).isEmpty();
        }
        try (EventStream stream = listen("?bucket=" + bucket, "Last-Event-ID", "0")) {
            assertThat(stream.next(8)).extracting(Message::path).containsExactly("", "0", "1", "2", "3", "4", "5", "6");
        }
    }

    @Test
    void eachSubscriberIsToldWhatHeMaySee() {
        String other = gateway.tokens().user(Names.user());
        String hidden = api.newBucket("private");
        String open = api.newBucket("public");
        try (EventStream mine = listen("?bucket=" + hidden);
                EventStream others = EventStream.listen(gateway, other, "");
                EventStream everybodys = EventStream.listen(gateway, null, "");
                EventStream services =
                        EventStream.listen(gateway, gateway.tokens().service(), "?bucket=" + hidden)) {
            api.upload(hidden, "a", Bytes.of("a")).expect(201);
            api.remove(hidden, "a").expect(204);
            api.upload(open, "b", Bytes.of("b")).expect(201);
            api.remove(open, "b").expect(204);

            assertThat(mine.next(2)).extracting(Message::path).containsExactly("a", "a");
            assertThat(services.next(2)).extracting(Message::path).containsExactly("a", "a");
            assertThat(until(others, "b")).doesNotContain("a");
            assertThat(until(everybodys, "b")).doesNotContain("a");
        }
    }

    @Test
    void whatMovedIntoTheOpenDoesNotTellWhereItWas() {
        String hidden = api.newBucket("private");
        String open = api.newBucket("public");
        try (EventStream mine = listen("?bucket=" + hidden);
                EventStream everybodys = EventStream.listen(gateway, null, "?bucket=" + open)) {
            api.upload(hidden, "secret", Bytes.of("a")).expect(201);
            api.send(
                            "POST",
                            "/object/move",
                            Map.of(
                                    "bucketId",
                                    hidden,
                                    "sourceKey",
                                    "secret",
                                    "destinationBucket",
                                    open,
                                    "destinationKey",
                                    "known"))
                    .expect(200);

            Message seen = everybodys.next();
            assertThat(seen.path()).isEqualTo("known");
            assertThat(seen.data().toString()).doesNotContain("secret", hidden);
            assertThat(mine.next().event()).isEqualTo("storage.object.created");
            assertThat(mine.next().data().path("old_path").asString("")).isEqualTo("secret");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bucket=a%2Fb, , bucket",
        "prefix=%00, , prefix",
        "types=storage.object.burned, , types",
        "types=, , types",
        "'', x, Last-Event-ID",
        "'', -1, Last-Event-ID",
        "'', 1.5, Last-Event-ID",
        "'', 12345678901234567890, Last-Event-ID"
    })
    void whatCannotBeAskedForIsRefusedByName(String query, String lastEventId, String field) {
        String[] headers = lastEventId == null ? new String[0] : new String[] {"Last-Event-ID", lastEventId};
        assertThat(api.get("/events?" + query, headers)).isRefusedBecauseOf(field, "InvalidRequest");
    }

    private EventStream listen(String query, String... headers) {
        return EventStream.listen(gateway, token, query, headers);
    }

    /** The paths that came up to and with the second one of this name. */
    private static List<String> until(EventStream stream, String path) {
        List<String> paths = new java.util.ArrayList<>();
        while (paths.stream().filter(path::equals).count() < 2) {
            paths.add(stream.next().path());
        }
        return paths;
    }
}
