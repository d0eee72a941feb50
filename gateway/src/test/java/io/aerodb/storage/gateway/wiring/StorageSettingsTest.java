package io.aerodb.storage.gateway.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StorageSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "storage.auth.clock-skew,            61s,   61000ms: set it to 0ms at least and 60000ms at most",
        "storage.auth.clock-skew,            -1s,   -1000ms: set it to",
        "storage.auth.jwks-timeout,          0s,    0ms: set it to 1ms at least",
        "storage.auth.jwks-retry-interval,   4s,    4000ms: set it to 5000ms at least",
        "storage.auth.jwks-refresh-interval, 29s,   29000ms: set it to 30000ms at least and 3600000ms at most",
        "storage.auth.token-cache-size,      -1,    -1: set it to 0 at least",
        "storage.cors.max-age,               -1s,   -1000ms: set it to 0ms at least",
        "storage.database.port,              0,     0: set it to 1 at least and 65535 at most",
        "storage.database.pool-size,         0,     0: set it to 1 at least",
        "storage.database.job-pool-size,     -1,    -1: set it to 1 at least",
        "storage.database.acquire-timeout,   0s,    0ms: set it to 1ms at least",
        "storage.database.connect-timeout,   -5s,   -5000ms: set it to 1ms at least",
        "storage.database.statement-timeout, 2h,    7200000ms: set it to 1ms at least",
        "storage.database.max-pending-acquires, -1, -1: set it to 0 at least",
        "storage.database.ssl-mode,          maybe, maybe: set it to disable",
        "storage.embedded.port,              70000, 70000: set it to 0 at least",
        "storage.local.min-free-space,       -1B,   -1B: set it to 0B at least",
        "storage.local.threads,              0,     0: set it to 1 at least and 1024 at most",
        "storage.local.max-queued-tasks,     0,     0: set it to 1 at least",
        "storage.limits.max-file-size,       0,     0B: set it to 1B at least",
        "storage.limits.max-metadata-size,   2MB,   2097152B: set it to 2B at least and 1048576B at most",
        "storage.http.max-request-line,      10B,   10B: set it to 1024B at least",
        "storage.http.max-header-size,       3GB,   3221225472B: set it to 1024B at least",
        "storage.http.max-chunk-size,        1B,    1B: set it to 1024B at least",
        "storage.http.max-json-body,         1TB,   1099511627776B: set it to 1024B at least",
        "storage.http.max-buffered-bodies,   1MB,   1048576B: set it to 4194304B at least",
        "storage.http.idle-timeout,          0s,    0ms: set it to 1ms at least",
        "storage.http.body-idle-timeout,     0s,    0ms: set it to 1ms at least",
        "storage.migrations.parallelism,     0,     0: set it to 1 at least and 64 at most",
        "storage.migrations.max-bytes-per-second, -1B, -1B: set it to 0B at least",
        "storage.migrations.poll-interval,   0s,    0ms: set it to 100ms at least",
        "storage.migrations.lease,           2s,    2000ms: set it to 3000ms at least",
        "storage.migrations.max-upload-wait, 0s,    0ms: set it to 60000ms at least",
        "storage.scrub.interval,             0s,    0ms: set it to 1000ms at least",
        "storage.scrub.max-bytes-per-second, -1B,   -1B: set it to 0B at least",
    })
    void aValueOutsideItsBoundsIsRefusedWithTheSettingTheValueAndTheBounds(
            String setting, String value, String sentence) {
        assertThatThrownBy(() -> bind(Map.of(setting, value)))
                .hasRootCauseInstanceOf(StartRefused.class)
                .rootCause()
                .hasMessageStartingWith(setting + " is ")
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "never,   1,    0,    false",
        "sampled, 0,    0,    true",
        "sampled, 0.25, 0.25, true",
        "sampled, 1,    1,    true",
        "always,  0,    1,    true",
    })
    void readsAreVerifiedAsOftenAsTheSettingSays(String which, String fraction, double verified, boolean refuses) {
        StorageSettings settings =
                bind(Map.of("storage.verify-on-read", which, "storage.verify-on-read-fraction", fraction));

        assertThat(settings.verifiedReads()).isEqualTo(verified);
        assertThat(settings.refusesDamage()).isEqualTo(refuses);
    }

    @Test
    void noSecretAppearsInAText() {
        StorageSettings settings = bind(Map.of(
                "storage.auth.jwt-secret", "hush-hush",
                "storage.database.password", "hush-hush",
                "storage.database.migration.username", "admin",
                "storage.database.migration.password", "hush-hush"));

        assertThat(settings.toString()).doesNotContain("hush-hush");
        assertThat(String.valueOf(settings.database().migration())).doesNotContain("hush-hush");
        assertThat(new Database.Credentials("admin", "hush-hush").toString()).doesNotContain("hush-hush");
        assertThat(Database.of(settings.database(), new EmbeddedDatabase("h", 1, "d", "admin", "hush-hush")))
                .asString()
                .doesNotContain("hush-hush");
    }

    private static StorageSettings bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("storage", Bindable.of(StorageSettings.class));
    }
}
