package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.auth.JwtSecret;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** What a gateway needs to be tried out at once. */
@Configuration(proxyBeanMethods = false)
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
}
