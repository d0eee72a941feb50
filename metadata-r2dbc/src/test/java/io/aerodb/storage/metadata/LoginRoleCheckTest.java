package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginRoleCheckTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    @Test
    void theRoleThatAMigrationEnrolsIsAccepted() {
        assertThat(new LoginRoleCheck(database.executor).objection().blockOptional())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ALTER ROLE %s SUPERUSER                                        | is a superuser
                    ALTER ROLE %s BYPASSRLS                                        | has BYPASSRLS
                    ALTER ROLE %s CREATEROLE                                       | has CREATEROLE
                    ALTER ROLE %s REPLICATION                                      | has REPLICATION
                    ALTER ROLE %s INHERIT                                          | has INHERIT
                    CREATE TABLE public.t_%1$s (n int); ALTER TABLE public.t_%1$s OWNER TO %1$s | owns tables
                    CREATE FUNCTION public.f_%1$s() RETURNS int LANGUAGE sql RETURN 1; ALTER FUNCTION public.f_%1$s() OWNER TO %1$s | owns functions
                    CREATE SCHEMA s_%1$s AUTHORIZATION %1$s                        | owns schemas
                    GRANT SELECT ON storage.objects TO %s                          | has rights on tables
                    GRANT TRUNCATE ON storage.objects TO %s                        | has rights on tables
                    GRANT UPDATE (name) ON storage.objects TO %s                   | has rights on tables
                    GRANT SELECT ON storage.storage_objects TO %s                  | has rights on tables
                    GRANT storage_owner TO %s                                      | may become storage_owner
                    GRANT pg_read_all_data TO %s                                   | may become pg_read_all_data
                    GRANT postgres TO %s                                           | may become postgres
                    """)
    void aRoleWithPowersOfItsOwnIsRefusedWithASentenceThatNamesThem(String power, String sentence) {
        String login = TestDatabase.unique("powerful");
        new SchemaMigration(database.jdbcUrl(), "postgres", null).run(login, "secret");
        database.admin(power.formatted(login));
        DatabaseSettings ours = database.settings();
        DatabaseSettings settings = new DatabaseSettings(
                ours.host(),
                ours.port(),
                ours.database(),
                login,
                "secret",
                "disable",
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                8,
                1);
        try (ConnectionPools pools = new ConnectionPools(settings)) {
            ConnectionPool pool = pools.pool("check", 1);
            LoginRoleCheck check = new LoginRoleCheck(new MetadataExecutor(pool, Duration.ofSeconds(10)));
            assertThat(check.objection().block()).contains(sentence);
        } finally {
            database.admin("DROP OWNED BY " + login);
            database.admin("DROP ROLE " + login);
        }
    }

    @Test
    void aCallersRoleThatBypassesRowSecurityIsRefused() {
        database.admin("ALTER ROLE authenticated BYPASSRLS");
        try {
            assertThat(new LoginRoleCheck(database.executor).objection().block())
                    .contains("may become authenticated");
        } finally {
            database.admin("ALTER ROLE authenticated NOBYPASSRLS");
        }
    }
}
