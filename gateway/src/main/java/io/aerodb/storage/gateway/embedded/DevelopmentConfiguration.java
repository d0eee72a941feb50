package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** What lets somebody try a gateway out at once. */
@Configuration(proxyBeanMethods = false)
@Conditional(DevelopmentCondition.class)
class DevelopmentConfiguration {

    @Bean
    @Conditional(GeneratedSecretCondition.class)
    DevelopmentSecret developmentSecret(StorageSettings settings) {
        return DevelopmentSecret.in(settings.dataDir());
    }

    @Bean
    @Conditional(GeneratedSecretCondition.class)
    HmacSecret generatedJwtSecret(DevelopmentSecret secret) {
        return HmacSecret.of("storage.auth.jwt-secret", secret.text());
    }

    /** Links have a key of their own, kept in the file {@code signing-secret} of the data directory. */
    @Bean
    @Conditional(GeneratedSigningSecretCondition.class)
    HmacSecret generatedSigningSecret(StorageSettings settings) {
        DataDirectory directory = new DataDirectory(settings.dataDir()).created();
        return HmacSecret.of("storage.signing.secret", PrivateFile.secret(directory.signingSecret()));
    }

    @Bean
    StartBannerPrinter startBannerPrinter(
            StorageSettings settings,
            ObjectProvider<EmbeddedDatabase> database,
            ObjectProvider<DevelopmentSecret> secret) {
        return new StartBannerPrinter(settings, database, secret, Terminal.current(), System.out);
    }
}
