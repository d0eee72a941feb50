package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.RequestOperations;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.http.TestServer;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.log.Operation;
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
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OperationLogTest {

    private static final Logger ACCESS = (Logger) LoggerFactory.getLogger("access");
    private static final Logger AUDIT = (Logger) LoggerFactory.getLogger("audit");
    private static final String OBJECT = "/storage/v1/object";

    private final ListAppender<ILoggingEvent> access = new ListAppender<>();
    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "0123456789");
        RouterFunction<ServerResponse> routes = RouterFunctions.route()
                .GET(StorageApi.BASE + "/object" + ObjectPaths.ANY, request -> switch (request.pathVariable("bucket")) {
                    case "files" ->
                        ServerResponse.ok().contentLength(4).build((exchange, context) -> ((ZeroCopyHttpOutputMessage)
                                        exchange.getResponse())
                                .writeWith(file, 2, 4));
                    case "half" ->
                        ServerResponse.ok()
                                .contentLength(9)
                                .body(BodyInserters.fromDataBuffers(
                                        Flux.just(DefaultDataBufferFactory.sharedInstance.wrap("123".getBytes()))
                                                .cast(DataBuffer.class)
                                                .concatWith(Mono.error(new IllegalStateException("disk")))));
                    case "closed" -> Mono.error(ErrorCode.ACCESS_DENIED.error().with("reason", "select"));
                    case "broken" -> Mono.error(new IllegalStateException("defect"));
                    default -> ServerResponse.ok().bodyValue("hello");
                })
                .withAttribute(Operation.ATTRIBUTE, Operation.DOWNLOAD)
                .POST(StorageApi.BASE + "/object/move", request -> {
                    Facts.of(request).object("avatars", "from").destination("other", "to");
                    return ServerResponse.ok().bodyValue("moved");
                })
                .withAttribute(Operation.ATTRIBUTE, Operation.MOVE)
                .GET("/health", request -> ServerResponse.ok().bodyValue("up"))
                .build();
        server = TestServer.of(routes, new OperationLog(new RequestOperations(List.of(routes)), true), identity());
        listen(ACCESS, access);
        listen(AUDIT, audit);
    }

    private static WebFilter identity() {
        return (exchange, chain) -> {
            String user = exchange.getRequest().getHeaders().getFirst("user");
            if ("nobody".equals(user)) {
                return Mono.error(ErrorCode.UNAUTHORIZED.error());
            }
            if (user != null) {
                Role role = user.equals("root") ? Role.SERVICE_ROLE : Role.AUTHENTICATED;
                exchange.getAttributes()
                        .put(RlsContextFilter.class.getName(), new RlsContext(user.replace("~", "\n"), role, "{}"));
            }
            return chain.filter(exchange);
        };
    }

    private static void listen(Logger logger, ListAppender<ILoggingEvent> lines) {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        ACCESS.detachAppender(access);
        AUDIT.detachAppender(audit);
        server.close();
    }

    private JsonNode line() {
        await().until(() -> !access.list.isEmpty());
        assertThat(access.list).hasSize(1);
        return json(access.list.get(0));
    }

    private JsonNode audited() {
        await().until(() -> !audit.list.isEmpty());
        assertThat(audit.list).hasSize(1);
        return json(audit.list.get(0));
    }

    private static JsonNode json(ILoggingEvent event) {
        String line = JsonLine.of(event, "service");
        assertThat(line.strip()).doesNotContain("\n");
        return JsonMapper.shared().readTree(line);
    }

    @Test
    void anOperationIsOneLineWithThePromisedFields() {
        server.ask("GET", OBJECT + "/avatars/a%20b;c?token=secret", "user: alice", "x-request-id: r-1");

        JsonNode line = line();
        assertThat(line.propertyNames())
                .startsWith("@timestamp", "level", "service", "operation", "bucket", "path", "size", "user_id");
        assertThat(line.get("level").asString()).isEqualTo("INFO");
        assertThat(line.get("service").asString()).isEqualTo("file_storage");
        assertThat(line.get("operation").asString()).isEqualTo("download");
        assertThat(line.get("bucket").asString()).isEqualTo("avatars");
        assertThat(line.get("path").asString()).isEqualTo("a b;c");
        assertThat(line.get("size").asLong()).isEqualTo(5);
        assertThat(line.get("user_id").asString()).isEqualTo("alice");
        assertThat(line.get("duration_ms").isIntegralNumber()).isTrue();
        assertThat(line.get("request_id").asString()).isEqualTo("r-1");
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.toString()).doesNotContain("secret");
    }

    @Test
    void namesOfEcsStandBesideThem() {
        server.ask("GET", OBJECT + "/closed/a", "user: alice");

        JsonNode line = line();
        assertThat(line.get("event.action").asString()).isEqualTo("download");
        assertThat(line.get("event.outcome").asString()).isEqualTo("failure");
        assertThat(line.get("user.id").asString()).isEqualTo("alice");
        assertThat(line.get("http.response.status_code").asInt()).isEqualTo(403);
        assertThat(line.get("error.code").asString()).isEqualTo("AccessDenied");
        assertThat(line.get("url.path").asString()).isEqualTo(OBJECT + "/closed/a");
        assertThat(line.get("event.dataset").asString()).isEqualTo("file_storage.access");
    }

    @Test
    void whatDoesNotApplyIsNull() {
        server.ask("GET", "/nowhere");

        JsonNode line = line();
        assertThat(line.get("operation").asString()).isEqualTo("other");
        assertThat(List.of("bucket", "path", "size", "user_id"))
                .allMatch(field -> line.get(field).isNull());
    }

    @Test
    void aRequestThatIsRefusedBeforeItIsRoutedHasItsOperationAndIsAudited() {
        server.ask("GET", OBJECT + "/avatars/a", "user: nobody");

        assertThat(line().get("operation").asString()).isEqualTo("download");
        assertThat(audited().get("error_code").asString()).isEqualTo("Unauthorized");
        assertThat(audited().get("path").asString()).isEqualTo("a");
    }

    @Test
    void aDenialIsAuditedWithItsReasonAndWhereItCameFrom() {
        server.ask("GET", OBJECT + "/closed/a", "user: alice");

        JsonNode line = audited();
        assertThat(line.get("event.dataset").asString()).isEqualTo("file_storage.audit");
        assertThat(line.get("reason").asString()).isEqualTo("select");
        assertThat(line.get("source.ip").asString()).isEqualTo("127.0.0.1");
    }

    @Test
    void theBypassOfRowSecurityIsNamedAndAudited() {
        server.ask("GET", OBJECT + "/avatars/a", "user: root");

        assertThat(audited().get("bypass").asBoolean()).isTrue();
        assertThat(audited().get("role").asString()).isEqualTo("service_role");
    }

    @Test
    void aReadIsNotAudited() {
        server.ask("GET", OBJECT + "/avatars/a", "user: alice");

        assertThat(line().get("status").asInt()).isEqualTo(200);
        assertThat(audit.list).isEmpty();
    }

    @Test
    void aChangeIsAuditedWithWhatItsHandlerKnows() {
        server.ask("POST", OBJECT + "/move", "user: alice", "content-length: 0");

        assertThat(audited().get("operation").asString()).isEqualTo("move");
        assertThat(audited().get("bucket").asString()).isEqualTo("avatars");
        assertThat(audited().get("destination_path").asString()).isEqualTo("to");
    }

    @Test
    void noUserAndNoPathForgesALine() {
        server.ask("GET", OBJECT + "/avatars/%0A%1B%5B2J%E2%80%AE%22", "user: a~{\"status\":200}");

        assertThat(line().get("user_id").asString()).isEqualTo("a\n{\"status\":200}");
        assertThat(JsonLine.of(access.list.get(0), "service"))
                .contains("\\u000a\\u001b[2J\\u202e\\\"")
                .doesNotContain("\u001b", "\u202e");
    }

    @Test
    void zeroCopyStaysAndIsCounted() {
        assertThat(server.ask("GET", OBJECT + "/files/a").body()).isEqualTo("2345");
        assertThat(line().get("size").asLong()).isEqualTo(4);
    }

    @Test
    void theBytesOfARefusalAreNotTheSizeOfAnObject() {
        int length = server.ask("GET", OBJECT + "/closed/a").body().length();

        assertThat(line().get("size").isNull()).isTrue();
        assertThat(line().get("http.response.body.bytes").asInt()).isEqualTo(length);
    }

    @Test
    void aBrokenAnswerIsMarkedAndHasTheBytesSoFar() {
        assertThatThrownBy(() -> server.ask("GET", OBJECT + "/half/a")).isInstanceOf(RuntimeException.class);

        assertThat(line().get("aborted").asBoolean()).isTrue();
        assertThat(line().get("size").asLong()).isEqualTo(3);
        assertThat(line().get("event.outcome").asString()).isEqualTo("failure");
    }

    @Test
    void ourOwnFailuresAreWarnings() {
        server.ask("GET", OBJECT + "/broken/a");

        assertThat(line().get("level").asString()).isEqualTo("WARN");
        assertThat(line().get("error_code").asString()).isEqualTo("InternalError");
    }

    @Test
    void probesAreNotWorthALine() {
        server.ask("GET", "/health");
        server.ask("GET", "/health/none");

        assertThat(line().get("status").asInt()).isEqualTo(404);
    }

    @Test
    void malformedRequestsHaveALineToo() {
        server.ask("GET", OBJECT + "/avatars/%zz");

        assertThat(line().get("status").asInt()).isEqualTo(400);
        assertThat(line().get("operation").asString()).isEqualTo("download");
    }

    @Test
    void theFieldsOfAnOperationBeginAsTheyArePromised() {
        assertThat(LogField.values()[0]).isEqualTo(LogField.OPERATION);
        assertThat(LogField.values()[5]).isEqualTo(LogField.DURATION_MS);
    }
}
