package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.backend.BackendObserver;
import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.observed.ObservedStorageBackend;
import io.aerodb.storage.gateway.wiring.OpenBackends.Opened;
import io.aerodb.storage.metadata.BlobLedger;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where the bytes go. */
@Configuration(proxyBeanMethods = false)
class BackendWiring {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Bean
    OpenBackends openBackends(StorageSettings settings) {
        return OpenBackends.of(settings);
    }

    @Bean
    StorageBackends storageBackends(
            OpenBackends open,
            BlobLedger ledger,
            MeterRegistry meters,
            BackendObserver observer,
            StorageSettings settings) {
        refuseMissing(open, ledger);
        UUID installation = Objects.requireNonNull(ledger.installation().block(LIMIT));
        Map<String, StorageBackend> observed = new HashMap<>();
        open.byName().forEach((name, opened) -> {
            checkVolume(name, opened, ledger);
            checkOwner(opened, installation);
            observed.put(name, observer.observed(name, new ObservedStorageBackend(opened.backend(), name, meters)));
        });
        return new StorageBackends(observed, settings.standardBackend());
    }

    /** Files would be lost to their readers, and their space to everybody. */
    private static void refuseMissing(OpenBackends open, BlobLedger ledger) {
        List<String> missed = Objects.requireNonNull(
                ledger.missedBackends(open.byName().keySet()).block(LIMIT));
        if (!missed.isEmpty()) {
            String name = missed.get(0);
            throw new StartRefused(("Files of this database lie on the backend %s, which is not configured:"
                            + " set %s again, or move its files to another backend first.")
                    .formatted(name, BackendNames.setting(name)));
        }
    }

    /** An empty mount point or another database's files would take new bytes and lack all old ones. */
    private static void checkVolume(String name, Opened opened, BlobLedger ledger) {
        Object bound = ledger.bindVolume(name, opened.volume()).block(LIMIT);
        if (!opened.volume().equals(bound)) {
            throw new StartRefused(("The files of this database lie on the volume %s, and %s is the volume %s:"
                            + " mount the right one, or set the right database.")
                    .formatted(bound, opened.place(), opened.volume()));
        }
    }

    /** A new database that is given an old volume would take all of its files for rubbish. */
    private static void checkOwner(Opened opened, UUID installation) {
        UUID owner = opened.backend()
                .ability(OwnedVolume.class)
                .map(volume -> volume.own(installation).block(LIMIT))
                .orElse(installation);
        if (!installation.equals(owner)) {
            throw new StartRefused(("%s belongs to the installation %s, and the database is the installation %s:"
                            + " set the right database, or a place of its own.")
                    .formatted(opened.place(), owner, installation));
        }
    }
}
