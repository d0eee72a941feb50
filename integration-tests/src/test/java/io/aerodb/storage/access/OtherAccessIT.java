package io.aerodb.storage.access;

import io.aerodb.storage.access.AccessTable.Row;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every address that is in no other table, by every caller. */
class OtherAccessIT {

    private final Gateway gateway = SharedGateway.get();
    private final Caller.Cast cast = new Caller.Cast(Names.user(), Names.user(), Names.user());
    private final Map<String, String> buckets = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> everyRowOfTheTableHolds() {
        return AccessTable.read("others.txt").tests(this::outcome);
    }

    private String outcome(Row row, Caller caller) {
        String bucket = row.inNoBucket() ? "nowhere" : buckets.computeIfAbsent(row.policy(), this::bucketWithFile);
        String path = row.object().equals("none") ? "none" : "file";

        Answer answer = performed(row.operation(), caller.on(gateway, cast), bucket + "/" + path, bucket);

        return answer.status() == 200 ? "ok" : Integer.toString(answer.status());
    }

    private static Answer performed(String operation, Api api, String object, String bucket) {
        return switch (operation) {
            case "status", "version", "limits" -> api.get("/" + operation);
            case "limits-in" -> api.get("/limits?bucket=" + bucket);
            case "explain" ->
                api.postJson("/admin/explain", "{\"bucket\": \"b\", \"path\": \"x\", \"operation\": \"select\"}");
            case "get-public" -> api.get("/object/public/" + object);
            case "info-public" -> api.get("/object/info/public/" + object);
            case "get-authenticated" -> api.get("/object/authenticated/" + object);
            case "info-authenticated" -> api.get("/object/info/authenticated/" + object);
            default -> throw new IllegalArgumentException(operation);
        };
    }

    /** A bucket of the owner with a file of A; "-" has neither. */
    private String bucketWithFile(String policy) {
        if (policy.equals("-")) {
            return policy;
        }
        String bucket = gateway.asUser(cast.owner()).newBucket(policy);
        gateway.as(gateway.tokens().serviceFor(cast.a()))
                .upload(bucket, "file", Bytes.of("x"))
                .expect(201);
        return bucket;
    }
}
