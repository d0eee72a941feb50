package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.BOB;
import static io.aerodb.storage.metadata.Callers.CAROL;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.LinkedObject.Found;
import io.aerodb.storage.metadata.LinkedObject.NotFound;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadLinkDecision.Refused;
import io.aerodb.storage.metadata.UploadLinkDecision.Signed;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** What the database knows and decides of signed URLs. */
class LinkRepositoryTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);
    private String bucket = "";

    @BeforeEach
    void aBucketOfAlice() {
        bucket = TestDatabase.unique("links");
        uploading.bucket(ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(ALICE, bucket, "file");
    }

    private SignedLink signed(RlsContext caller, @Nullable Integer maxUses) {
        return ((Answer.Given<SignedLink>) database.links
                        .signDownload(caller, bucket, "file", 60, maxUses)
                        .block())
                .value();
    }

    private SignedLink uploadLink(int maxUses) {
        return ((Signed) database.links
                        .signUpload(ALICE, bucket, "new", 60, maxUses, true)
                        .block())
                .link();
    }

    private static LinkUse use(SignedLink link) {
        return new LinkUse(link.id(), link.bucketId(), link.bucketCreatedAt(), link.maxUses() != null);
    }

    private static LinkedObject find(LinkUse link, boolean spend) {
        return database.links.find(link, "file", spend).block();
    }

    private static void refused(LinkedObject.Reason reason, LinkUse link) {
        assertThat(find(link, true)).isEqualTo(new NotFound(reason));
    }

    private List<SignedLink> listed(RlsContext caller) {
        return ((Answer.Given<List<SignedLink>>)
                        database.links.list(caller, bucket, "file", 100, 0).block())
                .value();
    }

    @Test
    void whoSeesAnObjectMaySignIt() {
        SignedLink link = signed(ALICE, null);

        assertThat(link.scope()).isEqualTo("download");
        assertThat(link.bucket()).isEqualTo(bucket);
        assertThat(link.path()).isEqualTo("file");
        assertThat(link.ownerId()).isEqualTo("alice");
        assertThat(link.createdAt().plusSeconds(60)).isEqualTo(link.expiresAt());
        assertThat(link.createdAt().getNano()).isZero();
        assertThat(find(use(link), true)).isInstanceOf(Found.class);
    }

    @Test
    void whoDoesNotSeeItMayNot() {
        assertThat(database.links.signDownload(BOB, bucket, "file", 60, null).block())
                .isEqualTo(new Answer.NotGiven<SignedLink>(Absence.DENIED));
        assertThat(database.value("SELECT count(*) FROM storage.signed_urls WHERE bucket_id = '%s'".formatted(bucket)))
                .isEqualTo("0");
    }

    @Test
    void ofManyPathsThoseAreSignedThatTheCallerSees() {
        uploading.put(ALICE, bucket, "other");
        List<SignedLink> links = ((Answer.Given<List<SignedLink>>) database.links
                        .signDownloads(ALICE, bucket, List.of("file", "missing", "other", "file"), 60, 3)
                        .block())
                .value();

        assertThat(links).extracting(SignedLink::path).containsExactlyInAnyOrder("file", "other");
        assertThat(links).extracting(SignedLink::maxUses).containsOnly(3);
        assertThat(links).extracting(SignedLink::id).doesNotHaveDuplicates();
    }

    @Test
    void aLinkWithoutARowIsGoodUnlessItsUsesCount() {
        Instant created = signed(ALICE, null).bucketCreatedAt();

        assertThat(find(new LinkUse(UUID.randomUUID(), bucket, created, false), true))
                .isInstanceOf(Found.class);
        refused(LinkedObject.Reason.USED, new LinkUse(UUID.randomUUID(), bucket, created, true));
    }

    @Test
    void lookingWithoutSpendingCountsNothing() {
        LinkUse once = use(signed(ALICE, 1));

        assertThat(find(once, false)).isInstanceOf(Found.class);
        assertThat(find(once, false)).isInstanceOf(Found.class);
        assertThat(find(once, true)).isInstanceOf(Found.class);
        refused(LinkedObject.Reason.USED, once);
    }

    @Test
    void aLinkToWhatIsGoneIsNotUsed() {
        LinkUse once = use(signed(ALICE, 1));
        database.objects.delete(ALICE, bucket, "file", WriteRule.OVERWRITE).block();

        refused(LinkedObject.Reason.MISSING, once);
        uploading.put(ALICE, bucket, "file");
        assertThat(find(once, true)).isInstanceOf(Found.class);
    }

    @Test
    void ofManyGatewaysAtOnceExactlyAsManyUseALinkAsMay() {
        LinkUse thrice = use(signed(ALICE, 3));
        MetadataExecutor other = new MetadataExecutor(
                database.pools(database.settings()).pool("other", 8),
                database.settings().answerTimeout());
        List<LinkRepository> gateways = List.of(database.links, new LinkRepository(other, UUID.randomUUID()));

        List<LinkedObject> answers = Flux.range(0, 60)
                .flatMap(i -> gateways.get(i % 2).find(thrice, "file", true), 16)
                .collectList()
                .block();

        assertThat(answers).filteredOn(Found.class::isInstance).hasSize(3);
        assertThat(answers)
                .filteredOn(NotFound.class::isInstance)
                .hasSize(57)
                .containsOnly(new NotFound(LinkedObject.Reason.USED));
    }

    @Test
    void aBucketOfTheSameIdThatCameLaterIsNotMeant() {
        LinkUse link = use(signed(ALICE, null));
        database.objects.delete(ALICE, bucket, "file", WriteRule.OVERWRITE).block();
        database.buckets.delete(ALICE, bucket).block();
        refused(LinkedObject.Reason.NO_BUCKET, link);

        uploading.bucket(BOB, bucket, BucketPolicy.PRIVATE);
        uploading.put(BOB, bucket, "file");

        refused(LinkedObject.Reason.NO_BUCKET, link);
        assertThat(listed(BOB)).as("links of a bucket go with it").isEmpty();
    }

    @Test
    void onlyItsCreatorTheOwnerOfTheBucketAndTheServiceListAndRevokeALink() {
        uploading.bucket(ALICE, bucket + "-shared", BucketPolicy.AUTHENTICATED);
        bucket = bucket + "-shared";
        uploading.put(CAROL, bucket, "file");
        SignedLink link = signed(BOB, null);

        assertThat(listed(CAROL)).isEmpty();
        assertThat(database.links.revoke(CAROL, link.id()).block()).isFalse();
        assertThat(Stream.of(BOB, ALICE, SERVICE).map(this::listed))
                .allSatisfy(found -> assertThat(found).containsExactly(link));
        assertThat(find(use(link), true)).isInstanceOf(Found.class);

        assertThat(database.links.revoke(ALICE, link.id()).block()).isTrue();
        assertThat(database.links.revoke(BOB, link.id()).block()).isTrue();
        assertThat(database.links.revoke(BOB, UUID.randomUUID()).block()).isFalse();
        refused(LinkedObject.Reason.REVOKED, use(link));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    UPDATE storage.signed_urls SET revoked_at = NULL WHERE id = '%s' | 42501
                    UPDATE storage.signed_urls SET uses = 0 WHERE id = '%s'          | 42501
                    UPDATE storage.signed_urls SET max_uses = 9 WHERE id = '%s'      | 42501
                    DELETE FROM storage.signed_urls WHERE id = '%s'                  | 42501
                    INSERT INTO storage.signed_urls (id) VALUES ('%s')               | 42501
                    """)
    void nobodyTakesARevocationBackOrACountAway(String sql, String state) throws SQLException {
        SignedLink link = signed(ALICE, 1);
        database.links.revoke(ALICE, link.id()).block();

        for (RlsContext caller : List.of(ALICE, SERVICE)) {
            try (SqlClient client = new SqlClient(database, caller)) {
                assertThat(client.outcome(sql.formatted(link.id()))).isEqualTo(state);
            }
        }
    }

    @Test
    void strangersSeeNoLinksInSql() throws SQLException {
        SignedLink link = signed(ALICE, 1);
        String count = "SELECT count(*) FROM storage.signed_urls WHERE id = '%s'".formatted(link.id());

        try (SqlClient bob = new SqlClient(database, BOB);
                SqlClient alice = new SqlClient(database, ALICE)) {
            assertThat(bob.value(count)).isEqualTo("0");
            assertThat(alice.value(count)).isEqualTo("1");
        }
    }

    @Test
    void expiredLinksLeaveTheListAndThenTheTable() {
        UUID expired = signed(ALICE, null).id();
        database.admin("UPDATE storage.signed_urls SET expires_at = now() - interval '2 days' WHERE id = '%s'"
                .formatted(expired));

        assertThat(listed(ALICE)).isEmpty();
        signed(ALICE, null);
        assertThat(database.value("SELECT count(*) FROM storage.signed_urls WHERE id = '%s'".formatted(expired)))
                .isEqualTo("0");
    }

    @Test
    void whoMayNotCreateMayNotLetOthersDoIt() {
        assertThat(database.links.signUpload(BOB, bucket, "new", 60, 1, false).block())
                .isEqualTo(new Refused(UploadDecision.Reason.DENIED, "insert"));
        assertThat(database.links.signUpload(BOB, bucket, "file", 60, 1, true).block())
                .as("the object is hidden from him, so it looks as if there were none")
                .isEqualTo(new Refused(UploadDecision.Reason.DENIED, "insert"));
        assertThat(database.links
                        .signUpload(ALICE, bucket, "file", 60, 1, false)
                        .block())
                .isEqualTo(new Refused(UploadDecision.Reason.EXISTS, "insert"));
    }

    @Test
    void whatIsUploadedBelongsToTheCreatorAndUsesTheLinkAtCommit() {
        LinkUse once = use(uploadLink(1));
        RlsContext creator = new RlsContext("alice", Role.AUTHENTICATED, "{}");
        UploadIntent intent = new UploadIntent(
                "ignored", "new", "local", "text/plain", OptionalLong.of(3), WriteRule.OVERWRITE, once);
        Permitted first = (Permitted) database.objects.begin(creator, intent).block();
        Permitted second = (Permitted) database.objects.begin(creator, intent).block();

        assertThat(database.objects.commit(creator, completed(first, once)).block())
                .isInstanceOfSatisfying(
                        CommitOutcome.Committed.class,
                        committed -> assertThat(committed.object().ownerId()).isEqualTo("alice"));
        assertThat(database.objects.commit(creator, completed(second, once)).block())
                .isInstanceOfSatisfying(
                        CommitOutcome.RolledBack.class,
                        rolledBack -> assertThat(rolledBack.reason().kind()).isEqualTo(Kind.LINK_SPENT));
        assertThat(database.objects.begin(creator, intent).block())
                .isInstanceOfSatisfying(UploadDecision.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(UploadDecision.Reason.USED));
    }

    @Test
    void anUploadByLinkNeedsTheRightsThatItsCreatorHasThen() {
        uploading.bucket(ALICE, bucket + "-team", BucketPolicy.AUTHENTICATED);
        SignedLink link = ((Signed) database.links
                        .signUpload(CAROL, bucket + "-team", "report", 60, 9, true)
                        .block())
                .link();
        RlsContext creator = new RlsContext("carol", Role.AUTHENTICATED, "{}");
        UploadIntent intent = new UploadIntent(
                "ignored", "report", "local", "text/plain", OptionalLong.of(3), WriteRule.OVERWRITE, use(link));
        Permitted early = (Permitted) database.objects.begin(creator, intent).block();
        uploading.put(BOB, bucket + "-team", "report");

        assertThat(database.objects
                        .commit(creator, completed(early, use(link), "report"))
                        .block())
                .isInstanceOfSatisfying(
                        CommitOutcome.RolledBack.class,
                        rolledBack -> assertThat(rolledBack.reason().kind()).isEqualTo(Kind.DENIED));
        assertThat(database.objects.begin(creator, intent).block())
                .isInstanceOfSatisfying(UploadDecision.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(UploadDecision.Reason.DENIED));
    }

    private static Completion completed(Permitted permitted, LinkUse link) {
        return completed(permitted, link, "new");
    }

    private static Completion completed(Permitted permitted, LinkUse link, String path) {
        Completion plain = Uploading.completion(permitted, path, WriteRule.OVERWRITE);
        return new Completion(
                permitted,
                plain.path(),
                plain.size(),
                plain.sha256(),
                plain.contentType(),
                plain.cacheControl(),
                null,
                null,
                plain.rule(),
                link);
    }
}
