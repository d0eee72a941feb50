package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.local.LocalSettings;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.aerodb.storage.backend.observed.ObservedStorageBackend;
import io.aerodb.storage.metadata.BlobLedger;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Where the bytes go. */
@Configuration(proxyBeanMethods = false)
class BackendWiring {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Bean
    LocalStorageBackend localStorageBackend(StorageSettings settings) {
        try {
            return LocalStorageBackend.open(settings(settings));
        } catch (BackendException refusal) {
            throw new StartRefused(
                    "The directory of storage.local.root can't be used: %s.".formatted(refusal.getMessage()), refusal);
        }
    }

    @Bean
    @Primary
    StorageBackend storageBackend(LocalStorageBackend local, BlobLedger ledger, MeterRegistry meters) {
        checkVolume(local.volumeId(), ledger);
        return new ObservedStorageBackend(local, StorageSettings.LOCAL_BACKEND, meters);
    }

    /** An empty mount point or another database's files would take new bytes and lack all old ones. */
    private static void checkVolume(UUID volume, BlobLedger ledger) {
        UUID bound = ledger.bindVolume(StorageSettings.LOCAL_BACKEND, volume).block(LIMIT);
        if (!volume.equals(bound)) {
            throw new StartRefused(
                    ("The files of this database lie on the volume %s, and storage.local.root is the volume %s:"
                                    + " mount the right one, or set the right database.")
                            .formatted(bound, volume));
        }
    }

    private static LocalSettings settings(StorageSettings settings) {
        StorageSettings.Local local = settings.local();
        Path root = local.root() == null ? settings.dataDir().resolve("objects") : local.root();
        return new LocalSettings(
                root, local.fsync(), local.minFreeSpace().toBytes(), local.threads(), local.maxQueuedTasks());
    }
}
