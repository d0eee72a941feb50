package io.aerodb.storage.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** TLS with HTTP/1.1 or HTTP/2, over one connection: it takes more processor time than {@link Connection}. */
final class SecureClient implements Client {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int PIECE = 64 * 1024;
    private static final int WINDOW = 4 * 1024 * 1024;

    private final ConnectionProvider connections = ConnectionProvider.create("bench", 1);
    private final HttpClient client;

    /** @param certificate the one that the server has */
    SecureClient(int port, Protocol protocol, Path certificate) {
        HttpClient any = HttpClient.create(connections)
                .baseUrl("https://127.0.0.1:" + port)
                .headers(headers -> headers.remove(HttpHeaderNames.USER_AGENT))
                .responseTimeout(PATIENCE);
        client = protocol == Protocol.HTTP2
                ? secured(any.protocol(HttpProtocol.H2), Http2SslContextSpec.forClient(), certificate)
                        .http2Settings(settings -> settings.initialWindowSize(WINDOW))
                : secured(any, Http11SslContextSpec.forClient(), certificate);
    }

    @Override
    public Answer exchange(Request request) throws IOException {
        return request.checked(sent(request, (head, body) -> body.map(ByteBuf::readableBytes)
                .reduce(0L, Long::sum)
                .map(length -> answer(head, length))));
    }

    @Override
    public String text(Request request) throws IOException {
        return sent(request, (head, body) -> body.aggregate()
                .asString(StandardCharsets.UTF_8)
                .defaultIfEmpty("")
                .flatMap(text -> checked(request, answer(head, text.length()), text)));
    }

    @Override
    public void close() {
        connections.dispose();
    }

    /** What to do with an answer while it comes. */
    @FunctionalInterface
    private interface Receiver<T> {
        Mono<T> receive(HttpClientResponse head, ByteBufFlux body);
    }

    private <T> T sent(Request request, Receiver<T> receiver) throws IOException {
        HttpClient.RequestSender sender = client.headers(headers -> fill(headers, request))
                .request(HttpMethod.valueOf(request.method()))
                .uri(request.target());
        HttpClient.ResponseReceiver<?> answer = request.body().bytes() < 0 ? sender : sender.send(body(request.body()));
        try {
            return answer.response(receiver::receive).blockLast(PATIENCE);
        } catch (RuntimeException failure) {
            throw new IOException(failure);
        }
    }

    /** Hidden, for of a source that it can poll Reactor Netty takes everything at once. */
    private static Flux<ByteBuf> body(Body body) {
        return Flux.fromIterable(body).concatMapIterable(SecureClient::pieces).hide();
    }

    private static HttpClient secured(
            HttpClient client, GenericSslContextSpec<SslContextBuilder> tls, Path certificate) {
        tls.configure(builder -> builder.trustManager(certificate.toFile()));
        return client.secure(spec -> spec.sslContext(tls));
    }

    private static void fill(HttpHeaders headers, Request request) {
        request.headers().lines().map(line -> line.split(": ", 2)).forEach(line -> headers.set(line[0], line[1]));
        if (request.body().bytes() >= 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, request.body().bytes());
        }
    }

    /** Small enough that a few which wait to be written are little memory. */
    private static Iterable<ByteBuf> pieces(ByteBuffer content) {
        ByteBuf all = Unpooled.wrappedBuffer(content);
        return () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.isReadable();
            }

            @Override
            public ByteBuf next() {
                return all.readRetainedSlice(Math.min(PIECE, all.readableBytes()));
            }
        };
    }

    private static <T> Mono<T> checked(Request request, Answer answer, T result) {
        return Mono.fromCallable(() -> {
            request.checked(answer);
            return result;
        });
    }

    private static Answer answer(HttpClientResponse head, long length) {
        String headers = head.responseHeaders().entries().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .collect(Collectors.joining("\r\n"));
        return new Answer(head.status().code(), head.version() + " " + head.status() + "\r\n" + headers, length);
    }
}
