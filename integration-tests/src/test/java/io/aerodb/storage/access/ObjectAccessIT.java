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

/** Every operation on objects, by every caller, in every kind of bucket, on everybody's objects. */
class ObjectAccessIT {

    private static final byte[] OLD = Bytes.of("as it was");
    private static final byte[] NEW = Bytes.of("overwritten by somebody");
    private static final Map<String, Integer> SUCCESS =
            Map.of("read", 200, "head", 200, "info", 200, "post", 201, "put", 200, "delete", 204);

    private final Gateway gateway = SharedGateway.get();
    private final Caller.Cast cast = new Caller.Cast(Names.user(), Names.user(), Names.user());
    private final Map<String, String> buckets = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> everyRowOfTheTableHolds() {
        return AccessTable.read("objects.txt").tests(this::outcome);
    }

    private String outcome(Row row, Caller caller) {
        String bucket = row.inNoBucket() ? Names.bucket("none") : bucket(row.policy());
        String path = arranged(bucket, row.object());
        List<Map<String, Object>> before = rowsAt(bucket, path);

        Answer answer = performed(row.operation(), caller.on(gateway, cast), bucket, path);

        boolean succeeded = answer.status() == SUCCESS.get(row.operation());
        if (!succeeded) {
            assertThat(rowsAt(bucket, path)).as("rows after %s", answer).isEqualTo(before);
            assertOldBytes(bucket, path, before.isEmpty());
        }
        if (succeeded && row.operation().equals("read")) {
            assertThat(answer.body()).isEqualTo(OLD);
        }
        return succeeded ? "ok" : Integer.toString(answer.status());
    }

    private static Answer performed(String operation, Api api, String bucket, String path) {
        return switch (operation) {
            case "read" -> api.download(bucket, path);
            case "head" -> api.head(bucket, path);
            case "info" -> api.info(bucket, path);
            case "post" -> api.upload(bucket, path, NEW);
            case "put" -> api.replace(bucket, path, NEW);
            case "delete" -> api.remove(bucket, path);
            default -> throw new IllegalArgumentException(operation);
        };
    }

    private String bucket(String policy) {
        return buckets.computeIfAbsent(policy, gateway.asUser(cast.owner())::newBucket);
    }

    /** The path of an object as the table names it; what is to be there is made by the service in its owner's name. */
    private String arranged(String bucket, String object) {
        String fresh = Names.bucket("file");
        return switch (object) {
            case "A's" -> existing(bucket, cast.a(), fresh);
            case "B's" -> existing(bucket, cast.b(), fresh);
            case "owner's" -> existing(bucket, cast.owner(), fresh);
            case "none in A's folder" -> cast.a() + "/" + fresh;
            case "none in the owner's" -> cast.owner() + "/" + fresh;
            case "none at the top" -> fresh;
            default -> throw new IllegalArgumentException(object);
        };
    }

    private String existing(String bucket, String user, String name) {
        String path = user + "/" + name;
        Answer made = gateway.as(gateway.tokens().serviceFor(user)).upload(bucket, path, OLD);
        assertThat(made.expect(201).field("owner_id")).isEqualTo(user);
        return path;
    }

    private List<Map<String, Object>> rowsAt(String bucket, String path) {
        return gateway.database().rows("""
                        SELECT o.id, o.version, o.owner_id, o.blob_key, o.checksum, o.updated_at, l.state
                        FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id JOIN storage.blobs l ON l.key = o.blob_key
                        WHERE b.name = ? AND o.name = ?""", bucket, path);
    }

    private void assertOldBytes(String bucket, String path, boolean missing) {
        Answer content = gateway.asService().download(bucket, path);
        assertThat(content.status()).isEqualTo(missing ? 404 : 200);
        if (!missing) {
            assertThat(content.body()).isEqualTo(OLD);
        }
    }
}
