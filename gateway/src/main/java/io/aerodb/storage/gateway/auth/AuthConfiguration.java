package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.wiring.AuthSettings;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tokens are verified by what the settings name, or by a generated {@link HmacSecret} where there is such a bean. */
@Configuration(proxyBeanMethods = false)
class AuthConfiguration {

    @Bean
    KeySource keySource(
            StorageSettings settings, @Qualifier("generatedJwtSecret") ObjectProvider<HmacSecret> generated) {
        AuthSettings auth = settings.auth();
        List<VerificationKey> keys = ConfiguredKeys.read(auth, () -> Optional.ofNullable(generated.getIfAvailable()));
        if (auth.jwksUrl() == null) {
            return KeySource.fixed(keys);
        }
        JwksUrl url = new JwksUrl(auth.jwksUrl(), auth.jwksTimeout());
        return new PublishedKeys(
                keys, url.fetch(), auth.jwksRefreshInterval(), auth.jwksRetryInterval(), System::nanoTime);
    }

    @Bean
    KeyRefresh keyRefresh(KeySource keys) {
        return new KeyRefresh(keys);
    }

    @Bean
    TokenVerifier tokenVerifier(KeySource keys, StorageSettings settings) {
        AuthSettings auth = settings.auth();
        ClaimRules rules =
                new ClaimRules(Clock.systemUTC(), auth.clockSkew(), auth.issuer(), Set.copyOf(auth.audience()));
        return new TokenVerifier(keys, rules, new VerifiedTokens(auth.tokenCacheSize()));
    }

    @Bean
    RlsContextFilter rlsContextFilter(TokenVerifier tokens) {
        return new RlsContextFilter(tokens, List.of(StorageApi.BASE));
    }
}
