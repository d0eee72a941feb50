package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.ANON;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.MetadataException.Kind;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** Who may create buckets is the gateway's setting and the database's rule. */
class BucketCreationTest {

    private static final String INSERT =
            "INSERT INTO storage.buckets (id, name, owner_id) VALUES ('%1$s', '%1$s', 'alice')";
    private static final String DENIED = "42501";

    private final TestDatabase database = new TestDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    private void permit(BucketCreation creators) {
        database.buckets.permitCreation(creators).block();
    }

    private void created(RlsContext caller) {
        database.buckets
                .create(caller, bucket())
                .as(StepVerifier::create)
                .expectNextCount(1)
                .verifyComplete();
    }

    private void denied(RlsContext caller) {
        database.buckets
                .create(caller, bucket())
                .as(StepVerifier::create)
                .expectErrorSatisfies(failure ->
                        assertThat(((MetadataException) failure).kind()).isEqualTo(Kind.DENIED))
                .verify();
    }

    private static NewBucket bucket() {
        String name = TestDatabase.unique("created");
        return new NewBucket(name, name, BucketPolicy.PRIVATE, List.of(), null, null, null);
    }

    @Test
    void everyUserMayUnlessToldOtherwise() {
        created(ALICE);
        created(SERVICE);
        denied(ANON);
    }

    @Test
    void onlyTheServiceMayWhenToldSo() {
        permit(BucketCreation.SERVICE_ROLE);

        denied(ALICE);
        denied(ANON);
        created(SERVICE);
    }

    @Test
    void theLastWordHolds() {
        permit(BucketCreation.SERVICE_ROLE);
        permit(BucketCreation.SERVICE_ROLE);
        permit(BucketCreation.AUTHENTICATED);

        created(ALICE);
    }

    @Test
    void anotherSqlClientIsBoundToo() throws SQLException {
        permit(BucketCreation.SERVICE_ROLE);
        try (SqlClient alice = new SqlClient(database, ALICE)) {
            assertThat(alice.outcome(INSERT.formatted("plain"))).isEqualTo(DENIED);
        }
        permit(BucketCreation.AUTHENTICATED);
        try (SqlClient alice = new SqlClient(database, ALICE)) {
            assertThat(alice.outcome(INSERT.formatted("plain"))).isEqualTo("1");
        }
    }

    @Test
    void anOperatorsPolicyMayWidenIt() {
        permit(BucketCreation.SERVICE_ROLE);
        database.admin("CREATE POLICY staff ON storage.buckets FOR INSERT TO authenticated"
                + " WITH CHECK (owner_id = (auth.jwt() ->> 'sub'))");

        created(ALICE);
    }
}
