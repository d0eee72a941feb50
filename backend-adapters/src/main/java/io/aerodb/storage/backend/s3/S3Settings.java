package io.aerodb.storage.backend.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the S3 bucket is and how much of this machine its uploads may take.
 *
 * @param endpoint of the service; null for Amazon's own of the region
 * @param region that requests are signed for
 * @param prefix of every key, like {@code aerodb/}; empty for none
 * @param pathStyle whether the bucket stands in the path instead of in the host name; most servers but Amazon's need it
 * @param checksums which requests and answers carry a checksum of their own
 * @param proxy HTTP proxy between here and the service
 * @param trustedCertificates PEM file of the certificates that are trusted instead of Java's; null for Java's
 * @param transfer bounds of memory and connections
 */
public record S3Settings(
        @Nullable URI endpoint,
        String region,
        String bucket,
        String prefix,
        boolean pathStyle,
        Credentials credentials,
        Checksums checksums,
        @Nullable Proxy proxy,
        @Nullable Path trustedCertificates,
        Transfer transfer) {

    /** How the gateway proves who it is. */
    public sealed interface Credentials {

        /** One key that does not change. */
        record Static(
                String accessKeyId,
                String secretAccessKey,
                @Nullable String sessionToken) implements Credentials {
            @Override
            public String toString() {
                return "Static[%s]".formatted(accessKeyId);
            }
        }

        /** What the AWS SDK finds: environment, profile, container, instance. */
        record DefaultChain() implements Credentials {}

        /** A role assumed by a token file, as Kubernetes projects one; nulls are found in the environment. */
        record WebIdentity(
                @Nullable String roleArn, @Nullable Path tokenFile) implements Credentials {}
    }

    /** Servers that know no trailing checksums need {@code WHEN_REQUIRED}. */
    public enum Checksums {
        WHEN_SUPPORTED,
        WHEN_REQUIRED
    }

    /** @param nonProxyHosts separated by {@code |}, with {@code *} for any text; empty for none */
    public record Proxy(
            URI address,
            @Nullable String username,
            @Nullable String password,
            String nonProxyHosts) {
        @Override
        public String toString() {
            return "Proxy[%s]".formatted(address);
        }
    }

    /**
     * @param partSize bytes of the first parts of a multipart upload, at least 5 MiB; they grow with the object
     * @param partsInFlight parts of one upload that are sent at once
     * @param memory bytes of heap that all parts of all uploads may take together
     * @param maxConnections of reads and writes; a call without one waits for {@code acquireTimeout}
     * @param answerTimeout within which a call that carries no object's bytes is answered, retries counted in
     * @param stallTimeout a transfer that moves no byte for so long is broken off
     * @param threads that copy and hash what is uploaded
     * @param maxQueuedTasks tasks that may wait for these threads; then uploads are refused
     */
    public record Transfer(
            int partSize,
            int partsInFlight,
            long memory,
            int maxConnections,
            Duration connectTimeout,
            Duration acquireTimeout,
            Duration answerTimeout,
            Duration stallTimeout,
            int threads,
            int maxQueuedTasks) {

        /** 8 MiB parts, 4 in flight, 256 MiB of memory, 512 connections. */
        public static final Transfer DEFAULTS = new Transfer(
                8 << 20,
                4,
                256L << 20,
                512,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                8,
                10_000);
    }
}
