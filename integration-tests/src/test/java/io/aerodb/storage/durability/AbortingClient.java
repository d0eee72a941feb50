package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Uploads and downloads on a connection each, and leaves every second one at a random byte by a reset. Knows what each of
 * its objects may be afterwards.
 */
final class AbortingClient {

    private static final int NAMES = 3;
    private static final int MOST_BYTES = 200_000;
    private static final byte[] BYTES = Bytes.random(new Random(0), 2 * MOST_BYTES);
    private static final String ABSENT = "absent";

    private final Gateway gateway;
    private final String directory;
    private final String folder;
    private final String authorization;
    private final Random random;

    /** By path: the checksums that it may have, or that it may be absent. */
    private final Map<String, Set<String>> possible = new TreeMap<>();
    /** By path: what was sent to its last byte by clients that did not wait for the answer. It may win whenever it ends. */
    private final Map<String, Set<String>> undecided = new TreeMap<>();

    private int acknowledged;
    private int aborted;

    AbortingClient(Gateway gateway, String bucket, String folder, String token, Random random) {
        this.gateway = gateway;
        this.directory = "/storage/v1/object/" + bucket + "/";
        this.folder = folder;
        this.authorization = "Authorization: Bearer " + token;
        this.random = random;
    }

    int acknowledged() {
        return acknowledged;
    }

    int aborted() {
        return aborted;
    }

    void act() throws IOException {
        String path = folder + "/file-" + random.nextInt(NAMES);
        switch (random.nextInt(4)) {
            case 0 -> upload(path);
            case 1 -> abortUpload(path);
            case 2 -> checkOne(path);
            default -> abortDownload(path);
        }
    }

    /** Each object that was acknowledged is whole, and each that was not is absent or whole. */
    void checkAll() throws IOException {
        for (String path : possible.keySet()) {
            checkOne(path);
        }
    }

    private void upload(String path) throws IOException {
        byte[] content = content();
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.write(request(path, content));
            Answer answer = connection.answer();
            assertThat(answer.status()).as("%s", answer).isIn(201, 503);
            if (answer.status() == 201) {
                acknowledged++;
                Set<String> now = new HashSet<>(undecided.getOrDefault(path, Set.of()));
                now.add(Bytes.sha256(content));
                possible.put(path, now);
            }
        }
    }

    private void abortUpload(String path) throws IOException {
        byte[] content = content();
        byte[] request = request(path, content);
        int sent = random.nextInt(request.length + 1);
        if (sent == request.length) {
            undecided.computeIfAbsent(path, first -> new HashSet<>()).add(Bytes.sha256(content));
            possibleAt(path).add(Bytes.sha256(content));
        }
        aborted++;
        RawHttp connection = RawHttp.open(gateway.port());
        connection.write(request, 0, sent);
        connection.abort();
    }

    private void checkOne(String path) throws IOException {
        try (RawHttp connection = asking(path)) {
            Answer answer = connection.answer();
            if (answer.status() != 503) {
                String found = answer.status() == 404 ? ABSENT : Bytes.sha256(answer.body());
                assertThat(possibleAt(path))
                        .as("%s: %s", path, answer.headers())
                        .contains(found);
            }
        }
    }

    private void abortDownload(String path) throws IOException {
        aborted++;
        RawHttp connection = asking(path);
        connection.read(random.nextInt(MOST_BYTES));
        connection.abort();
    }

    private RawHttp asking(String path) throws IOException {
        return RawHttp.open(gateway.port())
                .request("GET " + directory + path + " HTTP/1.1", authorization, "Connection: close");
    }

    private byte[] request(String path, byte[] content) {
        boolean chunked = random.nextBoolean();
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(Bytes.of("POST %s%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s\r\n\r\n"
                .formatted(
                        directory,
                        path,
                        authorization,
                        chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + content.length)));
        if (chunked && content.length > 0) {
            request.writeBytes(Bytes.of(Integer.toHexString(content.length) + "\r\n"));
        }
        request.writeBytes(content);
        if (chunked) {
            request.writeBytes(Bytes.of(content.length > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n"));
        }
        return request.toByteArray();
    }

    private byte[] content() {
        int from = random.nextInt(MOST_BYTES);
        return Arrays.copyOfRange(BYTES, from, from + random.nextInt(MOST_BYTES));
    }

    private Set<String> possibleAt(String path) {
        return possible.computeIfAbsent(path, first -> new HashSet<>(Set.of(ABSENT)));
    }
}
