package io.aerodb.storage.backend.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The steps of one request through the proxy. A fault takes some of them. */
final class Exchange {

    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private final HttpHead request;
    private final Connection connection;

    Exchange(HttpHead request, Connection connection) {
        this.request = request;
        this.connection = connection;
    }

    /** Both sides of a client's connection. */
    record Connection(
            Socket client,
            InputStream fromClient,
            OutputStream toClient,
            InputStream fromServer,
            OutputStream toServer,
            CountDownLatch closed) {

        static Connection of(Socket client, Socket server, CountDownLatch closed) throws IOException {
            return new Connection(
                    client,
                    new BufferedInputStream(client.getInputStream()),
                    client.getOutputStream(),
                    new BufferedInputStream(server.getInputStream()),
                    server.getOutputStream(),
                    closed);
        }
    }

    /** The request to the server. */
    void deliver() throws IOException {
        deliver(Long.MAX_VALUE);
    }

    /** The head and so many bytes of the body to the server. */
    void deliver(long bytes) throws IOException {
        request.without("expect").write(connection.toServer());
        receive(connection.toServer(), bytes);
    }

    /** The server's answer to the client. */
    void relay() throws IOException {
        relay(Long.MAX_VALUE);
    }

    /** The head and so many bytes of the body to the client. */
    void relay(long bytes) throws IOException {
        relay(connection.toClient(), bytes);
    }

    /** The server's answer to nobody. */
    void absorb() throws IOException {
        relay(OutputStream.nullOutputStream(), Long.MAX_VALUE);
    }

    /** An answer with S3's error document, from here. */
    void answer(int status, String code) throws IOException {
        receive(OutputStream.nullOutputStream(), Long.MAX_VALUE);
        byte[] body = request.method().equals("HEAD") ? new byte[0] : error(code);
        List<String> fields = List.of("Content-Type: application/xml", "Content-Length: " + body.length);
        new HttpHead("HTTP/1.1 %d Injected".formatted(status), fields).write(connection.toClient());
        connection.toClient().write(body);
        connection.toClient().flush();
    }

    /** An answer with these bytes as all of the object, from here. */
    void answer(byte[] object) throws IOException {
        receive(OutputStream.nullOutputStream(), Long.MAX_VALUE);
        new HttpHead("HTTP/1.1 200 OK", List.of("ETag: \"1\"", "Content-Length: " + object.length))
                .write(connection.toClient());
        connection.toClient().write(object);
        connection.toClient().flush();
    }

    /** Nothing, for so long or until the proxy is closed. */
    void hold(Duration time) throws InterruptedException {
        connection.closed().await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends the connection in order. */
    void end() throws IOException {
        connection.client().shutdownOutput();
        connection.client().close();
    }

    /** Cuts the connection: what is on its way may be lost. */
    void reset() throws IOException {
        connection.client().setSoLinger(true, 0);
        connection.client().close();
    }

    private void receive(OutputStream target, long bytes) throws IOException {
        if (request.field("expect").isPresent()) {
            connection.toClient().write(CONTINUE.getBytes(UTF_8));
            connection.toClient().flush();
        }
        new HttpBody(connection.fromClient(), target, bytes).copy(request);
    }

    private void relay(OutputStream target, long bytes) throws IOException {
        HttpHead answer = HttpHead.read(connection.fromServer()).orElseThrow(EOFException::new);
        answer.write(target);
        if (!request.method().equals("HEAD") && answer.status() != 204 && answer.status() != 304) {
            new HttpBody(connection.fromServer(), target, bytes).copy(answer);
        }
    }

    private static byte[] error(String code) {
        String document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Error><Code>%s</Code><Message>injected</Message><RequestId>1</RequestId></Error>";
        return document.formatted(code).getBytes(UTF_8);
    }
}
