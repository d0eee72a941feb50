package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.TestServer;
import io.aerodb.storage.gateway.wiring.AuditSettings.WhenFull;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

class AuditGateTest {

    private static int status(double filled, WhenFull whenFull, String path) {
        try (TestServer server = TestServer.of(
                RouterFunctions.route()
                        .GET("/{*any}", request -> ServerResponse.ok().build())
                        .build(),
                new AuditGate(() -> filled, whenFull))) {
            return server.ask("GET", path).status();
        }
    }

    @Test
    void whereNothingMayHappenUnauditedRequestsWaitForTheAudit() {
        assertThat(status(0.6, WhenFull.REFUSE, "/storage/v1/bucket")).isEqualTo(503);
        assertThat(status(0.6, WhenFull.REFUSE, "/compat/supabase/storage/v1/bucket"))
                .isEqualTo(503);
        assertThat(status(0.4, WhenFull.REFUSE, "/storage/v1/bucket")).isEqualTo(200);
    }

    @Test
    void elsewhereTheyDoNot() {
        assertThat(status(1, WhenFull.DROP, "/storage/v1/bucket")).isEqualTo(200);
        assertThat(status(1, WhenFull.REFUSE, "/actuator/health")).isEqualTo(200);
    }
}
