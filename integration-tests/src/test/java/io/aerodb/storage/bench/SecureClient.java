package io.aerodb.storage.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** TLS with HTTP/1.1 or HTTP/2, by the JDK's client: it takes more processor time than {@link Connection}. */
final class SecureClient implements Client {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final URI server;
    private final HttpClient client;

    SecureClient(int port, Protocol protocol, Certificates certificates) {
        server = URI.create("https://127.0.0.1:" + port);
        client = HttpClient.newBuilder()
                .version(protocol == Protocol.HTTP2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(certificates.trust())
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    @Override
    public Answer exchange(Request request) throws IOException {
        HttpResponse<Void> response = sent(request, BodyHandlers.discarding());
        return request.checked(answer(
                response, response.headers().firstValueAsLong("Content-Length").orElse(0)));
    }

    @Override
    public String text(Request request) throws IOException {
        HttpResponse<String> response = sent(request, BodyHandlers.ofString());
        request.checked(answer(response, response.body().length()));
        return response.body();
    }

    @Override
    public void close() {
        // its connections end when they are idle or the server does
    }

    private <T> HttpResponse<T> sent(Request request, BodyHandler<T> handler) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(server.resolve(request.target()))
                .method(request.method(), body(request.body()))
                .timeout(PATIENCE);
        request.headers().lines().forEach(line -> builder.header(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        try {
            return client.send(builder.build(), handler);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private static BodyPublisher body(Body body) {
        return body.bytes() < 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(() -> bytes(body)), body.bytes());
    }

    private static Iterator<byte[]> bytes(Body body) {
        Iterator<ByteBuffer> pieces = body.iterator();
        byte[] copy = new byte[body.content().capacity()];
        body.content().duplicate().get(copy);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return pieces.hasNext();
            }

            @Override
            public byte[] next() {
                int count = pieces.next().remaining();
                return count == copy.length ? copy : Arrays.copyOf(copy, count);
            }
        };
    }

    private static Answer answer(HttpResponse<?> response, long length) {
        String headers = response.headers().map().entrySet().stream()
                .flatMap(header -> header.getValue().stream().map(value -> header.getKey() + ": " + value))
                .collect(Collectors.joining("\r\n"));
        String status = response.version() + " " + response.statusCode();
        return new Answer(response.statusCode(), String.join("\r\n", List.of(status, headers)), length);
    }
}
