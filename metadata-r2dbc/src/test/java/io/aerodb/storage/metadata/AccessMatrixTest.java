package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadDecision.Refused;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of docs/api.md, "Who may do what": each cell is asked of the gateway's operations and of plain SQL. */
class AccessMatrixTest {

    private static final RlsContext OWNER = Callers.user("owner");
    private static final Map<String, RlsContext> CALLERS = Map.of(
            "anon",
            Callers.ANON,
            "alice",
            Callers.ALICE,
            "bob",
            Callers.BOB,
            "owner",
            OWNER,
            "service",
            Callers.SERVICE);
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private static TestDatabase database;
    private static Uploading uploading;
    private static final Map<String, SqlClient> CLIENTS = new HashMap<>();

    @BeforeAll
    static void open() {
        database = new TestDatabase();
        uploading = new Uploading(database);
        CALLERS.forEach((name, caller) -> CLIENTS.put(name, new SqlClient(database, caller)));
    }

    @AfterAll
    static void close() throws SQLException {
        for (SqlClient client : CLIENTS.values()) {
            client.close();
        }
        database.close();
    }

    // "owner" owns the bucket. "of" owns the object, which lies in the folder alice/ ("none": service_role made it).
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
                    policy        | operation     | of    | anon | alice | bob | owner | service
                    public        | read          | alice | yes  | yes   | yes | yes   | yes
                    public        | read          | none  | yes  | yes   | yes | yes   | yes
                    public        | read absent   | -     | 404  | 404   | 404 | 404   | 404
                    public        | create        | -     | 403  | 403   | 403 | yes   | yes
                    public        | overwrite     | alice | 403  | 403   | 403 | yes   | yes
                    public        | overwrite     | owner | 403  | 403   | 403 | yes   | yes
                    public        | overwrite     | none  | 403  | 403   | 403 | yes   | yes
                    public        | delete        | alice | 403  | 403   | 403 | yes   | yes
                    public        | delete        | owner | 403  | 403   | 403 | yes   | yes
                    public        | delete        | none  | 403  | 403   | 403 | yes   | yes
                    public        | delete absent | -     | 404  | 404   | 404 | 404   | 404
                    public        | find bucket   | -     | yes  | yes   | yes | yes   | yes
                    public        | list buckets  | -     | yes  | yes   | yes | yes   | yes
                    public        | delete bucket | -     | 403  | 403   | 403 | yes   | yes

                    authenticated | read          | alice | 403  | yes   | yes | yes   | yes
                    authenticated | read          | none  | 403  | yes   | yes | yes   | yes
                    authenticated | read absent   | -     | 403  | 404   | 404 | 404   | 404
                    authenticated | create        | -     | 403  | yes   | yes | yes   | yes
                    authenticated | overwrite     | alice | 403  | yes   | 403 | yes   | yes
                    authenticated | overwrite     | owner | 403  | 403   | 403 | yes   | yes
                    authenticated | overwrite     | none  | 403  | 403   | 403 | yes   | yes
                    authenticated | delete        | alice | 403  | yes   | 403 | yes   | yes
                    authenticated | delete        | owner | 403  | 403   | 403 | yes   | yes
                    authenticated | delete        | none  | 403  | 403   | 403 | yes   | yes
                    authenticated | delete absent | -     | 403  | 404   | 404 | 404   | 404
                    authenticated | find bucket   | -     | 403  | yes   | yes | yes   | yes
                    authenticated | list buckets  | -     | no   | yes   | yes | yes   | yes
                    authenticated | delete bucket | -     | 403  | 403   | 403 | yes   | yes

                    private       | read          | alice | 403  | yes   | 403 | yes   | yes
                    private       | read          | owner | 403  | 403   | 403 | yes   | yes
                    private       | read          | none  | 403  | 403   | 403 | yes   | yes
                    private       | read absent   | -     | 403  | 403   | 403 | 404   | 404
                    private       | create        | -     | 403  | 403   | 403 | yes   | yes
                    private       | overwrite     | alice | 403  | yes   | 403 | yes   | yes
                    private       | overwrite     | owner | 403  | 403   | 403 | yes   | yes
                    private       | overwrite     | none  | 403  | 403   | 403 | yes   | yes
                    private       | delete        | alice | 403  | yes   | 403 | yes   | yes
                    private       | delete        | owner | 403  | 403   | 403 | yes   | yes
                    private       | delete        | none  | 403  | 403   | 403 | yes   | yes
                    private       | delete absent | -     | 403  | 403   | 403 | 404   | 404
                    private       | find bucket   | -     | 403  | 404   | 404 | yes   | yes
                    private       | list buckets  | -     | no   | no    | no  | yes   | yes
                    private       | delete bucket | -     | 403  | 404   | 404 | yes   | yes

