package io.aerodb.storage.gateway.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.gateway.object.LiveMetadata;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Which places a database is started with. */
class BackendWiringTest {

    @TempDir
    private Path data;

    @Test
    void aPlaceBelongsToTheDatabaseThatFirstHadItAndToNoOther() {
        try (LiveMetadata metadata = new LiveMetadata(data.resolve("database"))) {
            UUID installation = metadata.ledger.installation().block();
            try (OpenBackends open = OpenBackends.of(settings("ours"))) {
                wire(open, metadata);
                assertThat(volume(open).owner().block()).isEqualTo(installation);
                wire(open, metadata);
            }
            metadata.run("DELETE FROM storage_private.volumes");
            try (OpenBackends open = OpenBackends.of(settings("theirs"))) {
                UUID other = UUID.randomUUID();
                volume(open).own(other).block();

                assertThatThrownBy(() -> wire(open, metadata))
                        .isInstanceOf(StartRefused.class)
                        .hasMessageContaining("belongs to the installation " + other);
            }
        }
    }

    private void wire(OpenBackends open, LiveMetadata metadata) {
        new BackendWiring()
                .storageBackends(
                        open, metadata.ledger, new SimpleMeterRegistry(), (name, backend) -> backend, settings("ours"));
    }

    private static OwnedVolume volume(OpenBackends open) {
        return open.byName().get("local").backend().ability(OwnedVolume.class).orElseThrow();
    }

    private StorageSettings settings(String root) {
        Map<String, String> values = Map.of(
                "storage.data-dir", data.toString(),
                "storage.local.root", data.resolve(root).toString());
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("storage", Bindable.of(StorageSettings.class));
    }
}
