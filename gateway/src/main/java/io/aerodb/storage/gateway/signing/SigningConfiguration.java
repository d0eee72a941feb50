package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.auth.ConfiguredKeys;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import io.aerodb.storage.gateway.wiring.PublicOrigin;
import io.aerodb.storage.gateway.wiring.SigningSettings;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.LinkRepository;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Links are signed with what the settings name, or with a generated secret where there is such a bean. */
@Configuration(proxyBeanMethods = false)
class SigningConfiguration {

    private static final String SECRET = "storage.signing.secret";

    @Bean
    SignedUrls signedUrls(
            StorageSettings settings, @Qualifier("generatedSigningSecret") ObjectProvider<HmacSecret> generated) {
        SigningSettings signing = settings.signing();
        HmacSecret newest =
                HmacSecret.of(SECRET, signing.secret(), signing.secretFile()).orElseGet(generated::getObject);
        List<HmacSecret> previous =
                HmacSecret.listed("storage.signing.previous-secret-files", signing.previousSecretFiles());
        refuseSecretsOfTokens(settings, newest, previous);
        return new SignedUrls(new SigningKeys(newest, previous), Clock.systemUTC());
    }

    /** Its words come before those of objects: {@code sign} is no bucket. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    RouterFunction<ServerResponse> signingRoutes(
            LinkRepository links, SignedUrls urls, Bodies bodies, StorageSettings settings, Environment environment) {
        LinkAddresses addresses = new LinkAddresses(() -> PublicOrigin.of(settings, environment));
        return SigningRoutes.of(new SigningHandler(new Links(links), urls, addresses, bodies, settings.signing()));
    }

    private static void refuseSecretsOfTokens(StorageSettings settings, HmacSecret newest, List<HmacSecret> previous) {
        for (HmacSecret token : ConfiguredKeys.secrets(settings.auth())) {
            if (newest.isEqualTo(token) || previous.stream().anyMatch(token::isEqualTo)) {
                throw new StartRefused("A secret of storage.signing is also one of storage.auth. "
                        + "Give signed URLs a secret of their own: whoever verifies tokens could make links.");
            }
        }
    }
}
