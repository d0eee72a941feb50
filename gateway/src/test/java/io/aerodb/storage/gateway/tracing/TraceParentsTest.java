package io.aerodb.storage.gateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.TestServer;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

class TraceParentsTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @ParameterizedTest
    @CsvSource({
        "00-" + TRACE + "-00f067aa0ba902b7-01, " + TRACE,
        "00-" + TRACE + "-00f067aa0ba902b7-00, " + TRACE,
        "cc-" + TRACE + "-00f067aa0ba902b7-01-later, " + TRACE,
        "ff-" + TRACE + "-00f067aa0ba902b7-01, none",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01, none",
        "00-" + TRACE + "-0000000000000000-01, none",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01, none",
        "00-" + TRACE + "-00f067aa0ba902b7-01-more, none",
        "00-" + TRACE + ", none",
        "'\"; status=200', none",
    })
    void onlyAValidParentNamesATrace(String header, String trace) {
        try (TestServer server = TestServer.of(
                RouterFunctions.route()
                        .GET("/trace", request -> ServerResponse.ok()
                                .bodyValue(
                                        Facts.of(request).get(LogField.TRACE_ID).orElse("none")))
                        .build(),
                new TraceParents())) {
            assertThat(server.ask("GET", "/trace", "traceparent: " + header).body())
                    .isEqualTo(trace);
        }
    }
}
