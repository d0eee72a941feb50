package io.aerodb.storage.upgrade;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Uploads and downloads over slow lines, which take some seconds, each on a connection of its own. None may break. */
final class LongTransfers {

    static final String FOLDER = "long";
    private static final int PAUSE_MILLIS = 100;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Load load;
    private final int port;
    private final int blocks;

    /** @param port of the balancer, or of a gateway that it has chosen */
    LongTransfers(Load load, int port, Duration time) {
        this.load = load;
        this.port = port;
        this.blocks = (int) (time.toMillis() / PAUSE_MILLIS);
    }

    /** One after the other. */
    void uploads(int number, int size) throws IOException {
        for (int i = 0; load.goesOn(PAUSE_MILLIS); i++) {
            upload(FOLDER + "-" + number + "/" + i, size);
        }
    }

    /** One after the other. */
    void downloads(String path) throws IOException {
        while (load.goesOn(PAUSE_MILLIS)) {
            download(path);
        }
    }

    void upload(String path, int size) throws IOException {
        byte[] content = Bytes.random(new Random(path.hashCode()), size);
        try (RawHttp connection = RawHttp.open(port)) {
            connection.request(
                    "PUT /storage/v1/object/%s/%s HTTP/1.1".formatted(load.bucket(), path),
                    "Authorization: Bearer " + load.token(),
                    "Content-Length: " + size);
            for (int i = 0; i < blocks; i++) {
                int from = block(size, i);
                connection.write(content, from, block(size, i + 1) - from);
                load.waits(PAUSE_MILLIS);
            }
            assertThat(connection.answer()).hasStatus(200);
        } catch (IOException broken) {
            throw new IOException("the upload of " + path + " was broken off", broken);
        }
        load.acknowledged().stored(path, content);
    }

    private int block(int size, int number) {
        return (int) ((long) size * number / blocks);
    }

    void download(String path) throws IOException {
        byte[] answer = slowly(path, load.acknowledged().size(path) / blocks);
        assertThat(new String(answer, 0, 12, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        load.acknowledged().isThere(path, body(answer));
    }

    private byte[] slowly(String path, int block) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (RawHttp connection = RawHttp.openNarrow(port, block)) {
            connection.request(
                    "GET /storage/v1/object/%s/%s HTTP/1.1".formatted(load.bucket(), path),
                    "Authorization: Bearer " + load.token(),
                    "Connection: close");
            for (byte[] some = connection.read(block); some.length > 0; some = connection.read(block)) {
                answer.write(some);
                load.waits(PAUSE_MILLIS);
            }
        } catch (IOException broken) {
            throw new IOException("a download was broken off behind " + answer.size() + " bytes", broken);
        }
        return answer.toByteArray();
    }

    private static byte[] body(byte[] answer) {
        int head = 0;
        while (!Arrays.equals(answer, head, head + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
            head++;
        }
        return Arrays.copyOfRange(answer, head + END_OF_HEAD.length, answer.length);
    }
}
