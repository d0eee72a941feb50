package io.aerodb.storage.signing;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Links that are good for so many uses, and links that were revoked. */
class LinkUsesIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api alice = gateway.asUser(Names.user());
    private final Api anybody = gateway.anonymously();
    private final String bucket = alice.newBucket("private");

    private Answer sign(int maxUses) {
        alice.upload(bucket, "file", Bytes.of("content")).expect(201);
        return alice.send("POST", "/object/sign/" + bucket + "/file", Map.of("max_uses", maxUses))
                .expect(200);
    }

    private void gone(String address) {
        assertThat(anybody.get(address)).isRefused(410, "ExpiredUrl");
    }

    @Test
    void ofAHundredAtOnceExactlyOneOpensALinkForSingleUse() throws Exception {
        String address = sign(1).field("signedURL");
        ExecutorService readers = Executors.newFixedThreadPool(20);
        try {
            Callable<Answer> read = () -> patiently(address);
            List<Future<Answer>> answers = readers.invokeAll(Collections.nCopies(100, read));

            int opened = 0;
            for (Future<Answer> answer : answers) {
                opened += answer.get().status() == 200 ? 1 : 0;
                assertThat(answer.get().status()).isIn(200, 410);
            }
            assertThat(opened).isEqualTo(1);
        } finally {
            readers.shutdownNow();
        }
    }

    /** A busy machine may answer that it has no connection to the database just now, as of any request. */
    private Answer patiently(String address) {
        Answer answer = anybody.get(address);
        for (int tries = 0; answer.status() == 503 && tries < 50; tries++) {
            answer = anybody.get(address);
        }
        return answer;
    }

    @Test
    void headNotModifiedAndFailedConditionsAreNoUses() {
        String address = sign(1).field("signedURL");
        String etag = anybody.exchange("HEAD", address, BodyPublishers.noBody())
                .expect(200)
                .header("etag")
                .orElseThrow();

        assertThat(anybody.get(address, "If-None-Match", etag)).hasStatus(304);
        assertThat(anybody.get(address, "If-Match", "\"other\"")).hasStatus(412);
        assertThat(anybody.get(address, "If-Match", etag)).hasStatus(200);
        gone(address);
        assertThat(anybody.get(address, "If-None-Match", etag)).hasStatus(410);
    }

    @Test
    void partsAreNotGivenSoThatNobodyReadsItAllInUncountedPieces() {
        String address = sign(2).field("signedURL");

        assertThat(anybody.get(address, "Range", "bytes=0-2"))
                .hasStatus(200)
                .hasHeader("accept-ranges", "none")
                .hasHeader("cache-control", "no-store")
                .hasBody(Bytes.of("content"));
        assertThat(anybody.get(address)).hasStatus(200);
        gone(address);
    }

    @Test
    void whoFindsTheObjectHasUsedTheLinkAlsoWhenItsBytesAreGone() throws IOException {
        String address = sign(1).field("signedURL");
        for (String key : gateway.disk().blobs(alice.get("/bucket/" + bucket).field("id"))) {
            Files.delete(gateway.disk().blob(key));
        }

        assertThat(anybody.get(address).status()).isGreaterThanOrEqualTo(500);
        gone(address);
    }

    @Test
    void countsAreListedWithTheLinks() {
        Answer twice = sign(2);
        Answer free = alice.sign(bucket, "file").expect(200);
        anybody.get(twice.field("signedURL")).expect(200);
        Answer links = alice.get("/object/sign-links/" + bucket + "/file").expect(200);

        assertThat(links.each("token_id")).containsExactlyInAnyOrder(twice.field("token_id"), free.field("token_id"));
        assertThat(links.each("uses")).containsExactlyInAnyOrder("1", "");
        assertThat(links.each("max_uses")).containsExactlyInAnyOrder("2", "");
        assertThat(links.each("scope")).containsOnly("download");
        assertThat(links.each("path")).containsOnly("file");
        assertThat(alice.get("/object/sign-links/" + bucket + "/file?limit=1").json())
                .hasSize(1);
        assertThat(alice.get("/object/sign-links/" + bucket + "/other").json()).isEmpty();
        assertThat(links.text()).doesNotContain("eyJ");
    }

    @Test
    void aRevokedLinkOpensNothingFromThenOn() {
        Answer link = sign(5);
        Answer other = sign(5);
        anybody.get(link.field("signedURL")).expect(200);

        alice.delete("/object/sign-links/" + link.field("token_id")).expect(204);
        gone(link.field("signedURL"));
        assertThat(anybody.exchange("HEAD", link.field("signedURL"), BodyPublishers.noBody()))
                .hasStatus(410);
        alice.delete("/object/sign-links/" + link.field("token_id")).expect(204);
        assertThat(anybody.get(other.field("signedURL"))).hasStatus(200);
        assertThat(alice.get("/object/sign-links/" + bucket + "/file").each("revoked_at"))
                .filteredOn(time -> !time.isEmpty())
                .hasSize(1);
    }

    @Test
    void strangersNeitherListNorRevoke() {
        Answer link = sign(5);
        Api bob = gateway.asUser(Names.user());

        assertThat(bob.get("/object/sign-links/" + bucket + "/file").expect(200).json())
                .isEmpty();
        assertThat(bob.delete("/object/sign-links/" + link.field("token_id")))
                .isRefused(404, "NoSuchKey", "Link not found");
        assertThat(anybody.get("/object/sign-links/" + bucket + "/file")).isUnauthorized();
        assertThat(anybody.delete("/object/sign-links/" + link.field("token_id")))
                .isUnauthorized();
        assertThat(gateway.asService()
                        .get("/object/sign-links/" + bucket + "/file")
                        .json())
                .hasSize(1);
        assertThat(anybody.get(link.field("signedURL"))).hasStatus(200);
    }

    @Test
    void whatIsNoLinkCantBeRevoked() {
        for (String id : List.of(UUID.randomUUID().toString(), "x", "%27--", "1-1-1-1-1")) {
            assertThat(alice.delete("/object/sign-links/" + id)).isRefused(404, "NoSuchKey");
        }
    }

    @Test
    void usesOutOfBoundsAreRefused() {
        alice.upload(bucket, "file", Bytes.of("x")).expect(201);
        for (Object uses : List.of(0, -1, 1_000_001, 1.5, "2")) {
            assertThat(alice.send("POST", "/object/sign/" + bucket + "/file", Map.of("max_uses", uses)))
                    .isRefusedBecauseOf("max_uses", "InvalidRequest");
        }
    }
}
