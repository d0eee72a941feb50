package io.aerodb.storage.gateway.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OpenBackendsTest {

    @TempDir
    private Path data;

    @Test
    void aBackendThatIsNotEnabledIsNotMade() {
        Map<String, String> second = Map.of(
                "storage.local.enabled", "false",
                "storage.backends.second.kind", "local",
                "storage.backends.second.local.root", at("second"),
                "storage.backends.third.kind", "local",
                "storage.backends.third.local.enabled", "false",
                "storage.backends.third.local.root", at("third"));

        try (OpenBackends open = OpenBackends.of(settings(second))) {
            assertThat(open.byName()).containsOnlyKeys("second");
            assertThat(data.resolve("second")).isDirectory();
            assertThat(data.resolve("objects")).doesNotExist();
            assertThat(data.resolve("third")).doesNotExist();
        }
    }

    @Test
    void twoBackendsOfOneVolumeAreRefused() {
        Map<String, String> same =
                Map.of("storage.backends.second.kind", "local", "storage.backends.second.local.root", at("objects"));

        assertRefused(
                same,
                "storage.local.root and storage.backends.second.local.root are the same volume:"
                        + " give each backend a place of its own.");
    }

    @Test
    void anS3ServiceThatIsNotThereIsRefusedWithoutItsSecret() {
        Map<String, String> nowhere = Map.of(
                "storage.backends.cloud.kind", "s3",
                "storage.backends.cloud.s3.endpoint", "http://127.0.0.1:1",
                "storage.backends.cloud.s3.bucket", "files",
                "storage.backends.cloud.s3.access-key-id", "AK",
                "storage.backends.cloud.s3.secret-access-key", "hush-hush");

        assertRefused(nowhere, "The bucket of storage.backends.cloud.s3 can't be used: ");
    }

    @Test
    void aFileOfCertificatesThatIsNotThereIsRefused() {
        Map<String, String> uncertified = Map.of(
                "storage.backends.cloud.kind", "s3",
                "storage.backends.cloud.s3.bucket", "files",
                "storage.backends.cloud.s3.trusted-certificates", at("nowhere.pem"),
                "storage.backends.cloud.s3.access-key-id", "AK",
                "storage.backends.cloud.s3.secret-access-key", "hush-hush");

        assertRefused(uncertified, "The bucket of storage.backends.cloud.s3 can't be used: ");
    }

    private void assertRefused(Map<String, String> values, String sentence) {
        assertThatThrownBy(() -> OpenBackends.of(settings(values)))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith(sentence)
                .message()
                .doesNotContain("hush-hush");
    }

    private String at(String name) {
        return data.resolve(name).toString();
    }

    private StorageSettings settings(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("storage.data-dir", data.toString());
        return new Binder(new MapConfigurationPropertySource(all))
                .bindOrCreate("storage", Bindable.of(StorageSettings.class));
    }
}
