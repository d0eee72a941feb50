package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.MetadataException.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataFailuresTest {

    private static TestDatabase database;

    @BeforeAll
    static void open() {
        database = new TestDatabase();
        database.admin("""
                CREATE FUNCTION public.fail(code text) RETURNS text LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = code, DETAIL = '7'; END $$""");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @ParameterizedTest
    @CsvSource({
        "42501, DENIED",
        "23505, EXISTS",
        "ASC01, EXISTS",
        "ASC02, PRECONDITION",
        "23503, REFERENCED",
        "23514, INVALID",
        "22021, INVALID",
        "22P05, INVALID",
        "ASL01, SIZE",
        "ASL02, TYPE",
        "ASB01, SWEPT",
        "40001, CONFLICT",
        "40P01, CONFLICT",
        "57014, TIMED_OUT",
        "55P03, TIMED_OUT",
        "53100, UNAVAILABLE",
        "25006, UNAVAILABLE",
        "57P01, UNANSWERED",
        "08006, UNANSWERED",
        "22012, FAILED",
        "P0001, FAILED"
    })
    void aServersErrorHasOneMeaning(String sqlState, Kind kind) {
        MetadataException failure = (MetadataException) database.executor
                .rows("SELECT public.fail($1)", row -> "", sqlState)
                .materialize()
                .block()
                .getThrowable();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.limit()).isEqualTo(kind == Kind.SIZE ? 7 : 0);
    }
}
