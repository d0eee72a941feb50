package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.metadata.DatabaseSettings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which database the settings mean, and with whose rights.
 *
 * @param login the gateway's own role
 * @param migration the role that keeps the schema; null when somebody else does
 */
record Database(DatabaseSettings login, @Nullable Credentials migration) {

    private static final SecureRandom RANDOM = new SecureRandom();

    record Credentials(String username, @Nullable String password) {

        @Override
        public String toString() {
            return "Credentials[%s]".formatted(username);
        }
    }

    /** @param embedded the database of the embedded server, where one runs */
    static Database of(StorageSettings.Database settings, @Nullable EmbeddedDatabase embedded) {
        if (embedded != null) {
            String password = randomPassword(); // only this process logs in, and its migration sets it anew each time
            return new Database(
                    login(settings, embedded.host(), embedded.port(), embedded.database(), password, "disable"),
                    new Credentials(embedded.superuser(), embedded.password()));
        }
        String host = settings.host();
        if (host == null) {
            throw new StartRefused("There is no database: set storage.database.host.");
        }
        return new Database(
                login(
                        settings,
                        host,
                        settings.port(),
                        settings.name(),
                        secret("storage.database", settings.password(), settings.passwordFile()),
                        settings.sslMode()),
                credentials(settings.migration()));
    }

    String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s?sslmode=%s%s&connectTimeout=%d&socketTimeout=300&ApplicationName=aerodb-storage-migration"
                .formatted(
                        login.host(),
                        login.port(),
                        encoded(login.database()),
                        login.sslMode(),
                        trust(),
                        Math.max(1, login.connectTimeout().toSeconds()));
    }

    /** The driver's own default is a file in the home directory, and nothing else. */
    private String trust() {
        Path root = login.sslRootCertificate();
        if (root != null) {
            return "&sslrootcert=" + encoded(root.toString());
        }
        return login.verifiesServer() ? "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory" : "";
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static DatabaseSettings login(
            StorageSettings.Database settings,
            String host,
            int port,
            String database,
            @Nullable String password,
            String sslMode) {
        return new DatabaseSettings(
                host,
                port,
                database,
                settings.username(),
                password,
                sslMode,
                certificate(settings.sslRootCertificate()),
                settings.connectTimeout(),
                settings.acquireTimeout(),
                settings.statementTimeout(),
                settings.maxPendingAcquires(),
                Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /** Looked at now, for neither driver says which file it misses. */
    private static @Nullable Path certificate(@Nullable Path file) {
        if (file != null) {
            SettingFile.text("storage.database.ssl-root-certificate", file);
        }
        return file;
    }

    private static @Nullable Credentials credentials(StorageSettings.@Nullable Migration migration) {
        return migration == null
                ? null
                : new Credentials(
                        migration.username(),
                        secret("storage.database.migration", migration.password(), migration.passwordFile()));
    }

    private static @Nullable String secret(String prefix, @Nullable String value, @Nullable Path file) {
        return file == null
                ? value
                : SettingFile.text(prefix + ".password-file", file).strip();
    }

    private static String randomPassword() {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
