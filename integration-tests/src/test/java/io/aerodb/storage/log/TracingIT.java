package io.aerodb.storage.log;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spans as a collector gets them. */
class TracingIT {

    private static final String CALLER = "00f067aa0ba902b7";
    private static Collector collector;
    private static Gateway gateway;

    private final String trace = UUID.randomUUID().toString().replace("-", "");
    private final String parent = "00-" + trace + "-" + CALLER + "-01";
    private final Api alice = gateway.asUser(Names.user());
    private final String bucket = alice.newBucket("private");

    @BeforeAll
    static void start() {
        collector = new Collector();
        gateway = Gateway.start("--storage.tracing.endpoint=" + collector.address(), "--storage.tracing.sampling=0");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        collector.close();
    }

    private Map<String, Span> spans(int number) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(collector.of(trace)).hasSize(number));
        return collector.of(trace).stream().collect(Collectors.toMap(Span::getName, Function.identity()));
    }

    private static String parentOf(Span span) {
        return Collector.hex(span.getParentSpanId().toByteArray());
    }

    private static String idOf(Span span) {
        return Collector.hex(span.getSpanId().toByteArray());
    }

    @Test
    void anUploadIsASpanOfTheCallersTraceWithAChildForEachCall() {
        Answer answer = alice.upload(bucket, "secret-name", Bytes.of("content"), "traceparent", parent);

        Map<String, Span> spans = spans(4);
        Span request = spans.get("upload");
        assertThat(spans).containsOnlyKeys("upload", "upload_begin", "backend write", "upload_commit");
        assertThat(parentOf(request)).isEqualTo(CALLER);
        assertThat(request.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(List.of("upload_begin", "backend write", "upload_commit"))
                .allSatisfy(child -> assertThat(parentOf(spans.get(child))).isEqualTo(idOf(request)));
        assertThat(answer).hasStatus(201).hasHeader("traceresponse", "00-%s-%s-01".formatted(trace, idOf(request)));
        assertThat(spans.toString()).doesNotContain("secret-name", bucket);
    }

    @Test
    void theLineInTheLogHasTheSameTrace() {
        alice.head(bucket, "missing", "traceparent", parent);

        Span request = spans(2).get("info");
        await().untilAsserted(() -> assertThat(gateway.output())
                .contains("\"trace_id\":\"%s\",\"span_id\":\"%s\"".formatted(trace, idOf(request))));
    }

    @Test
    void aSmallDownloadReadsTheRowAndTheFile() {
        alice.upload(bucket, "a", Bytes.of("content")).expect(201);
        alice.download(bucket, "a", "traceparent", parent).expect(200);

        await().untilAsserted(() -> assertThat(collector.of(trace))
                .extracting(Span::getName)
                .contains("download", "object_find", "backend read"));
    }

    @Test
    void aTraceThatItsCallerDoesNotRecordIsNotSent() {
        String unrecorded = "00-" + trace + "-" + CALLER + "-00";
        Answer answer = alice.head(bucket, "missing", "traceparent", unrecorded);
        String sent = UUID.randomUUID().toString().replace("-", "");
        alice.head(bucket, "missing", "traceparent", "00-" + sent + "-" + CALLER + "-01");

        assertThat(answer.header("traceresponse").orElseThrow())
                .startsWith("00-" + trace)
                .endsWith("-00");
        await().untilAsserted(() -> assertThat(collector.of(sent)).hasSize(2));
        assertThat(collector.of(trace)).isEmpty();
    }
}
