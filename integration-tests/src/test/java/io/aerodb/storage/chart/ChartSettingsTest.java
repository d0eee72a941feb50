package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The chart has no words of its own for settings: the gateway takes what it renders. */
class ChartSettingsTest {

    static List<String> examples() {
        return Chart.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theGatewayTakesThemAll(String example) throws IOException {
        Manifests manifests = Chart.ofExample(example);

        StorageSettings settings = bound(manifests.application());

        assertThat(settings.database().embedded()).isEqualTo(example.startsWith("demo"));
        assertThat(settings.auth().configured()).isTrue();
        assertThat(settings.shutdownTimeout().toSeconds()).isEqualTo(example.startsWith("managed") ? 120 : 30);
        assertThat(settings.database().migration()).isNull();
    }

    @Test
    void whatTheUserSaysWins() throws IOException {
        String application = Chart.of(
                        Chart.example("local-values.yaml"),
                        "config: {storage: {data-dir: /elsewhere, database: {password-file: /mnt/password}}}")
                .application();

        StorageSettings settings = bound(application);

        assertThat(settings.dataDir()).hasToString("/elsewhere");
        assertThat(settings.database().passwordFile()).hasToString("/mnt/password");
        assertThat(settings.signing().secretFile()).hasToString("/etc/aerodb-storage/secrets/signing-secret");
    }

    @Test
    void aSettingThatDoesNotExistIsNoticed() {
        String application = Chart.of(
                        Chart.example("local-values.yaml"), "config: {storage: {limits: {max-file-sise: 1GB}}}")
                .application();

        assertThatThrownBy(() -> bound(application))
                .hasRootCauseInstanceOf(UnboundConfigurationPropertiesException.class);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void portsAreThoseThatTheGatewayListensOn(String example) throws IOException {
        Manifests manifests = Chart.ofExample(example);
        Binder binder = binder(manifests.application());

        Map<String, Integer> expected = Map.of(
                "http", binder.bind("server.port", Integer.class).orElse(8080),
                "management",
                        binder.bind("management.server.port", Integer.class).orElse(8081));
        assertThat(manifests.gateway().path("ports").valueStream()).hasSize(2).allSatisfy(port -> assertThat(
                        port.path("containerPort").intValue())
                .isEqualTo(expected.get(port.path("name").stringValue())));
        assertThat(List.of("server.address", "management.server.address"))
                .allSatisfy(name ->
                        assertThat(binder.bind(name, String.class).get()).isEqualTo("0.0.0.0"));
    }

    @Test
    void theKeyOfAnS3BackendComesFromTheEnvironment() throws IOException {
        Manifests manifests = Chart.ofExample("s3-values.yaml");
        List<String> environment = manifests
                .gateway()
                .path("env")
                .valueStream()
                .filter(variable -> variable.has("valueFrom"))
                .map(variable -> variable.path("name").stringValue())
                .toList();

        assertThat(environment).containsExactly("S3_MAIN_STORE_ACCESS_KEY_ID");
        assertThat(manifests.application()).contains("access-key-id: ${" + environment.get(0) + ":unset}");
    }

    private static StorageSettings bound(String application) throws IOException {
        return binder(application)
                .bind(
                        "storage",
                        Bindable.of(StorageSettings.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, source -> true))
                .get();
    }

    /** Of several documents the last one wins, as for the gateway. */
    private static Binder binder(String application) throws IOException {
        MutablePropertySources sources = new MutablePropertySources();
        for (PropertySource<?> document : new YamlPropertySourceLoader()
                .load("application", new ByteArrayResource(application.getBytes(StandardCharsets.UTF_8)))) {
            sources.addFirst(document);
        }
        return new Binder(ConfigurationPropertySources.from(sources), new PropertySourcesPlaceholdersResolver(sources));
    }
}
