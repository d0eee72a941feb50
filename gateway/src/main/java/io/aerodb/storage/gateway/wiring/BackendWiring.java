package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.local.LocalSettings;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.aerodb.storage.backend.observed.ObservedStorageBackend;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Where the bytes go. */
@Configuration(proxyBeanMethods = false)
class BackendWiring {

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
    StorageBackend storageBackend(LocalStorageBackend local, MeterRegistry meters) {
        return new ObservedStorageBackend(local, StorageSettings.LOCAL_BACKEND, meters);
    }

    private static LocalSettings settings(StorageSettings settings) {
        StorageSettings.Local local = settings.local();
        Path root = local.root() == null ? settings.dataDir().resolve("objects") : local.root();
        return new LocalSettings(
                root, local.fsync(), local.minFreeSpace().toBytes(), local.threads(), local.maxQueuedTasks());
    }
}
