package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.local.LocalStorageBackend;
import io.aerodb.storage.backend.s3.S3Settings;
import io.aerodb.storage.backend.s3.S3StorageBackend;
import io.aerodb.storage.gateway.wiring.BackendSettings.Kind;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The backends of the settings, open until this is closed. */
final class OpenBackends implements AutoCloseable {

    private final SortedMap<String, Opened> byName = new TreeMap<>();

    /**
     * @param place the setting that says where it is
     * @param volume the id of that place, fixed when it was first used
     */
    record Opened(StorageBackend backend, UUID volume, String place, Runnable closing) {}

    private OpenBackends() {}

    /** @throws StartRefused when one of them can't be used, or two are the same; none is open then */
    static OpenBackends of(StorageSettings settings) {
        OpenBackends open = new OpenBackends();
        try {
            settings.backendNames().forEach(name -> open.byName.put(name, opened(name, settings)));
            open.refuseTwoOfOneVolume();
            return open;
        } catch (RuntimeException refusal) {
            open.close();
            throw refusal;
        }
    }

    SortedMap<String, Opened> byName() {
        return Collections.unmodifiableSortedMap(byName);
    }

    private static Opened opened(String name, StorageSettings settings) {
        BackendSettings other = settings.backends().get(name);
        if (other == null) {
            Path standard = settings.dataDir().resolve("objects");
            return local("storage.local", settings.local(), standard);
        }
        String prefix = BackendNames.setting(name);
        return other.kind() == Kind.LOCAL
                ? local(prefix + ".local", other.local(), null)
                : s3(prefix + ".s3", Objects.requireNonNull(other.s3()));
    }

    private static Opened local(String prefix, LocalBackendSettings settings, @Nullable Path standard) {
        Path root = Objects.requireNonNull(settings.root() == null ? standard : settings.root());
        try {
            LocalStorageBackend local = LocalStorageBackend.open(settings.at(root));
            return new Opened(local, local.volumeId(), prefix + ".root", local::close);
        } catch (BackendException refusal) {
            throw new StartRefused(
                    "The directory of %s.root can't be used: %s.".formatted(prefix, refusal.getMessage()), refusal);
        }
    }

    private static Opened s3(String prefix, S3BackendSettings settings) {
        S3Settings read = settings.settings(prefix);
        try {
            S3StorageBackend s3 = S3StorageBackend.open(read);
            return new Opened(s3, s3.volumeId(), prefix + ".bucket", s3::close);
        } catch (RuntimeException refusal) {
            throw new StartRefused(
                    "The bucket of %s can't be used: %s.".formatted(prefix, refusal.getMessage()), refusal);
        }
    }

    private void refuseTwoOfOneVolume() {
        Map<UUID, String> places = new HashMap<>();
        for (Opened opened : byName.values()) {
            String other = places.putIfAbsent(opened.volume(), opened.place());
            if (other != null) {
                throw new StartRefused("%s and %s are the same volume: give each backend a place of its own."
                        .formatted(other, opened.place()));
            }
        }
    }

    @Override
    public void close() {
        byName.values().forEach(opened -> opened.closing().run());
    }
}
