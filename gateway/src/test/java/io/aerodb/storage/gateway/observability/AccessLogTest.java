package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.TestServer;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class AccessLogTest {

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "0123456789");
        WebFilter identity = (exchange, chain) -> {
            String user = exchange.getRequest().getHeaders().getFirst("user");
            if (user != null) {
                Role role = user.equals("root") ? Role.SERVICE_ROLE : Role.AUTHENTICATED;
                exchange.getAttributes()
                        .put(RlsContextFilter.class.getName(), new RlsContext(user.replace("~", "\n"), role, "{}"));
            }
            return chain.filter(exchange);
        };
        server = TestServer.of(
                RouterFunctions.route()
                        .GET("/text/{*path}", request -> ServerResponse.ok().bodyValue("hello"))
                        .GET("/file", request -> ServerResponse.ok()
                                .contentLength(4)
                                .build((exchange, context) ->
                                        ((ZeroCopyHttpOutputMessage) exchange.getResponse()).writeWith(file, 2, 4)))
                        .GET("/missing", request -> Mono.error(ErrorCode.NO_SUCH_KEY.error()))
                        .GET("/half", request -> ServerResponse.ok()
                                .contentLength(9)
                                .body(BodyInserters.fromDataBuffers(
                                        Flux.just(DefaultDataBufferFactory.sharedInstance.wrap("123".getBytes()))
                                                .cast(org.springframework.core.io.buffer.DataBuffer.class)
                                                .concatWith(Mono.error(new IllegalStateException("disk"))))))
                        .build(),
                new AccessLog(),
                identity);
        log.start();
        ((Logger) LoggerFactory.getLogger("access")).addAppender(log);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("access")).detachAppender(log);
        server.close();
    }

    private String line() {
        await().until(() -> !log.list.isEmpty());
        assertThat(log.list).hasSize(1);
        return log.list.get(0).getFormattedMessage();
    }

    @Test
    void aRequestIsOneLine() {
        server.ask("GET", "/text/a%0Ab;c?token=secret", "user: alice", "x-request-id: r-1");

        assertThat(line())
                .matches("method=GET path=/text/a%0Ab;c status=200 bytes=5 duration_ms=\\d+ user_id=alice"
                        + " role=authenticated request_id=r-1");
    }

    @Test
    void theBypassOfRowSecurityIsNamed() {
        server.ask("GET", "/text/a", "user: root");

        assertThat(line()).contains("role=service_role bypass=true");
    }

    @Test
    void nobodyIsADash() {
        server.ask("GET", "/text/a");

        assertThat(line()).contains("user_id=- role=- request_id=");
    }

    @Test
    void noUserForgesALine() {
        server.ask("GET", "/text/a", "user: a~status=200");

        assertThat(line()).contains("user_id=\"a\\u000astatus=200\"").doesNotContain("\n");
    }

    @Test
    void zeroCopyStaysAndIsCounted() {
        assertThat(server.ask("GET", "/file").body()).isEqualTo("2345");
        assertThat(line()).contains("bytes=4");
    }

    @Test
    void aFailureIsLoggedWithItsAnswer() {
        int length = server.ask("GET", "/missing").body().length();

        assertThat(line()).contains("status=404 bytes=" + length);
    }

    @Test
    void aBrokenAnswerIsMarked() {
        assertThatThrownBy(() -> server.ask("GET", "/half")).isInstanceOf(RuntimeException.class);
        assertThat(line()).contains("status=200 bytes=3").endsWith("aborted=true");
    }

    @Test
    void refusedRequestsAreLoggedToo() {
        server.ask("GET", "/text/%zz");
        assertThat(line()).contains("status=400");
        assertThat(List.of(line())).hasSize(1);
    }
}
