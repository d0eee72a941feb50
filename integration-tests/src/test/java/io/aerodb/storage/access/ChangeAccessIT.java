package io.aerodb.storage.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.access.AccessTable.Row;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every listing, copy, move and removal of many, by every caller, in every kind of bucket. */
class ChangeAccessIT {

    private static final byte[] CONTENT = Bytes.of("x");

    private final Gateway gateway = SharedGateway.get();
    private final Caller.Cast cast = new Caller.Cast(Names.user(), Names.user(), Names.user());
    private final Map<String, String> buckets = new HashMap<>();
    /** Where every user may read, create, and take away what is his. */
    private final String common = gateway.asUser(Names.user()).newBucket("authenticated");

    @TestFactory
    Stream<DynamicTest> everyRowOfTheTableHolds() {
        return AccessTable.read("changes.txt").tests(this::outcome);
    }

    private String outcome(Row row, Caller caller) {
        Place place = arranged(row);
        List<Map<String, Object>> before = rows(place);

        List<Answer> answers = performed(row.operation(), caller, place);

        List<String> outcomes = answers.stream()
                .map(answer -> outcome(row.operation(), answer, place))
                .distinct()
                .toList();
        if (!outcomes.contains("ok")) {
            assertThat(rows(place)).as("rows after %s", answers).isEqualTo(before);
        }
        return String.join(" or ", outcomes);
    }

    private List<Answer> performed(String operation, Caller caller, Place place) {
        Api api = caller.on(gateway, cast);
        String fresh = Names.bucket("fresh");
        return switch (operation) {
            case "list" ->
                List.of(
                        api.send("POST", "/object/list/" + place.bucket, Map.of("prefix", place.folder())),
                        api.send("POST", "/object/list-v2/" + place.bucket, Map.of("prefix", place.folder())),
                        api.get("/object/list/" + place.bucket + "?prefix=" + place.folder()));
            case "copy-out" -> List.of(relocate("copy", api, place, new Place(common, fresh)));
            case "copy-in" -> List.of(relocate("copy", api, owned(caller, fresh), place));
            case "copy-over" -> List.of(relocate("copy", api, owned(caller, fresh), place, "x-upsert", "true"));
            case "rename" -> List.of(relocate("move", api, place, new Place(place.bucket, place.folder() + fresh)));
            case "move-out" -> List.of(relocate("move", api, place, new Place(common, fresh)));
            case "move-in" -> List.of(relocate("move", api, owned(caller, fresh), place));
            case "bulk" -> List.of(api.removeAll(place.bucket, List.of(place.path)));
            case "delete-prefix" ->
                List.of(api.send(
                        "POST", "/object/delete-prefix", Map.of("bucketId", place.bucket, "prefix", place.folder())));
            case "move-prefix" ->
                List.of(api.send(
                        "POST",
                        "/object/move-prefix",
                        Map.of(
                                "bucketId",
                                place.bucket,
                                "sourcePrefix",
                                place.folder(),
                                "destinationPrefix",
                                place.user() + "/" + fresh)));
            default -> throw new IllegalArgumentException(operation);
        };
    }

    private static Answer relocate(String how, Api api, Place from, Place to, String... headers) {
        Map<String, String> way = Map.of(
                "bucketId", from.bucket,
                "sourceKey", from.path,
                "destinationBucket", to.bucket,
                "destinationKey", to.path);
        return api.send("POST", "/object/" + how, way, headers);
    }

    private static String outcome(String operation, Answer answer, Place place) {
        if (answer.status() != 200) {
            return Integer.toString(answer.status());
        }
        return switch (operation) {
            case "list" -> answer.text().contains(place.file()) ? "ok" : "none";
            case "bulk" ->
                answer.each("name").equals(List.of(place.path))
                        ? "ok"
                        : answer.text().replace("[]", "none");
            case "delete-prefix" -> answer.json().path("deleted").longValue() > 0 ? "ok" : "none";
            case "move-prefix" -> answer.json().path("moved").longValue() > 0 ? "ok" : "none";
            default -> "ok";
        };
    }

    /** An object in the common bucket that the caller may do everything with, if he may do anything. */
    private Place owned(Caller caller, String path) {
        String user =
                switch (caller) {
                    case A -> cast.a();
                    case B -> cast.b();
                    default -> cast.owner();
                };
        gateway.asUser(user).upload(common, path, CONTENT).expect(201);
        return new Place(common, path);
    }

    /** The object as the table names it; each has a folder to itself, in its user's. */
    private Place arranged(Row row) {
        String bucket = row.inNoBucket()
                ? Names.bucket("none")
                : buckets.computeIfAbsent(row.policy(), gateway.asUser(cast.owner())::newBucket);
        String file = Names.bucket("folder") + "/" + Names.bucket("file");
        return switch (row.object()) {
            case "A's" -> existing(cast.a(), new Place(bucket, cast.a() + "/" + file));
            case "owner's" -> existing(cast.owner(), new Place(bucket, cast.owner() + "/" + file));
            case "none in A's folder" -> new Place(bucket, cast.a() + "/" + file);
            case "none in the owner's" -> new Place(bucket, cast.owner() + "/" + file);
            case "none at the top" -> new Place(bucket, Names.bucket("file"));
            default -> throw new IllegalArgumentException(row.object());
        };
    }

    private Place existing(String user, Place place) {
        gateway.as(gateway.tokens().serviceFor(user))
                .upload(place.bucket, place.path, CONTENT)
                .expect(201);
        return place;
    }

    private List<Map<String, Object>> rows(Place place) {
        return gateway.database().rows("""
                        SELECT o.id, o.name, o.version, o.owner_id, o.blob_key, o.updated_at, l.state
                        FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id JOIN storage.blobs l ON l.key = o.blob_key
                        WHERE b.name = ? ORDER BY o.name""", place.bucket);
    }

    private record Place(String bucket, String path) {

        String folder() {
            return path.substring(0, path.lastIndexOf('/') + 1);
        }

        String file() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        String user() {
            return path.substring(0, path.indexOf('/'));
        }
    }
}
