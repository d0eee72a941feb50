package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Requests of two users, of nobody and of the service share the connections; nobody ever acts as another. */
class InterleavedUsersIT {

    private static final int THREADS = 8;
    private static final int REQUESTS = 180;

    private final Gateway gateway = SharedGateway.get();
    private final String one = Names.user();
    private final String two = Names.user();
    private final String bucketOfOne = filled(one);
    private final String bucketOfTwo = filled(two);

    @Test
    void everybodyGetsHisOwnAndNothingElse() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(200 + thread);
                running.add(threads.submit(() -> requests(random)));
            }
            for (Future<Void> done : running) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Void requests(Random random) throws IOException {
        for (int i = 0; i < REQUESTS; i++) {
            switch (random.nextInt(6)) {
                case 0 -> own(one, bucketOfOne);
                case 1 -> own(two, bucketOfTwo);
                case 2 ->
                    assertThat(gateway.asUser(one).download(bucketOfTwo, "file"))
                            .hasStatus(403);
                case 3 ->
                    assertThat(gateway.anonymously().download(bucketOfOne, "file"))
                            .hasStatus(401);
                case 4 ->
                    assertThat(gateway.asService().download(bucketOfTwo, "file"))
                            .hasStatus(200);
                default -> abort(random);
            }
        }
        return null;
    }

    private void own(String user, String bucket) {
        Answer answer = gateway.asUser(user).download(bucket, "file");
        assertThat(answer).hasStatus(200).hasBody(Bytes.of(user));
        Answer made = gateway.asUser(user)
                .replace(bucket, "made-" + Thread.currentThread().getName(), Bytes.of("x"));
        assertThat(made.expect(200).field("owner_id")).isEqualTo(user);
    }

    private void abort(Random random) throws IOException {
        RawHttp connection = RawHttp.open(gateway.port());
        connection.request(
                (random.nextBoolean() ? "GET" : "HEAD") + " /storage/v1/object/" + bucketOfOne + "/file HTTP/1.1",
                "Authorization: Bearer " + gateway.tokens().service());
        connection.abort();
    }

    private String filled(String user) {
        Api api = gateway.asUser(user);
        String bucket = api.newBucket("private");
        api.upload(bucket, "file", Bytes.of(user)).expect(201);
        return bucket;
    }
}
