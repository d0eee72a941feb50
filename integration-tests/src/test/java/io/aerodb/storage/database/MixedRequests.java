package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests of all kinds by two users, nobody and the service, each of which checks what it is told. */
final class MixedRequests {

    private final Gateway gateway;
    private final Member one;
    private final Member two;
    private final String shared;

    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger timedOut = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    /** A user with a private bucket, whose object says whose it is. */
    private record Member(String id, Api api, String token, String bucket) {}

    private MixedRequests(Gateway gateway) {
        this.gateway = gateway;
        this.one = member();
        this.two = member();
        this.shared = gateway.asService().newBucket("authenticated");
    }

    /** Beside the users' objects there is one that takes longer to read than a statement may, and one that can't be read. */
    static MixedRequests arranged(Gateway gateway) {
        MixedRequests requests = new MixedRequests(gateway);
        for (String name : new String[] {"slow", "broken"}) {
            gateway.asService().upload(requests.shared, name, new byte[1]).expect(201);
        }
        gateway.database().execute("""
                CREATE POLICY trouble ON storage.objects AS RESTRICTIVE FOR SELECT TO authenticated
                USING (CASE name WHEN 'slow' THEN pg_sleep(5) IS NOT NULL WHEN 'broken' THEN 1 / (length(name) - 6) = 1
                       ELSE true END)""");
        return requests;
    }

    int sent() {
        return sent.get();
    }

    int timedOut() {
        return timedOut.get();
    }

    int failed() {
        return failed.get();
    }

    int left() {
        return left.get();
    }

    String shared() {
        return shared;
    }

    void sendOne(Random random) throws IOException {
        sent.incrementAndGet();
        Member member = random.nextBoolean() ? one : two;
        Member other = member == one ? two : one;
        int kind = random.nextInt(1_000);
        if (kind < 300) {
            own(member);
        } else if (kind < 400) {
            checked(member.api.download(other.bucket, "file"), 403);
        } else if (kind < 470) {
            checked(gateway.anonymously().download(member.bucket, "file"), 401);
        } else if (kind < 540) {
            has(gateway.asService().download(member.bucket, "file"), member);
        } else if (kind < 640) {
            write(member, random);
        } else if (kind < 720) {
            list(member, other);
        } else if (kind < 830) {
            leaveDownload(member, random);
        } else if (kind < 970) {
            leaveUpload(member, random);
        } else if (kind < 980) {
            leaveWhileTheDatabaseWorks(member, random);
        } else if (kind < 985) {
            checked(member.api.download(shared, "slow"), 503);
        } else {
            checked(member.api.download(shared, "broken"), 500);
        }
    }

    /** Each object belongs to whom its path says. */
    void everyRowIsItsOwners(Database database) {
        assertThat(database.rows(
                        "SELECT o.name, o.owner_id FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id"
                                + " WHERE b.name = ? AND o.name NOT IN ('slow', 'broken')"
                                + " AND o.name NOT LIKE o.owner_id || '/%'",
                        shared))
                .isEmpty();
        assertThat(database.count("SELECT count(DISTINCT owner_id) FROM storage.objects"))
                .isEqualTo(2);
    }

    private void own(Member member) {
        has(member.api.download(member.bucket, "file"), member);
    }

    private void has(Answer answer, Member member) {
        if (checked(answer, 200)) {
            assertThat(answer).hasBody(Bytes.of(member.id));
        }
    }

    private void write(Member member, Random random) {
        Answer written = member.api.replace(shared, member.id + "/" + random.nextInt(40), Bytes.of("x"));
        if (checked(written, 200)) {
            assertThat(written.field("owner_id")).isEqualTo(member.id);
        }
    }

    private void list(Member member, Member other) {
        Answer listed = member.api.get("/bucket");
        if (checked(listed, 200)) {
            assertThat(listed.text()).contains(member.bucket, shared).doesNotContain(other.bucket);
        }
    }

    /** True when it is the answer that is expected; a database that took too long is none of it, and counted. */
    private boolean checked(Answer answer, int expected) {
        failed.addAndGet(answer.status() == 500 ? 1 : 0);
        if (answer.status() == 503) {
            timedOut.incrementAndGet();
            return false;
        }
        assertThat(answer).hasStatus(expected);
        return true;
    }

    private void leaveDownload(Member member, Random random) throws IOException {
        RawHttp connection = asking(random.nextBoolean() ? "GET" : "HEAD", member, member.bucket + "/file");
        connection.awaitByte(Duration.ofMillis(1 + random.nextInt(5)));
        leave(connection);
    }

    private void leaveUpload(Member member, Random random) throws IOException {
        int size = 1 + random.nextInt(20_000);
        RawHttp connection = asking(
                "POST", member, shared + "/" + member.id + "/left-" + random.nextInt(40), "Content-Length: " + size);
        connection.write(new byte[size], 0, random.nextInt(size + 1));
        connection.awaitByte(Duration.ofMillis(1 + random.nextInt(5)));
        leave(connection);
    }

    private void leaveWhileTheDatabaseWorks(Member member, Random random) throws IOException {
        RawHttp connection = asking("GET", member, shared + "/slow");
        connection.awaitByte(Duration.ofMillis(1 + random.nextInt(200)));
        leave(connection);
    }

    private void leave(RawHttp connection) throws IOException {
        left.incrementAndGet();
        connection.abort();
    }

    private RawHttp asking(String method, Member member, String target, String... header) throws IOException {
        String[] headers = java.util.Arrays.copyOf(header, header.length + 1);
        headers[header.length] = "Authorization: Bearer " + member.token;
        return RawHttp.open(gateway.port()).request(method + " /storage/v1/object/" + target + " HTTP/1.1", headers);
    }

    private Member member() {
        String id = Names.user();
        String token = gateway.tokens().user(id);
        Api api = gateway.as(token);
        String bucket = api.newBucket("private");
        api.upload(bucket, "file", Bytes.of(id)).expect(201);
        return new Member(id, api, token, bucket);
    }
}
