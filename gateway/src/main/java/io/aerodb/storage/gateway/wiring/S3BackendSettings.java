package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.backend.s3.S3Settings;
import io.aerodb.storage.backend.s3.S3Settings.Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A backend that is a bucket of S3 or of a service that speaks its protocol.
 *
 * @param endpoint of the service; not set for Amazon's own of the region
 * @param prefix of every key, ends with a slash
 * @param pathStyle whether the bucket stands in the path; not set: when an endpoint is set
 * @param secretAccessKeyFile a file that holds the secret; surrounding white space is ignored
 * @param roleArn and token file: found in the environment when not set
 * @param trustedCertificates PEM file of the certificates that are trusted instead of Java's
 * @param partSize of the first parts of an upload
 * @param memory that all parts of all uploads may take together; not set: a third of the heap
 * @param answerTimeout of a call that carries no object's bytes, retries counted in
 * @param stallTimeout a transfer that moves no byte for so long is broken off
 * @param threads that copy and hash what is uploaded
 * @param maxQueuedTasks tasks that may wait for such a thread
 */
record S3BackendSettings(
        @Nullable URI endpoint,
        @DefaultValue("us-east-1") String region,
        @Nullable String bucket,
        @Nullable String prefix,
        @Nullable Boolean pathStyle,
        @DefaultValue("static") CredentialSource credentials,
        @Nullable String accessKeyId,
        @Nullable String secretAccessKey,
        @Nullable Path secretAccessKeyFile,
        @Nullable String sessionToken,
        @Nullable String roleArn,
        @Nullable Path tokenFile,
        @DefaultValue("when-supported") S3Settings.Checksums checksums,
        @Nullable Proxy proxy,
        @Nullable Path trustedCertificates,
        @DefaultValue("8MB") DataSize partSize,
        @DefaultValue("4") int partsInFlight,
        @Nullable DataSize memory,
        @DefaultValue("512") int maxConnections,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("10s") Duration acquireTimeout,
        @DefaultValue("20s") Duration answerTimeout,
        @DefaultValue("60s") Duration stallTimeout,
        @DefaultValue("8") int threads,
        @DefaultValue("10000") int maxQueuedTasks) {

    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{2,254}");
    private static final Pattern PREFIX = Pattern.compile("(?=.{1,512}$)([A-Za-z0-9!_.*'()-]+/)+");
    private static final int HEAP_SHARE = 3;
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** How the gateway proves who it is. */
    enum CredentialSource {
        STATIC,
        DEFAULT_CHAIN,
        WEB_IDENTITY
    }

    /** @param nonProxyHosts that are reached without it, {@code *} for any text */
    record Proxy(
            @Nullable URI url,
            @Nullable String username,
            @Nullable Path passwordFile,
            @DefaultValue List<String> nonProxyHosts) {

        void check(String prefix) {
            if (url == null || !PublicOrigin.isWebAddress(url) || url.getPort() == -1) {
                throw new StartRefused(
                        "%s.url is %s: set it to an address like http://proxy:3128.".formatted(prefix, shown(url)));
            }
        }

        S3Settings.Proxy settings(String prefix) {
            return new S3Settings.Proxy(
                    Objects.requireNonNull(url),
                    username,
                    passwordFile == null
                            ? null
                            : SettingFile.text(prefix + ".password-file", passwordFile)
                                    .strip(),
                    nonProxyHosts.stream().distinct().collect(Collectors.joining("|")));
        }
    }

    /** @param name what stands before the names of its settings */
    void check(String name) {
        checkPlace(name);
        checkCredentials(name);
        checkTransfer(name);
        if (proxy != null) {
            proxy.check(name + ".proxy");
        }
    }

    /** Whoever writes a password into an address does not want to read it. */
    private static String shown(@Nullable URI address) {
        return address == null || address.getRawUserInfo() == null ? "" + address : "an address with a user in it";
    }

    private void checkPlace(String name) {
        if (endpoint != null && !PublicOrigin.isWebAddress(endpoint)) {
            throw new StartRefused("%s.endpoint is %s: set it to an address like https://s3.example.com:9000."
                    .formatted(name, shown(endpoint)));
        }
        if (bucket == null) {
            throw new StartRefused("%s.bucket is not set: name the S3 bucket.".formatted(name));
        }
        matching(name + ".bucket", bucket, BUCKET, "3 to 255 letters, digits, dots, hyphens and underscores");
        matching(name + ".region", region, REGION, "1 to 64 letters, digits, hyphens and underscores");
        if (prefix != null) {
            matching(
                    name + ".prefix",
                    prefix,
                    PREFIX,
                    "names of letters, digits and !_.*'()- with a slash after each, at most 512 characters");
        }
    }

    private static void matching(String setting, String value, Pattern shape, String words) {
        if (!shape.matcher(value).matches()) {
            throw new StartRefused("%s is %s: set it to %s.".formatted(setting, value, words));
        }
    }

    private void checkCredentials(String name) {
        boolean keyed =
                accessKeyId != null || secretAccessKey != null || secretAccessKeyFile != null || sessionToken != null;
        if (credentials == CredentialSource.STATIC && accessKeyId == null) {
            throw new StartRefused(("%1$s.access-key-id is not set: set it and %1$s.secret-access-key-file,"
                            + " or %1$s.credentials to default-chain or web-identity.")
                    .formatted(name));
        }
        if (credentials != CredentialSource.STATIC && keyed) {
            throw new StartRefused(
                    "%1$s has a key and its credentials are not static: set %1$s.credentials to static, or remove the key."
                            .formatted(name));
        }
        if (credentials != CredentialSource.WEB_IDENTITY && (roleArn != null || tokenFile != null)) {
            throw new StartRefused(
                    ("%1$s.role-arn and %1$s.token-file are for web-identity: set %1$s.credentials to it,"
                                    + " or remove them.")
                            .formatted(name));
        }
    }

    private void checkTransfer(String name) {
        Bounds.check(name + ".part-size", partSize, DataSize.ofMegabytes(5), DataSize.ofGigabytes(1));
        Bounds.check(name + ".parts-in-flight", partsInFlight, 1, 64);
        Bounds.check(name + ".memory", partsMemory(), partSize, DataSize.ofTerabytes(1));
        Bounds.check(name + ".max-connections", maxConnections, 1, 10_000);
        Bounds.check(name + ".connect-timeout", connectTimeout, SHORTEST, Bounds.LONGEST_WAIT);
        Bounds.check(name + ".acquire-timeout", acquireTimeout, SHORTEST, Bounds.LONGEST_WAIT);
        Bounds.check(name + ".answer-timeout", answerTimeout, SHORTEST, Bounds.LONGEST_WAIT);
        Bounds.check(name + ".stall-timeout", stallTimeout, SHORTEST, Bounds.LONGEST_WAIT);
        Bounds.check(name + ".threads", threads, 1, 1024);
        Bounds.check(name + ".max-queued-tasks", maxQueuedTasks, 1, 1_000_000);
    }

    /** These settings, once checked, for the adapter; reads the files that hold secrets. */
    S3Settings settings(String name) {
        return new S3Settings(
                endpoint,
                region,
                Objects.requireNonNull(bucket),
                prefix == null ? "" : prefix,
                pathStyle == null ? endpoint != null : pathStyle,
                credentials(name),
                checksums,
                proxy == null ? null : proxy.settings(name + ".proxy"),
                trustedCertificates,
                transfer());
    }

    private Credentials credentials(String name) {
        return switch (credentials) {
            case STATIC -> new Credentials.Static(Objects.requireNonNull(accessKeyId), secret(name), sessionToken);
            case DEFAULT_CHAIN -> new Credentials.DefaultChain();
            case WEB_IDENTITY -> new Credentials.WebIdentity(roleArn, tokenFile);
        };
    }

    private String secret(String name) {
        return SettingFile.secret(name + ".secret-access-key", secretAccessKey, secretAccessKeyFile)
                .orElseThrow(() -> new StartRefused(
                        "%1$s.secret-access-key is not set: set %1$s.secret-access-key-file to a file that holds it."
                                .formatted(name)));
    }

    private DataSize partsMemory() {
        return memory == null ? DataSize.ofBytes(Runtime.getRuntime().maxMemory() / HEAP_SHARE) : memory;
    }

    private S3Settings.Transfer transfer() {
        return new S3Settings.Transfer(
                Math.toIntExact(partSize.toBytes()),
                partsInFlight,
                partsMemory().toBytes(),
                maxConnections,
                connectTimeout,
                acquireTimeout,
                answerTimeout,
                stallTimeout,
                threads,
                maxQueuedTasks);
    }

    @Override
    public String toString() {
        return "S3BackendSettings[%s at %s]".formatted(bucket, endpoint);
    }
}
