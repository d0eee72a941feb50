package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaMigrationTest {

    @Test
    void migratingAgainChangesNothing() {
        try (TestDatabase database = new TestDatabase()) {
            String installation = database.value("SELECT installation FROM storage_private.configuration");
            database.migrate();
            assertThat(database.value("SELECT installation FROM storage_private.configuration"))
                    .isEqualTo(installation);
        }
    }

    @Test
    void aRoleThatMayOnlyCreateRolesAndOwnsTheDatabaseMigratesItTwice() {
        String role = TestDatabase.unique("migrator");
        TestDatabase.server("CREATE ROLE %s LOGIN CREATEROLE".formatted(role));
        for (String caller : List.of("anon", "authenticated", "service_role", "storage_owner")) {
            TestDatabase.server(
                    "DO $$ BEGIN CREATE ROLE %s NOLOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN END $$"
                            .formatted(caller));
            TestDatabase.server("GRANT %s TO %s WITH ADMIN OPTION".formatted(caller, role));
        }
        String name = TestDatabase.unique("managed");
        TestDatabase.server("CREATE DATABASE %s OWNER %s".formatted(name, role));
        SchemaMigration migration = new SchemaMigration(TestDatabase.jdbcUrl(name), role, null);
        String login = TestDatabase.unique("managed_gateway");
        migration.run(login, "secret");
        migration.run(login, "secret");
        assertThatCode(() -> logIn(name, login, "secret").close()).doesNotThrowAnyException();
    }

    @Test
    void thePasswordOfTheLoginRoleIsTheLastOneGiven() throws SQLException {
        try (TestDatabase database = new TestDatabase()) {
            String login = TestDatabase.unique("renewed");
            SchemaMigration migration = new SchemaMigration(database.jdbcUrl(), "postgres", null);
            migration.run(login, "first");
            migration.run(login, "sec'ond");
            migration.run(login, null);
            assertThat(database.value("SELECT rolpassword FROM pg_authid WHERE rolname = '%s'".formatted(login)))
                    .startsWith("SCRAM-SHA-256$");
            try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), login, "sec'ond")) {
                assertThat(connection.isValid(5)).isTrue();
            }
        }
    }

    @Test
    void instancesThatMigrateAtOnceAllSucceed() throws Exception {
        String one = TestDatabase.unique("together");
        String two = TestDatabase.unique("together");
        TestDatabase.server("CREATE DATABASE " + one);
        TestDatabase.server("CREATE DATABASE " + two);
        String login = TestDatabase.unique("together_gateway");
        Callable<Void> first = () -> migrate(one, login);
        Callable<Void> second = () -> migrate(two, login);
        ExecutorService instances = Executors.newFixedThreadPool(4);
        try {
            for (Future<Void> instance :
                    instances.invokeAll(Stream.of(first, first, second, second).toList())) {
                assertThatCode(instance::get).doesNotThrowAnyException();
            }
        } finally {
            instances.shutdownNow();
        }
    }

    @Test
    void databasesOfOneServerEnrolOneLoginRoleAtOnce() throws Exception {
        try (TestDatabase one = new TestDatabase();
                TestDatabase two = new TestDatabase()) {
            List<String> urls = List.of(one.jdbcUrl(), two.jdbcUrl());
            ExecutorService instances = Executors.newFixedThreadPool(4);
            try {
                List<Callable<Void>> enrolments = IntStream.range(0, 10)
                        .<Callable<Void>>mapToObj(i -> () -> {
                            new SchemaMigration(urls.get(i % 2), "postgres", null).run("shared_gateway", "secret");
                            return null;
                        })
                        .toList();
                for (Future<Void> enrolment : instances.invokeAll(enrolments)) {
                    assertThatCode(enrolment::get).doesNotThrowAnyException();
                }
            } finally {
                instances.shutdownNow();
            }
        }
    }

    @Test
    void aLoginRoleMadeByHandIsTamedWhenItIsEnrolled() {
        try (TestDatabase database = new TestDatabase()) {
            String login = TestDatabase.unique("by_hand");
            database.admin("CREATE ROLE %s LOGIN INHERIT".formatted(login));
            database.admin("GRANT authenticated TO " + login);
            new SchemaMigration(database.jdbcUrl(), "postgres", null).run(login, "secret");
            assertThat(database.value("SELECT rolinherit FROM pg_roles WHERE rolname = '%s'".formatted(login)))
                    .isEqualTo("f");
            assertThat(database.value("SELECT has_table_privilege('%s', 'storage.objects', 'SELECT')".formatted(login)))
                    .isEqualTo("f");
        }
    }

    @Test
    void aNewerSchemaIsLeftAsItIsAndTold() {
        try (TestDatabase database = new TestDatabase()) {
            database.admin("""
                    INSERT INTO storage_migrations.flyway_schema_history
                      (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                    VALUES (9999, '9999', 'later', 'SQL', 'V9999__later.sql', 1, 'postgres', 1, true);
                    UPDATE storage_private.configuration SET serves_since = 17""");
            SchemaMigration migration = new SchemaMigration(database.jdbcUrl(), "postgres", null);

            assertThat(migration.run(TestDatabase.unique("older"), "secret")).isEqualTo(new SchemaVersion(9999, 17));
            assertThat(new SchemaCheck(database.executor).version().block()).isEqualTo(new SchemaVersion(9999, 17));
        }
    }

    @Test
    void aMigrationThatFindsALockLetsOthersGoFirstAndComesAgain() throws Exception {
        String name = TestDatabase.unique("locked");
        TestDatabase.server("CREATE DATABASE " + name);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Connection other = DriverManager.getConnection(TestDatabase.jdbcUrl(name), "postgres", null);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("CREATE SCHEMA storage");
            Future<Integer> migration = threads.submit(
                    new Migrations(TestDatabase.jdbcUrl(name), "postgres", null, Duration.ofMillis(200))::run);
            for (int attempt = 0; attempt < 3; attempt++) {
                await("an attempt").until(() -> waiting(statement));
                await("its end").until(() -> !waiting(statement));
            }
            assertThat(migration.isDone()).isFalse();
            other.rollback();
            assertThat(migration.get()).isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean waiting(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")) {
            return row.next() && row.getInt(1) > 0;
        }
    }

    private static Void migrate(String database, String login) {
        new SchemaMigration(TestDatabase.jdbcUrl(database), "postgres", null).run(login, "secret");
        return null;
    }

    private static Connection logIn(String database, String login, String password) throws SQLException {
        return DriverManager.getConnection(TestDatabase.jdbcUrl(database), login, password);
    }
}
