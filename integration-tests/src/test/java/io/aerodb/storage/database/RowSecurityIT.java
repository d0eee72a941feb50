package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database allows to clients that come with plain SQL. */
class RowSecurityIT {

    private static final String DENIED = "42501";

    private final Gateway gateway = SharedGateway.get();
    private final Database database = gateway.database();
    private final String owner = Names.user();
    private final String stranger = Names.user();
    private final Api api = gateway.asUser(owner);
    private final String bucket = api.newBucket("authenticated");
    private final String bucketId = api.get("/bucket/" + bucket).field("id");

    @BeforeEach
    void anObjectOfEach() {
        api.upload(bucket, "mine", Bytes.of("mine")).expect(201);
        gateway.asUser(stranger).upload(bucket, "others", Bytes.of("others")).expect(201);
    }

    @Test
    void theLoginRoleOwnsNothingAndBypassesNothing() {
        Map<String, Object> role = database.rows(
                        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit"
                                + " FROM pg_roles WHERE rolname = 'storage_gateway'")
                .get(0);

        assertThat(role.values()).containsOnly(false);
        assertThat(database.count("SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
                        + " WHERE r.rolname = 'storage_gateway' AND d.deptype = 'o'"))
                .isZero();
        assertThat(database.count("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
                        + " JOIN pg_roles g ON g.oid = m.roleid WHERE r.rolname = 'storage_gateway'"
                        + " AND g.rolname NOT IN ('anon', 'authenticated', 'service_role')"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM storage.objects",
                "SELECT * FROM storage.buckets",
                "SELECT * FROM storage.blobs",
                "SELECT * FROM storage.events",
                "SELECT * FROM storage.instances",
                "SELECT * FROM storage.storage_objects",
                "DELETE FROM storage.objects",
                "INSERT INTO storage.buckets (id, name) VALUES ('a', 'a')",
                "CREATE TABLE storage.mine ()",
                "CREATE TABLE public.mine ()",
                "SET ROLE storage_owner",
                "SET ROLE postgres"
            })
    void theLoginRoleByItselfMayDoNothing(String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Database.run(connection, "SET SESSION AUTHORIZATION storage_gateway");
            assertThat(refusal(connection, sql)).isEqualTo(DENIED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM storage.blobs",
                "INSERT INTO storage.blobs (key, backend) VALUES ('x', 'local')",
                "UPDATE storage.blobs SET state = 'garbage'",
                "DELETE FROM storage.blobs",
                "UPDATE storage.events SET actor = 'x'",
                "INSERT INTO storage.events (type) VALUES ('storage.object.created')",
                "DELETE FROM storage.events",
                "SELECT * FROM storage.instances",
                "UPDATE storage.instances SET heartbeat_at = now()",
                "TRUNCATE storage.objects",
                "ALTER TABLE storage.objects DISABLE ROW LEVEL SECURITY",
                "CREATE POLICY mine ON storage.objects USING (true)",
                "DROP TRIGGER builtin_written ON storage.objects",
                "ALTER TABLE storage.objects DISABLE TRIGGER ALL",
                "SET session_replication_role = replica",
                "SELECT storage_private.blob_forget('x')",
                "SELECT storage_private.installation()"
            })
    void usersTouchNeitherLedgerNorEventsNorPrivateFunctions(String sql) throws SQLException {
        for (String role : List.of("anon", "authenticated")) {
            try (Connection connection = session(role, owner)) {
                assertThat(refusal(connection, sql)).as(role).isEqualTo(DENIED);
            }
        }
    }

    @Test
    void noRoleOfCallersMayEnterThePrivateSchema() {
        assertThat(database.rows(
                        "SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('anon', 'authenticated', 'service_role')"
                                + " AND has_schema_privilege(r.oid, 'storage_private', 'USAGE')"))
                .isEmpty();
    }

    @Test
    void aBlobThatTheCallerCanNotReadCanNotBeNamed() throws SQLException {
        Api others = gateway.asUser(stranger);
        String hidden = others.newBucket("private");
        others.upload(hidden, "secret", Bytes.of("secret")).expect(201);
        String foreign = key(others.get("/bucket/" + hidden).field("id"), "secret");
        for (String sql : List.of(
                "UPDATE storage.objects SET blob_key = '" + foreign + "' WHERE name = 'mine'",
                insert("stolen", foreign),
                insert("invented", bucketId + "/00/00000000-0000-0000-0000-000000000000~x"))) {
            try (Connection connection = session("authenticated", owner)) {
                assertThat(refusal(connection, sql)).as(sql).isNotNull();
            }
        }
        assertThat(api.download(bucket, "mine")).hasBody(Bytes.of("mine"));
        assertThat(api.download(bucket, "stolen")).hasStatus(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id = gen_random_uuid()", "owner_id = 'somebody'", "bucket_id = 'elsewhere'"})
    void identityAndOwnerOfAnObjectNeverChange(String assignment) throws SQLException {
        try (Connection connection = session("authenticated", owner)) {
            assertThat(refusal(connection, "UPDATE storage.objects SET " + assignment + " WHERE name = 'mine'"))
                    .isNotNull();
        }
    }

    @Test
    void factsOfTheBytesCanNotBeForged() throws SQLException {
        try (Connection connection = session("authenticated", owner)) {
            String forgery = "UPDATE storage.objects SET size = 1, checksum = 'x', version = gen_random_uuid()"
                    + " WHERE name = 'mine' AND bucket_id = '" + bucketId + "'";
            if (refusal(connection, forgery) == null) {
                connection.commit(); // accepted and ignored is as good as refused
            }
        }
        assertThat(api.info(bucket, "mine").field("checksum")).isEqualTo(Bytes.sha256(Bytes.of("mine")));
        assertThat(api.info(bucket, "mine").json().path("size").longValue()).isEqualTo(4);
    }

    @Test
    void usersSeeAndDeleteWhatTheyMay() throws SQLException {
        String privateBucket = api.newBucket("private");
        api.upload(privateBucket, "hidden", Bytes.of("x")).expect(201);
        try (Connection connection = session("authenticated", stranger)) {
            assertThat(names(connection, bucketId)).containsExactly("mine", "others");
            assertThat(names(connection, api.get("/bucket/" + privateBucket).field("id")))
                    .isEmpty();
            Database.run(connection, "DELETE FROM storage.objects WHERE bucket_id = ?", bucketId);
            assertThat(names(connection, bucketId)).containsExactly("mine");
        }
        try (Connection connection = session("anon", null)) {
            assertThat(names(connection, bucketId)).isEmpty();
        }
    }

    @Test
    void aDeleteBySqlFreesTheBytesAsOneByHttpDoes() throws SQLException {
        String key = key("mine");
        try (Connection connection = session("authenticated", owner)) {
            Database.run(connection, "DELETE FROM storage.objects WHERE bucket_id = ? AND name = 'mine'", bucketId);
            connection.commit();
        }
        assertThat(api.download(bucket, "mine")).isRefused(404, "NoSuchKey");
        assertThat(database.rows("SELECT state FROM storage.blobs WHERE key = ?", key)
                        .get(0)
                        .get("state"))
                .isEqualTo("garbage");
        assertThat(database.count(
                        "SELECT count(*) FROM storage.events WHERE bucket_id = ? AND path = 'mine' AND type LIKE '%deleted'",
                        bucketId))
                .isEqualTo(1);
    }

    @Test
    void theNamesOfTheSeedAreViewsUnderTheSameRules() throws SQLException {
        try (Connection connection = session("authenticated", stranger)) {
            assertThat(Database.rows(
                            connection, "SELECT path FROM storage.storage_objects WHERE bucket_id = ?", bucketId))
                    .hasSize(2);
        }
        try (Connection connection = session("anon", null)) {
            assertThat(Database.rows(connection, "SELECT * FROM storage.storage_buckets WHERE name = ?", bucket))
                    .isEmpty();
        }
    }

    private Connection session(String role, String sub) throws SQLException {
        String claims = sub == null
                ? "{\"role\":\"%s\"}".formatted(role)
                : "{\"role\":\"%s\",\"sub\":\"%s\"}".formatted(role, sub);
        return database.session(role, claims);
    }

    private static String refusal(Connection connection, String sql) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> Database.run(connection, sql));
        return refused == null ? null : refused.getSQLState();
    }

    private String insert(String name, String key) {
        return ("INSERT INTO storage.objects (bucket_id, name, owner_id, version, blob_key, backend, size, checksum,"
                        + " content_type, cache_control) VALUES ('%s', '%s', '%s', gen_random_uuid(), '%s', 'local', 6, 'x',"
                        + " 'text/plain', 'no-cache')")
                .formatted(bucketId, name, owner, key);
    }

    private String key(String name) {
        return key(bucketId, name);
    }

    private String key(String bucketId, String name) {
        return (String)
                database.rows("SELECT blob_key FROM storage.objects WHERE bucket_id = ? AND name = ?", bucketId, name)
                        .get(0)
                        .get("blob_key");
    }

    private static List<String> names(Connection connection, String bucketId) throws SQLException {
        return Database.rows(connection, "SELECT name FROM storage.objects WHERE bucket_id = ? ORDER BY name", bucketId)
                .stream()
                .map(row -> (String) row.get("name"))
                .toList();
    }
}
