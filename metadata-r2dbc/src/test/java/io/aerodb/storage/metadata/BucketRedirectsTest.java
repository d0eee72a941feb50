package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.metadata.MetadataException.Kind;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From which size on the objects of a bucket are read past the gateway: who says so, and who is told. */
class BucketRedirectsTest {

    private static final RlsContext SERVICE_FOR_ALICE =
            new RlsContext("alice", Role.SERVICE_ROLE, "{\"sub\":\"alice\",\"role\":\"service_role\"}");

    private final TestDatabase database = new TestDatabase();
    private final Uploading uploading = new Uploading(database);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theServiceSaysItAndTakesItBack() {
        assertThat(create(SERVICE_FOR_ALICE, "films", 0L).redirectReadsFrom()).isZero();
        assertThat(change(SERVICE, "films", 1_000_000L).redirectReadsFrom()).isEqualTo(1_000_000);
        assertThat(change(SERVICE, "films", null).redirectReadsFrom())
                .as("left as it was")
                .isEqualTo(1_000_000);
        assertThat(change(SERVICE, "films", BucketChange.NO_REDIRECTS).redirectReadsFrom())
                .isNull();
    }

    @Test
    void whoeverFindsAnObjectIsToldWhatItsBucketSays() {
        create(SERVICE_FOR_ALICE, "films", 7L);
        uploading.bucket(ALICE, "plain", BucketPolicy.PRIVATE);
        uploading.put(ALICE, "films", "one");
        uploading.put(ALICE, "plain", "one");

        assertThat(found("films", "one").redirectReadsFrom()).isEqualTo(7);
        assertThat(found("plain", "one").redirectReadsFrom()).isNull();
    }

    @Test
    void nobodyElseSaysItNorTakesItBack() {
        uploading.bucket(ALICE, "plain", BucketPolicy.PRIVATE);
        create(SERVICE_FOR_ALICE, "films", 7L);

        assertDenied(() -> create(ALICE, "more", 7L));
        assertDenied(() -> change(ALICE, "plain", 7L));
        assertDenied(() -> change(ALICE, "films", BucketChange.NO_REDIRECTS));
        assertThat(change(ALICE, "films", 7L).redirectReadsFrom())
                .as("what it is already")
                .isEqualTo(7);
    }

    @Test
    void anotherSqlClientIsBoundToo() throws SQLException {
        uploading.bucket(ALICE, "plain", BucketPolicy.PRIVATE);
        try (SqlClient alice = new SqlClient(database, ALICE);
                SqlClient service = new SqlClient(database, SERVICE)) {
            assertThat(alice.outcome("UPDATE storage.buckets SET redirect_reads_from = 0"))
                    .isEqualTo("42501");
            assertThat(service.outcome("UPDATE storage.buckets SET redirect_reads_from = 0"))
                    .isEqualTo("1");
            assertThat(service.outcome("UPDATE storage.buckets SET redirect_reads_from = -1"))
                    .isEqualTo("23514");
        }
    }

    private Bucket create(RlsContext caller, String name, Long from) {
        return database.buckets
                .create(caller, new NewBucket(name, name, BucketPolicy.PRIVATE, List.of(), null, null, from))
                .block();
    }

    private Bucket change(RlsContext caller, String bucket, Long from) {
        return ((Answer.Given<Bucket>) database.buckets
                        .update(caller, bucket, new BucketChange(null, null, null, null, from))
                        .block())
                .value();
    }

    private FoundObject found(String bucket, String path) {
        return ((Answer.Given<FoundObject>)
                        database.objects.find(ALICE, bucket, path, false).block())
                .value();
    }

    private static void assertDenied(Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.REDIRECTS_DENIED));
    }
}
