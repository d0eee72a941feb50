package io.aerodb.storage.gateway.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class BackendSettingsTest {

    private static final String S3 = "storage.backends.cloud.s3.";
    private static final Map<String, String> CLOUD = Map.of(
            "storage.backends.cloud.kind",
            "s3",
            S3 + "bucket",
            "files",
            S3 + "access-key-id",
            "AK",
            S3 + "secret-access-key",
            "hush-hush");

    @TempDir
    private Path directory;

    @Test
    void withoutAWordThereIsTheLocalDirectory() {
        StorageSettings settings = bind(Map.of());

        assertThat(settings.backendNames()).containsExactly("local");
        assertThat(settings.standardBackend()).isEqualTo("local");
    }

    @Test
    void theLocalDirectoryStaysTheDefaultBesideOthers() {
        StorageSettings settings = bind(CLOUD);

        assertThat(settings.backendNames()).containsExactly("cloud", "local");
        assertThat(settings.standardBackend()).isEqualTo("local");
    }

    @Test
    void theOnlyBackendIsTheDefault() {
        StorageSettings settings = bind(with(CLOUD, "storage.local.enabled", "false"));

        assertThat(settings.backendNames()).containsExactly("cloud");
        assertThat(settings.standardBackend()).isEqualTo("cloud");
    }

    @Test
    void anotherMayBeTheDefault() {
        assertThat(bind(with(CLOUD, "storage.default-backend", "cloud")).standardBackend())
                .isEqualTo("cloud");
    }

    @Test
    void backendsAreReadFromTheEnvironmentToo() {
        StorageSettings settings = bind(ConfigurationPropertySource.from(new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of("STORAGE_BACKENDS_SECOND_KIND", "local", "STORAGE_BACKENDS_SECOND_LOCAL_ROOT", "/mnt"))));

        assertThat(settings.backendNames()).containsExactly("local", "second");
        assertThat(settings.backends().get("second").local().root()).isEqualTo(Path.of("/mnt"));
    }

    @Test
    void severalWithoutTheLocalDirectoryNeedADefault() {
        Map<String, String> two =
                with(with(CLOUD, "storage.local.enabled", "false"), "storage.backends.archive.kind", "local");

        assertRefused(
                with(two, "storage.backends.archive.local.root", "/mnt"),
                "storage.default-backend is not set: set it to archive or cloud.");
    }

    @Test
    void noBackendAtAll() {
        assertRefused(Map.of("storage.local.enabled", "false"), "There is no backend: set storage.local.enabled");
    }

    @Test
    void aKindMustBeNamed() {
        assertRefused(
                Map.of("storage.backends.second.local.root", "/mnt"),
                "storage.backends.second.kind is not set: set it to local or s3.");
    }

    @Test
    void aFurtherDirectoryMustBeNamed() {
        assertRefused(
                Map.of("storage.backends.second.kind", "local"),
                "storage.backends.second.local.root is not set: name a directory of its own.");
    }

    @Test
    void boundsHoldForFurtherDirectoriesToo() {
        assertRefused(
                Map.of("storage.backends.second.kind", "local", "storage.backends.second.local.threads", "0"),
                "storage.backends.second.local.threads is 0: set it to 1 at least");
    }

    @Test
    void aBackendIsOfOneKindOnly() {
        assertRefused(
                with(with(CLOUD, "storage.backends.cloud.kind", "local"), "storage.backends.cloud.local.root", "/mnt"),
                "storage.backends.cloud.s3 is set and storage.backends.cloud.kind is local");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            local   | storage.backends.local: that is the name of storage.local
            Second  | storage.backends.Second: give the backend a name of 1 to 63 characters a-z, 0-9 and -.
            [a_b]   | storage.backends.a_b: give the backend a name
            """)
    void aNameIsPlain(String name, String sentence) {
        assertRefused(Map.of("storage.backends." + name + ".kind", "local"), sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            storage.default-backend | archive         | is archive: set it to cloud or local.
            endpoint                | ftp://host      | is ftp://host: set it to an address like https://
            endpoint                | http://u:p@host | : set it to an address like https://
            region                  | a/b             | is a/b: set it to 1 to 64 letters
            bucket                  | ab              | is ab: set it to 3 to 255 letters
            prefix                  | files           | is files: set it to names
            prefix                  | /files/         | is /files/: set it to names
            part-size               | 4MB             | is 4194304B: set it to 5242880B at least
            parts-in-flight         | 0               | is 0: set it to 1 at least
            memory                  | 7MB             | is 7340032B: set it to 8388608B at least
            max-connections         | 0               | is 0: set it to 1 at least
            connect-timeout         | 0s              | is 0ms: set it to 1ms at least
            acquire-timeout         | 2h              | is 7200000ms: set it to 1ms at least and 3600000ms
            answer-timeout          | 0s              | is 0ms: set it to 1ms at least
            stall-timeout           | 0s              | is 0ms: set it to 1ms at least
            threads                 | 0               | is 0: set it to 1 at least
            max-queued-tasks        | 0               | is 0: set it to 1 at least
            proxy.url               | proxy:3128      | is proxy:3128: set it to an address like http://proxy:3128.
            endpoint                | ftp://me:secret@host | is an address with a user in it: set it to an address like https://s3.example.com:9000.
            proxy.url               | http://proxy    | is http://proxy: set it to an address like http://proxy:3128.
            """)
    void aValueOfAnS3BackendOutsideItsBounds(String setting, String value, String sentence) {
        String name = setting.startsWith("storage") ? setting : S3 + setting;
        assertRefused(with(CLOUD, name, value), name + (sentence.startsWith(":") ? " is " : " " + sentence));
    }

    @ParameterizedTest
    @CsvSource({
        "credentials, default-chain, has a key and its credentials are not static",
        "credentials, web-identity,  has a key and its credentials are not static",
        "role-arn,    arn:aws:x,     .role-arn and storage.backends.cloud.s3.token-file are for web-identity",
        "token-file,  /token,        .role-arn and storage.backends.cloud.s3.token-file are for web-identity",
    })
    void credentialsOfAnotherKind(String setting, String value, String sentence) {
        assertRefused(
                with(CLOUD, S3 + setting, value), S3.substring(0, S3.length() - 1), sentence.replaceAll("^ +", ""));
    }

    @Test
    void staticCredentialsNeedAKeyAndItsSecret() {
        Map<String, String> keyless = Map.of("storage.backends.cloud.kind", "s3", S3 + "bucket", "files");

        assertRefused(keyless, S3 + "access-key-id is not set");
        assertThatThrownBy(() -> cloud(with(keyless, S3 + "access-key-id", "AK")))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith(S3 + "secret-access-key is not set");
    }

    @Test
    void aSecretStandsInOnePlaceOnlyAndIsNotEmpty() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThatThrownBy(() -> cloud(with(CLOUD, S3 + "secret-access-key-file", empty.toString())))
                .hasMessageStartingWith("Both storage.backends.cloud.s3.secret-access-key and"
                        + " storage.backends.cloud.s3.secret-access-key-file are set");
        Map<String, String> byFile = new HashMap<>(with(CLOUD, S3 + "secret-access-key-file", empty.toString()));
        byFile.remove(S3 + "secret-access-key");
        assertThatThrownBy(() -> cloud(byFile))
                .hasMessageStartingWith("The secret of storage.backends.cloud.s3.secret-access-key is empty");
    }

    @Test
    void theDefaultsAreThoseOfTheAdapter() {
        assertThat(cloud(CLOUD))
                .isEqualTo(new S3Settings(
                        null,
                        "us-east-1",
                        "files",
                        "",
                        false,
                        new S3Settings.Credentials.Static("AK", "hush-hush", null),
                        S3Settings.Checksums.WHEN_SUPPORTED,
                        null,
                        null,
                        S3Settings.Transfer.DEFAULTS));
    }

    @Test
    void everySettingReachesTheAdapter() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), " from-a-file\n");
        Path password = Files.writeString(directory.resolve("password"), "proxy-password\n");
        Map<String, String> all = new HashMap<>(Map.of(
                "storage.backends.cloud.kind",
                "s3",
                S3 + "endpoint",
                "http://127.0.0.1:9000",
                S3 + "region",
                "eu-1",
                S3 + "bucket",
                "files",
                S3 + "prefix",
                "a/b/",
                S3 + "access-key-id",
                "AK",
                S3 + "secret-access-key-file",
                secret.toString(),
                S3 + "session-token",
                "session",
                S3 + "checksums",
                "when-required",
                S3 + "trusted-certificates",
                "/ca.pem"));
        all.putAll(Map.of(
                S3 + "proxy.url", "http://proxy:3128",
                S3 + "proxy.username", "me",
                S3 + "proxy.password-file", password.toString(),
                S3 + "proxy.non-proxy-hosts", "localhost,*.example.com,localhost"));
        all.putAll(Map.of(
                S3 + "part-size", "5MB",
                S3 + "parts-in-flight", "2",
                S3 + "memory", "64MB",
                S3 + "max-connections", "7",
                S3 + "connect-timeout", "1s",
                S3 + "acquire-timeout", "2s",
                S3 + "answer-timeout", "3s",
                S3 + "stall-timeout", "4s",
                S3 + "threads", "5",
                S3 + "max-queued-tasks", "6"));

        assertThat(cloud(all))
                .isEqualTo(new S3Settings(
                        URI.create("http://127.0.0.1:9000"),
                        "eu-1",
                        "files",
                        "a/b/",
                        true,
                        new S3Settings.Credentials.Static("AK", "from-a-file", "session"),
                        S3Settings.Checksums.WHEN_REQUIRED,
                        new S3Settings.Proxy(
                                URI.create("http://proxy:3128"), "me", "proxy-password", "localhost|*.example.com"),
                        Path.of("/ca.pem"),
                        new S3Settings.Transfer(
                                5 << 20,
                                2,
                                64L << 20,
                                7,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                5,
                                6)));
    }

    @Test
    void aRoleTakesTheRestFromTheEnvironment() {
        assertThat(cloud(Map.of(
                                "storage.backends.cloud.kind",
                                "s3",
                                S3 + "bucket",
                                "files",
                                S3 + "credentials",
                                "web-identity"))
                        .credentials())
                .isEqualTo(new S3Settings.Credentials.WebIdentity(null, null));
    }

    @Test
    void noSecretAppearsInAText() {
        assertThat(bind(with(CLOUD, S3 + "session-token", "hush-hush")).toString())
                .doesNotContain("hush-hush");
        assertThat(cloud(CLOUD).toString()).doesNotContain("hush-hush");
    }

    private static S3Settings cloud(Map<String, String> values) {
        return bind(values).backends().get("cloud").s3().settings("storage.backends.cloud.s3");
    }

    private static Map<String, String> with(Map<String, String> values, String setting, String value) {
        Map<String, String> more = new HashMap<>(values);
        more.put(setting, value);
        return more;
    }

    private static void assertRefused(Map<String, String> values, String... sentence) {
        assertThatThrownBy(() -> bind(values))
                .hasRootCauseInstanceOf(StartRefused.class)
                .rootCause()
                .hasMessageContainingAll(sentence)
                .message()
                .doesNotContain("hush-hush");
    }

    private static StorageSettings bind(Map<String, String> values) {
        return bind(new MapConfigurationPropertySource(values));
    }

    private static StorageSettings bind(ConfigurationPropertySource values) {
        return new Binder(values).bindOrCreate("storage", Bindable.of(StorageSettings.class));
    }
}
