package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of several writers that create the same thing at the same time one wins and the others are told. */
class ParallelCreateIT {

    private static final int WRITERS = 8;
    private static final int ROUNDS = 20;

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS);

    @AfterEach
    void end() {
        writers.shutdownNow();
    }

    @Test
    void withUpsertFalseExactlyOneCreates() throws Exception {
        String bucket = api.newBucket("private");
        for (int round = 0; round < ROUNDS; round++) {
            String path = "round-" + round;
            List<Answer> answers =
                    together(writer -> api.upload(bucket, path, Bytes.of("writer " + writer), "x-upsert", "false"));

            assertThat(statuses(answers)).containsOnly(200, 409);
            assertThat(winners(answers, 200)).hasSize(1);
            answers.stream().filter(answer -> answer.status() == 409).forEach(answer -> assertThat(answer)
                    .isRefused(409, "KeyAlreadyExists", "The resource already exists"));
            assertThat(Bytes.sha256(api.download(bucket, path).body()))
                    .isEqualTo(winners(answers, 200).get(0).field("checksum"));
        }
        Leftovers.in(gateway, bucket).vanish();
        assertThat(gateway.stored().blobs(api.get("/bucket/" + bucket).field("id")))
                .hasSize(ROUNDS);
    }

    @Test
    void withIfNoneMatchExactlyOneCreates() throws Exception {
        String bucket = api.newBucket("private");
        for (int round = 0; round < 5; round++) {
            String path = "round-" + round;
            List<Answer> answers =
                    together(writer -> api.upload(bucket, path, Bytes.of("writer " + writer), "If-None-Match", "*"));

            assertThat(statuses(answers)).containsOnly(201, 412);
            assertThat(winners(answers, 201)).hasSize(1);
        }
    }

    @Test
    void ifMatchLetsExactlyOneReplace() throws Exception {
        String bucket = api.newBucket("private");
        String etag = api.upload(bucket, "file", Bytes.of("old")).expect(201).field("etag");
        for (int round = 0; round < 5; round++) {
            String current = etag;
            List<Answer> answers =
                    together(writer -> api.replace(bucket, "file", Bytes.of("writer " + writer), "If-Match", current));

            assertThat(statuses(answers)).containsOnly(200, 412);
            assertThat(winners(answers, 200)).hasSize(1);
            etag = winners(answers, 200).get(0).field("etag");
        }
    }

    @Test
    void withoutAConditionEveryWriterSucceedsAndTheLastOneStays() throws Exception {
        String bucket = api.newBucket("private");
        for (int round = 0; round < 5; round++) {
            String path = "round-" + round;
            List<Answer> answers = together(writer -> api.upload(bucket, path, Bytes.of("writer " + writer)));

            assertThat(statuses(answers)).containsOnly(201);
            assertThat(answers)
                    .extracting(answer -> answer.field("id"))
                    .containsOnly(answers.get(0).field("id"));
            assertThat(answers)
                    .extracting(answer -> answer.field("checksum"))
                    .contains(Bytes.sha256(api.download(bucket, path).body()));
        }
        Leftovers.in(gateway, bucket).vanish();
    }

    @Test
    void oneOfSeveralCreatesTheBucket() throws Exception {
        String name = Names.bucket("raced");

        List<Answer> answers = together(writer -> api.createBucket("{\"name\": \"" + name + "\"}"));

        assertThat(statuses(answers)).containsOnly(201, 409);
        assertThat(winners(answers, 201)).hasSize(1);
    }

    @Test
    void oneOfSeveralDeletesTheObject() throws Exception {
        String bucket = api.newBucket("private");
        api.upload(bucket, "file", Bytes.of("x")).expect(201);

        List<Answer> answers = together(writer -> api.remove(bucket, "file"));

        assertThat(statuses(answers)).containsOnly(204, 404);
        assertThat(winners(answers, 204)).hasSize(1);
    }

    private List<Answer> together(Attempt attempt) throws Exception {
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        List<Callable<Answer>> calls = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            calls.add(() -> {
                start.await(30, TimeUnit.SECONDS);
                return attempt.by(writer);
            });
        }
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> answer : writers.invokeAll(calls)) {
            answers.add(answer.get());
        }
        return answers;
    }

    private static List<Integer> statuses(List<Answer> answers) {
        return answers.stream().map(Answer::status).toList();
    }

    private static List<Answer> winners(List<Answer> answers, int success) {
        return answers.stream().filter(answer -> answer.status() == success).toList();
    }

    private interface Attempt {
        Answer by(int writer);
    }
}
