package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;

/** The beans of http, auth and observability under Boot: its own decoder settings, filters and error page must lose. */
class ServedByBootTest {

    private static final String SECRET = "correct horse battery staple 0123456789";

    private static ConfigurableApplicationContext application;
    private static int port;
    private static int managementPort;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableConfigurationProperties(StorageSettings.class)
    @ComponentScan(
            basePackages = {
                "io.aerodb.storage.gateway.http",
                "io.aerodb.storage.gateway.auth",
                "io.aerodb.storage.gateway.observability"
            },
            excludeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern = ".*(DependencyHealth|MetricsConfiguration)"))
    static class Application {

        @Bean
        Instance instance() {
            return new Instance(UUID.randomUUID(), "1.2.3");
        }
    }

    private static ConfigurableApplicationContext run(String... settings) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .properties(
                        "server.port=0",
                        "management.server.port=0",
                        "management.server.address=127.0.0.1",
                        "server.address=127.0.0.1",
                        "spring.main.banner-mode=off",
                        "management.endpoint.health.validate-group-membership=false")
                .run(settings);
    }

    @BeforeAll
    static void start() {
        application = run("--storage.auth.jwt-secret=" + SECRET);
        port = port("local.server.port");
        managementPort = port("local.management.port");
    }

    private static int port(String property) {
        return Integer.parseInt(
                Objects.requireNonNull(application.getEnvironment().getProperty(property)));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static RawResponse ask(String method, String target, String... headers) {
        try (RawConnection connection = RawConnection.to(port)) {
            return connection.ask(method, target, headers);
        }
    }

    @Test
    void statusIsEmptyAndVersionIsText() {
        assertThat(ask("GET", "/storage/v1/status").status()).isEqualTo(200);
        assertThat(ask("GET", "/storage/v1/status").body()).isEmpty();
        assertThat(ask("GET", "/storage/v1/version").body()).isEqualTo("1.2.3");
        assertThat(ask("GET", "/storage/v1/version").header("content-type").orElseThrow())
                .startsWith("text/plain");
    }

    @Test
    void whatIsNotThereHasOurBody() {
        RawResponse response = ask("GET", "/storage/v1/nowhere/a[1]|x", "Accept: text/html");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.code()).isEqualTo("NoSuchRoute");
        assertThat(response.header("x-request-id")).isPresent();
    }

    @Test
    void ourLimitsOfTheHeadHold() {
        assertThat(ask("GET", "/storage/v1/status", "X-Large: " + "a".repeat(20_000))
                        .status())
                .isEqualTo(200);
        assertThat(ask("GET", "/storage/v1/status?" + "a".repeat(12_000)).status())
                .isEqualTo(200);
        assertThat(ask("GET", "/storage/v1/status", "X-Large: " + "a".repeat(40_000))
                        .code())
                .isEqualTo("HeadersTooLarge");
        assertThat(ask("GET", "/storage/v1/status?" + "a".repeat(17_000)).code())
                .isEqualTo("UriTooLong");
    }

    @Test
    void anAcceptHeaderThatIsTooLongIsTheClientsMistake() {
        RawResponse response = ask("GET", "/storage/v1/nowhere", "Accept: " + "a/b, ".repeat(60) + "a/b");

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.json().path("field").asString()).isEqualTo("Accept");
    }

    @Test
    void aHeadThatCannotBeDecodedReachesNoLog() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        try {
            ask("GET", "/\u001b[31m?token=secret-1", "Authorization: secret-2", "X: \u0000");
            ask("GET", "/?token=secret-1", "Host: [", "Transfer-Encoding: secret-3");
        } finally {
            root.detachAppender(log);
        }
        assertThat(List.copyOf(log.list))
                .extracting(ILoggingEvent::getLoggerName)
                .noneMatch(logger -> logger.startsWith("reactor"));
    }

    @Test
    void theManagementPortDoesNotHaveTheApi() {
        try (RawConnection connection = RawConnection.to(managementPort)) {
            assertThat(connection.ask("GET", "/actuator/health").status()).isEqualTo(200);
            assertThat(connection.ask("GET", "/storage/v1/status").code()).isEqualTo("NoSuchRoute");
            assertThat(connection.ask("GET", "/%73torage/v1/status").code()).isEqualTo("NoSuchRoute");
        }
    }

    @Test
    void managementNeedsAPortOfItsOwn() {
        assertThatThrownBy(() -> run(
                        "--storage.auth.jwt-secret=" + SECRET, "--management.server.port=8080", "--server.port=8080"))
                .hasRootCauseInstanceOf(StartRefused.class);
    }

    @Test
    void nobodyMarksRequestsToTheManagementPort() {
        try (RawConnection connection = RawConnection.to(managementPort)) {
            assertThat(connection
                            .ask("GET", "/actuator/health", "x-aerodb-malformed: nonsense")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aBadTokenIsRefused() {
        assertThat(ask("GET", "/storage/v1/status", "Authorization: Bearer x").status())
                .isEqualTo(401);
    }

    @Test
    void aMalformedPathIsRefused() {
        assertThat(ask("GET", "/storage/v1/object/b/%zz").code()).isEqualTo("InvalidKey");
    }

    @Test
    void withoutKeysItRefusesToStart() {
        assertThatThrownBy(() -> run()).hasRootCauseInstanceOf(StartRefused.class);
        assertThatThrownBy(() -> run("--storage.auth.jwt-secret=short")).hasRootCauseInstanceOf(StartRefused.class);
    }
}