                    personal      | read          | alice | 403  | yes   | 403 | yes   | yes
                    personal      | read          | none  | 403  | 403   | 403 | yes   | yes
                    personal      | read absent   | -     | 403  | 403   | 403 | 404   | 404
                    personal      | create        | -     | 403  | yes   | 403 | 403   | yes
                    personal      | overwrite     | alice | 403  | yes   | 403 | 403   | yes
                    personal      | overwrite     | owner | 403  | 403   | 403 | 403   | yes
                    personal      | overwrite     | none  | 403  | 403   | 403 | 403   | yes
                    personal      | delete        | alice | 403  | yes   | 403 | yes   | yes
                    personal      | delete        | none  | 403  | 403   | 403 | yes   | yes
                    personal      | delete absent | -     | 403  | 403   | 403 | 404   | 404
                    personal      | find bucket   | -     | 403  | 404   | 404 | yes   | yes
                    personal      | list buckets  | -     | no   | no    | no  | yes   | yes
                    personal      | delete bucket | -     | 403  | 404   | 404 | yes   | yes
                    """)
    void theDatabaseAnswersAsTheContractSays(
            String policy,
            String operation,
            String of,
            String anon,
            String alice,
            String bob,
            String owner,
            String service)
            throws SQLException {
        Map<String, String> expected =
                Map.of("anon", anon, "alice", alice, "bob", bob, "owner", owner, "service", service);
        List<String> askedBySql = operation.equals("create") ? List.of() : List.copyOf(expected.keySet());
        assertThat(expected.keySet().stream()
                        .collect(Collectors.toMap(caller -> caller, caller -> gateway(policy, operation, of, caller))))
                .as("by the gateway's operations")
                .isEqualTo(expected);
        for (String caller : askedBySql) {
            assertThat(sql(policy, operation, of, caller))
                    .as("%s by SQL", caller)
                    .isEqualTo(expected.get(caller).equals("yes"));
        }
    }

    private static String gateway(String policy, String operation, String of, String caller) {
        String bucket = bucketWithObject(policy, of);
        RlsContext context = CALLERS.get(caller);
        return switch (operation) {
            case "read", "read absent" -> read(context, bucket, "alice/x");
            case "create", "overwrite" -> write(context, bucket);
            case "delete", "delete absent" ->
                word(database.objects
                        .delete(context, bucket, "alice/x", WriteRule.OVERWRITE)
                        .map(refusal -> refusal.map(Refusal::absence))
                        .block());
            case "find bucket" ->
                database.buckets.usage(context, bucket).block() instanceof Answer.NotGiven<BucketUsage> none
                        ? word(Optional.of(none.absence()))
                        : "yes";
            case "list buckets" ->
                database.buckets.list(context, 1000, 0, null, BucketSort.NAME, false).block().stream()
                                .anyMatch(listed -> listed.id().equals(bucket))
                        ? "yes"
                        : "no";
            case "delete bucket" ->
                word(database.buckets.delete(context, bucket).block());
            default -> throw new IllegalArgumentException(operation);
        };
    }

    private static boolean sql(String policy, String operation, String of, String caller) throws SQLException {
        String bucket = bucketWithObject(policy, of);
        SqlClient client = CLIENTS.get(caller);
        return switch (operation) {
            case "read", "read absent" ->
                client.value("SELECT count(*) FROM storage.storage_objects WHERE bucket_id = '%s'".formatted(bucket))
                        .equals("1");
            case "overwrite" ->
                client.outcome("UPDATE storage.objects SET name = 'alice/y' WHERE bucket_id = '%s'".formatted(bucket))
                        .equals("1");
            case "delete", "delete absent" ->
                client.outcome("DELETE FROM storage.objects WHERE bucket_id = '%s'".formatted(bucket))
                        .equals("1");
            case "find bucket", "list buckets" ->
                client.value("SELECT count(*) FROM storage.storage_buckets WHERE id = '%s'".formatted(bucket))
                        .equals("1");
            case "delete bucket" ->
                client.outcome("DELETE FROM storage.buckets WHERE id = '%s'".formatted(bucket))
                        .equals("1");
            default -> throw new IllegalArgumentException(operation);
        };
    }

    /** Anybody may create in an authenticated bucket: it is one until its object is there. */
    private static String bucketWithObject(String policy, String of) {
        String bucket = "bucket" + BUCKETS.incrementAndGet();
        uploading.bucket(OWNER, bucket, BucketPolicy.AUTHENTICATED);
        if (!of.equals("-")) {
            uploading.put(of.equals("none") ? Callers.SERVICE : CALLERS.get(of), bucket, "alice/x");
        }
        database.admin("UPDATE storage.buckets SET policy = '%s' WHERE id = '%s'".formatted(policy, bucket));
        return bucket;
    }

    private static String read(RlsContext caller, String bucket, String path) {
        return database.objects.find(caller, bucket, path, false).block() instanceof Answer.NotGiven<FoundObject> none
                ? word(Optional.of(none.absence()))
                : "yes";
    }

    /** Begin and commit have to agree: what begin refuses, commit refuses too when asked all the same. */
    private static String write(RlsContext caller, String bucket) {
        UploadDecision decision = uploading.begin(caller, bucket, "alice/x", WriteRule.OVERWRITE);
        if (decision instanceof Permitted permitted) {
            assertThat(uploading.commit(caller, permitted, "alice/x", WriteRule.OVERWRITE))
                    .isInstanceOf(Committed.class);
            return "yes";
        }
        String key = database.value(
                "SELECT storage_private.blob_key('%1$s', v, 'alice/x') FROM gen_random_uuid() v".formatted(bucket));
        database.admin("""
                INSERT INTO storage.blobs (key, backend, bucket_id, name, owner_id, version, writer)
                VALUES ('%s', 'local', '%s', 'alice/x', %s, gen_random_uuid(), gen_random_uuid())""".formatted(key, bucket, caller.userId() == null ? "NULL" : "'" + caller.userId() + "'"));
        Permitted forged = new Permitted(key, "local", "insert", ((Refused) decision).bucket());
        assertThat(uploading.commit(caller, forged, "alice/x", WriteRule.OVERWRITE))
                .isInstanceOfSatisfying(
                        CommitOutcome.RolledBack.class,
                        outcome -> assertThat(outcome.reason().kind()).isEqualTo(MetadataException.Kind.DENIED));
        return ((Refused) decision).reason() == UploadDecision.Reason.DENIED ? "403" : "404";
    }

    private static String word(Optional<Absence> absence) {
        return absence.map(reason -> reason == Absence.DENIED ? "403" : "404").orElse("yes");
    }
}
