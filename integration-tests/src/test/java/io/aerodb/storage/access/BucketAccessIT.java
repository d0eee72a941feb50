package io.aerodb.storage.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.access.AccessTable.Row;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every operation on buckets, by every caller, on every kind of bucket. */
class BucketAccessIT {

    private static final Map<String, Integer> SUCCESS =
            Map.of("create", 201, "get", 200, "list", 200, "delete", 200, "patch", 200, "put", 200, "empty", 200);

    private final Gateway gateway = SharedGateway.get();
    private final Caller.Cast cast = new Caller.Cast(Names.user(), Names.user(), Names.user());

    @TestFactory
    Stream<DynamicTest> everyRowOfTheTableHolds() {
        return AccessTable.read("buckets.txt").tests(this::outcome);
    }

    private String outcome(Row row, Caller caller) {
        String bucket = arranged(row);
        List<Map<String, Object>> before = rowsOf(bucket);

        Answer answer = performed(row, caller.on(gateway, cast), bucket);

        if (answer.status() != SUCCESS.get(row.operation())) {
            assertThat(rowsOf(bucket)).as("rows after %s", answer).isEqualTo(before);
            return Integer.toString(answer.status());
        }
        return row.operation().equals("list") ? listed(answer, bucket) : "ok";
    }

    private static Answer performed(Row row, Api api, String bucket) {
        return switch (row.operation()) {
            case "create" -> api.createBucket("{\"name\": \"%s\", \"policy\": \"%s\"}".formatted(bucket, row.policy()));
            case "get" -> api.get("/bucket/" + bucket);
            case "list" -> api.get("/bucket?limit=1000&search=" + bucket);
            case "patch" -> api.send("PATCH", "/bucket/" + bucket, Map.of("max_file_size", 5));
            case "put" ->
                api.send(
                        "PUT",
                        "/bucket/" + bucket,
                        Map.of("public", row.policy().equals("public")));
            case "empty" -> api.send("POST", "/bucket/" + bucket + "/empty", Map.of());
            case "delete" -> api.delete("/bucket/" + bucket);
            default -> throw new IllegalArgumentException(row.operation());
        };
    }

    private String arranged(Row row) {
        return row.inNoBucket() || row.operation().equals("create")
                ? Names.bucket("none")
                : gateway.asUser(cast.owner()).newBucket(row.policy());
    }

    private static String listed(Answer list, String bucket) {
        boolean found = list.json()
                .valueStream()
                .anyMatch(each -> each.path("name").asString().equals(bucket));
        return found ? "listed" : "hidden";
    }

    private List<Map<String, Object>> rowsOf(String bucket) {
        return gateway.database().rows("SELECT * FROM storage.buckets WHERE name = ?", bucket).stream()
                .peek(row -> row.remove("allowed_mime_types"))
                .toList();
    }
}
