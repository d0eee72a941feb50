package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients without a token that send a megabyte of what has to be collected and never its end. */
class UnfinishedBodiesIT {

    private static final int CLIENTS = 60;
    private static final byte[] MEGABYTE = Bytes.of("x".repeat(1_000_000));

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private final List<RawHttp> clients = new ArrayList<>();

    @AfterEach
    void everybodyLeaves() throws IOException {
        for (RawHttp client : clients) {
            client.close();
        }
    }

    @Test
    void othersAreServedBesideJsonThatDoesNotEnd() throws IOException {
        othersAreServedBeside("/object/list/any", "Content-Type: application/json", "");
    }

    @Test
    void othersAreServedBesideFieldsOfFormsThatDoNotEnd() throws IOException {
        othersAreServedBeside(
                "/object/any/thing",
                "Content-Type: multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n");
    }

    private void othersAreServedBeside(String address, String type, String beginning) throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            open(address, type, Bytes.of(beginning));
        }

        assertThat(api.replace(bucket, "file", Bytes.of("content"))).hasStatus(200);
        assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(Bytes.of("content"));
        assertThat(api.postJson("/object/list/" + bucket, "{\"prefix\":\"\"}")).hasStatus(200);
        await("a refusal").until(() -> clients.stream().anyMatch(RawHttp::hasBytes));
        assertThat(answers())
                .allSatisfy(
                        answer -> assertThat(answer).isRefused(429, "SlowDown").hasHeader("retry-after", "1"));
        assertThat(api.postJson("/object/list/" + bucket, large()))
                .as("another caller has a part of his own")
                .hasStatus(200);
    }

    private void open(String address, String type, byte[] beginning) throws IOException {
        RawHttp client = RawHttp.open(gateway.port());
        clients.add(client);
        try {
            client.request("POST /storage/v1" + address + " HTTP/1.1", type, "Content-Length: 1048576")
                    .write(beginning)
                    .write(MEGABYTE);
        } catch (IOException refused) { // while it was sending
            return;
        }
    }

    /** Of those that were refused. */
    private List<Answer> answers() throws IOException {
        List<Answer> answers = new ArrayList<>();
        for (RawHttp client : clients) {
            if (client.hasBytes()) {
                answers.add(client.answer());
            }
        }
        return answers;
    }

    private static String large() {
        return "{\"prefix\":\"\",\"other\":\"%s\"}".formatted("x".repeat(1_000_000));
    }
}
