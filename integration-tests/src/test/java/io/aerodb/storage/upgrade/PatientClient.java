package io.aerodb.storage.upgrade;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.RawHttp;
import java.io.IOException;

/**
 * Keeps one connection, and sends what was not answered on it again on a new one, as libraries do with requests that may be
 * repeated. Any answer but 200 is a failure.
 */
final class PatientClient implements AutoCloseable {

    private static final int MOST_ATTEMPTS = 20;

    private final int port;
    private final String token;
    private final Acknowledged acknowledged;
    private RawHttp connection;
    private boolean kept;

    PatientClient(int port, String token, Acknowledged acknowledged) {
        this.port = port;
        this.token = token;
        this.acknowledged = acknowledged;
    }

    /** @param object bucket and path */
    Answer ask(String method, String object, byte[] content) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Answer answer = asked(method, object, content);
                assertThat(answer).hasStatus(200);
                acknowledged.answered();
                return answer;
            } catch (IOException broken) {
                acknowledged.broken(kept);
                close();
                if (attempt == MOST_ATTEMPTS) {
                    throw broken;
                }
            }
        }
    }

    private Answer asked(String method, String object, byte[] content) throws IOException {
        if (connection == null) {
            connection = RawHttp.open(port);
        }
        Answer answer = connection
                .request(
                        "%s /storage/v1/object/%s HTTP/1.1".formatted(method, object),
                        "Authorization: Bearer " + token,
                        "Content-Length: " + content.length)
                .write(content)
                .answer();
        kept = true;
        if (answer.header("connection").filter("close"::equalsIgnoreCase).isPresent()) {
            close();
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        if (connection != null) {
            connection.close();
        }
        connection = null;
        kept = false;
    }
}
