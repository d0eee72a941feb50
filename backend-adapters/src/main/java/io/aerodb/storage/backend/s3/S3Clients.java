package io.aerodb.storage.backend.s3;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.TlsTrustManagersProvider;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The SDK's clients for one S3 service, each with connections of its own: one for bytes, one for all other calls. A call
 * that fails in passing is made up to {@value #ATTEMPTS} times, later each time.
 */
final class S3Clients implements AutoCloseable {

    private static final int ATTEMPTS = 4;
    private static final int CONTROL_CONNECTIONS = 64;
    private static final int MOST_WAITING = 10_000;

    private final SdkEventLoopGroup eventLoops;
    private final AwsCredentialsProvider credentials;
    private final S3AsyncClient data;
    private final S3AsyncClient control;
    private final S3Settings settings;
    private final @Nullable TlsTrustManagersProvider trusted;

    S3Clients(S3Settings settings) {
        this.settings = settings;
        this.trusted = settings.trustedCertificates() == null
                ? null
                : TrustedCertificates.of(
                        settings.trustedCertificates()); // may fail, so before there is anything to close
        this.eventLoops = SdkEventLoopGroup.builder().build();
        this.credentials = credentials(settings.credentials());
        this.data = client(
                http(settings.transfer().maxConnections(), settings.transfer().stallTimeout()), null);
        this.control = client(
                http(CONTROL_CONNECTIONS, settings.transfer().answerTimeout()),
                settings.transfer().answerTimeout());
    }

    /** For calls that carry an object's bytes, or wait for the server to join them. */
    S3AsyncClient data() {
        return data;
    }

    /** For calls that are answered at once, or are given up. */
    S3AsyncClient control() {
        return control;
    }

    S3Presigner presigner() {
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(credentials)
                .serviceConfiguration(addressing());
        return settings.endpoint() == null
                ? builder.build()
                : builder.endpointOverride(settings.endpoint()).build();
    }

    @Override
    public void close() {
        data.close();
        control.close();
        if (credentials instanceof AutoCloseable refreshing) {
            closeQuietly(refreshing);
        }
        eventLoops.eventLoopGroup().shutdownGracefully();
    }

    private S3AsyncClient client(SdkAsyncHttpClient http, @Nullable Duration limit) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .httpClient(http)
                .region(Region.of(settings.region()))
                .credentialsProvider(credentials)
                .serviceConfiguration(addressing())
                .requestChecksumCalculation(
                        supported()
                                ? RequestChecksumCalculation.WHEN_SUPPORTED
                                : RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(
                        supported()
                                ? ResponseChecksumValidation.WHEN_SUPPORTED
                                : ResponseChecksumValidation.WHEN_REQUIRED)
                .asyncConfiguration(async ->
                        async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                .overrideConfiguration(calls -> calls.addExecutionInterceptor(Attempts.interceptor())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build())
                        .apiCallTimeout(limit));
        return settings.endpoint() == null
                ? builder.build()
                : builder.endpointOverride(settings.endpoint()).build();
    }

    private boolean supported() {
        return settings.checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
    }

    private S3Configuration addressing() {
        return S3Configuration.builder()
                .pathStyleAccessEnabled(settings.pathStyle())
                .build();
    }

    private SdkAsyncHttpClient http(int connections, Duration silence) {
        S3Settings.Transfer transfer = settings.transfer();
        NettyNioAsyncHttpClient.Builder builder = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(eventLoops)
                .maxConcurrency(connections)
                .maxPendingConnectionAcquires(MOST_WAITING)
                .connectionTimeout(transfer.connectTimeout())
                .connectionAcquisitionTimeout(transfer.acquireTimeout())
                .readTimeout(silence)
                .writeTimeout(silence);
        if (trusted != null) {
            builder.tlsTrustManagersProvider(trusted);
        }
        if (settings.proxy() != null) {
            builder.proxyConfiguration(proxy(settings.proxy()));
        }
        return builder.build();
    }

    private static ProxyConfiguration proxy(S3Settings.Proxy proxy) {
        return ProxyConfiguration.builder()
                .useSystemPropertyValues(false)
                .useEnvironmentVariableValues(false)
                .scheme(proxy.address().getScheme())
                .host(proxy.address().getHost())
                .port(proxy.address().getPort())
                .username(proxy.username())
                .password(proxy.password())
                .nonProxyHosts(Set.of(proxy.nonProxyHosts().split("\\|")))
                .build();
    }

    private static AwsCredentialsProvider credentials(S3Settings.Credentials credentials) {
        if (credentials instanceof S3Settings.Credentials.Static fixed) {
            return StaticCredentialsProvider.create(fixed(fixed));
        }
        if (credentials instanceof S3Settings.Credentials.WebIdentity identity) {
            return WebIdentityTokenFileCredentialsProvider.builder()
                    .roleArn(identity.roleArn())
                    .webIdentityTokenFile(identity.tokenFile())
                    .asyncCredentialUpdateEnabled(true)
                    .build();
        }
        return DefaultCredentialsProvider.builder()
                .asyncCredentialUpdateEnabled(true)
                .build();
    }

    private static AwsCredentials fixed(S3Settings.Credentials.Static fixed) {
        return fixed.sessionToken() == null
                ? AwsBasicCredentials.create(fixed.accessKeyId(), fixed.secretAccessKey())
                : AwsSessionCredentials.create(fixed.accessKeyId(), fixed.secretAccessKey(), fixed.sessionToken());
    }

    private static void closeQuietly(AutoCloseable refreshing) {
        try {
            refreshing.close();
        } catch (Exception ignored) {
            // It only refreshed credentials in the background.
        }
    }
}
