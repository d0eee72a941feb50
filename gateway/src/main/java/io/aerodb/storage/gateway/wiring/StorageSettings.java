package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.metadata.BucketCreation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Every setting of the gateway, under {@code storage}. Sizes are written like {@code 20MB}, times like {@code 30s}.
 *
 * @param mode whether the conveniences for one machine (embedded database, generated secret) are allowed
 * @param dataDir where the embedded database, the local objects and the generated secret live
 * @param publicUrl the address clients reach the gateway under; links are built from it and nothing else
 * @param verifyOnRead which downloads of whole objects are compared with the stored SHA-256 while they are sent
 * @param verifyOnReadFraction of the downloads, when they are sampled
 * @param redirectValidity of the addresses that large reads are redirected to, in buckets that ask for it
 * @param shutdownTimeout how long requests that run may go on after SIGTERM; read by Spring Boot's own setting
 * @param local the directory of the backend {@code local}
 * @param backends further ones, by their names
 * @param defaultBackend of buckets that name none; not set: {@code local}, or the only one
 * @throws StartRefused for a value outside its bounds; in production without a database or a key to verify tokens with
 */
@ConfigurationProperties(prefix = "storage", ignoreUnknownFields = false)
public record StorageSettings(
        @DefaultValue("development") Mode mode,
        @DefaultValue("data") Path dataDir,
        @Nullable URI publicUrl,
        @DefaultValue("never") VerifyOnRead verifyOnRead,
        @DefaultValue("0.01") double verifyOnReadFraction,
        @DefaultValue("60s") Duration redirectValidity,
        @DefaultValue("30s") Duration shutdownTimeout,
        @DefaultValue AuthSettings auth,
        @DefaultValue SigningSettings signing,
        @DefaultValue Database database,
        @DefaultValue Embedded embedded,
        @DefaultValue LocalBackendSettings local,
        @DefaultValue Map<String, BackendSettings> backends,
        @Nullable String defaultBackend,
        @DefaultValue Limits limits,
        @DefaultValue AdmissionSettings admission,
        @DefaultValue HttpSettings http,
        @DefaultValue MultipartSettings multipart,
        @DefaultValue Cors cors,
        @DefaultValue Buckets buckets,
        @DefaultValue MigrationSettings migrations,
        @DefaultValue CleanupSettings cleanup,
        @DefaultValue ScrubSettings scrub,
        @DefaultValue MetricsSettings metrics,
        @DefaultValue EventSettings events,
        @DefaultValue LoggingSettings logging,
        @DefaultValue AuditSettings audit,
        @DefaultValue TracingSettings tracing) {

    private static final DataSize MOST_BYTES = DataSize.ofTerabytes(1024);

    public StorageSettings {
        if (publicUrl != null) {
            PublicOrigin.check(publicUrl);
        }
        Bounds.check("storage.verify-on-read-fraction", verifyOnReadFraction, 0, 1);
        Bounds.check("storage.redirect-validity", redirectValidity, Duration.ofSeconds(1), Duration.ofHours(1));
        Bounds.check("storage.shutdown-timeout", shutdownTimeout, Duration.ofSeconds(1), Bounds.LONGEST_WAIT);
        BackendNames.standard(BackendNames.all(local, backends), defaultBackend);
        local.check("storage.local");
        backends.forEach((name, backend) -> backend.check(BackendNames.setting(name)));
        if (mode == Mode.PRODUCTION && database.embedded()) {
            throw new StartRefused("storage.mode is production, where the embedded PostgreSQL is not used: "
                    + "set storage.database.host, or storage.mode=development to try things out.");
        }
        if (mode == Mode.PRODUCTION && !auth.configured()) {
            throw new StartRefused("storage.mode is production, where no secret is generated: "
                    + "set storage.auth.jwt-secret-file, storage.auth.jwks-file or storage.auth.jwks-url.");
        }
        if (mode == Mode.PRODUCTION && !signing.configured()) {
            throw new StartRefused("storage.mode is production, where no secret is generated: set "
                    + "storage.signing.secret-file to a file with the secret that signed URLs are made with.");
        }
    }

    /** The part of the downloads of whole objects that is verified: 0 for none, 1 for all. */
    public double verifiedReads() {
        return switch (verifyOnRead) {
            case NEVER -> 0;
            case SAMPLED -> verifyOnReadFraction;
            case ALWAYS -> 1;
        };
    }

    /** Whether what is known to be damaged is refused. */
    public boolean refusesDamage() {
        return verifyOnRead != VerifyOnRead.NEVER;
    }

    /** Of all backends that are enabled. */
    SortedSet<String> backendNames() {
        return BackendNames.all(local, backends);
    }

    /** The backend of buckets that name none. */
    String standardBackend() {
        return BackendNames.standard(backendNames(), defaultBackend);
    }

    /** Which downloads are verified. */
    public enum VerifyOnRead {
        NEVER,
        SAMPLED,
        ALWAYS
    }

    /** How strict the gateway is about what it was given. */
    public enum Mode {
        DEVELOPMENT,
        PRODUCTION
    }

    /**
     * The database. Without a host the embedded PostgreSQL is started (development only).
     *
     * @param username the login role of the gateway: owns nothing, bypasses nothing
     * @param migration the role that creates and upgrades the schema; without it the schema must be there
     * @param sslRootCertificate PEM file of the authorities that may have signed the server's certificate; not set: those that
     *     Java trusts
     */
    public record Database(
            @Nullable String host,
            @DefaultValue("5432") int port,
            @DefaultValue("aerodb_storage") String name,
            @DefaultValue("storage_gateway") String username,
            @Nullable String password,
            @Nullable Path passwordFile,
            @Nullable Migration migration,
            @DefaultValue("prefer") String sslMode,
            @Nullable Path sslRootCertificate,
            @DefaultValue("10") int poolSize,
            @DefaultValue("4") int jobPoolSize,
            @DefaultValue("3s") Duration acquireTimeout,
            @DefaultValue("5s") Duration connectTimeout,
            @DefaultValue("30s") Duration statementTimeout,
            @DefaultValue("512") int maxPendingAcquires) {

        private static final Set<String> SSL_MODES =
                Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

        public Database {
            Bounds.check("storage.database.port", port, 1, 65535);
            Bounds.check("storage.database.pool-size", poolSize, 1, 1000);
            Bounds.check("storage.database.job-pool-size", jobPoolSize, 1, 1000);
            Bounds.check("storage.database.acquire-timeout", acquireTimeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
            Bounds.check("storage.database.connect-timeout", connectTimeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
            Bounds.check(
                    "storage.database.statement-timeout", statementTimeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
            Bounds.check("storage.database.max-pending-acquires", maxPendingAcquires, 0, 1_000_000);
            if (!SSL_MODES.contains(sslMode)) {
                throw new StartRefused("storage.database.ssl-mode is %s: set it to disable, allow, prefer, require, "
                        .concat("verify-ca or verify-full.")
                        .formatted(sslMode));
            }
        }

        /** Whether no database was named, so that the embedded one is meant. */
        public boolean embedded() {
            return host == null || host.isBlank();
        }

        @Override
        public String toString() {
            return "Database[%s:%d/%s as %s]".formatted(host, port, name, username);
        }
    }

    /**
     * The PostgreSQL that runs when no database host is set.
     *
     * @param port where it listens on 127.0.0.1; 0 for a free one, picked anew at each start
     * @param binaries directory its programs are unpacked in, about 50 MB, once per version; several gateways may share
     *     one; default {@code postgres} below the data directory
     */
    public record Embedded(
            @DefaultValue("0") int port, @Nullable Path binaries) {

        public Embedded {
            Bounds.check("storage.embedded.port", port, 0, 65535);
        }
    }

    /** Credentials of the role that owns the schema's upgrades. */
    public record Migration(
            String username,
            @Nullable String password,
            @Nullable Path passwordFile) {

        @Override
        public String toString() {
            return "Migration[%s]".formatted(username);
        }
    }

    /**
     * @param maxFileSize no object is larger, whatever its bucket allows
     * @param maxMetadataSize bytes of user metadata JSON of one object
     */
    public record Limits(
            @DefaultValue("5TB") DataSize maxFileSize,
            @DefaultValue("1MB") DataSize maxMetadataSize) {

        public Limits {
            Bounds.check("storage.limits.max-file-size", maxFileSize, DataSize.ofBytes(1), MOST_BYTES);
            Bounds.check(
                    "storage.limits.max-metadata-size", maxMetadataSize, DataSize.ofBytes(2), DataSize.ofMegabytes(1));
        }
    }

    /**
     * What pages of other origins may do.
     *
     * @param allowedOrigins like {@code https://app.example.com}; {@code *} for all
     * @param allowedHeaders of requests; {@code *} for all
     * @param exposedHeaders of answers, beside those that every page may read
     * @param allowCredentials whether browsers may send cookies and client certificates; not with all origins
     * @param maxAge how long a browser may remember the answer to a preflight
     */
    public record Cors(
            @DefaultValue("*") List<String> allowedOrigins,

            @DefaultValue({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
            List<String> allowedMethods,

            @DefaultValue("*") List<String> allowedHeaders,

            @DefaultValue({
                "accept-ranges",
                "content-disposition",
                "content-encoding",
                "content-length",
                "content-range",
                "etag",
                "last-modified",
                "retry-after",
                "www-authenticate",
                "x-request-id"
            })
            List<String> exposedHeaders,

            @DefaultValue("false") boolean allowCredentials,
            @DefaultValue("1h") Duration maxAge) {

        public Cors {
            Bounds.check("storage.cors.max-age", maxAge, Duration.ZERO, Duration.ofDays(1));
        }
    }

    /** @param creation who may create buckets */
    public record Buckets(@DefaultValue("authenticated") BucketCreation creation) {}
}
