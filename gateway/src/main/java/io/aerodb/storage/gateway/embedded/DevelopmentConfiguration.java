package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.auth.JwtSecret;
import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
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
    JwtSecret jwtSecret(DevelopmentSecret secret) {
        return new JwtSecret(secret.bytes());
    }

    @Bean
    StartBannerPrinter startBannerPrinter(
            StorageSettings settings,
            ObjectProvider<EmbeddedDatabase> database,
            ObjectProvider<DevelopmentSecret> secret) {
        return new StartBannerPrinter(settings, database, secret, Terminal.current(), System.out);
    }
}
