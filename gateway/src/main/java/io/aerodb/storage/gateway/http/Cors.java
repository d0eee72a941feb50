package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/**
 * Lets pages of other origins use the API (Fetch, "CORS protocol"): answers preflights, which have no token, and adds the
 * headers to every answer behind this filter, errors included.
 */
final class Cors extends CorsWebFilter implements Ordered {

    private static final String ANY = CorsConfiguration.ALL;
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/*\\s]+");

    /**
     * @param mounts where the API is: like {@code /storage/v1}; nothing is done elsewhere
     * @throws StartRefused when no browser would accept what the settings say
     */
    Cors(StorageSettings.Cors settings, List<String> mounts) {
        super(source(checked(settings), mounts), new ServingCorsProcessor());
    }

    @Override
    public int getOrder() {
        return FilterOrder.CORS;
    }

    private static StorageSettings.Cors checked(StorageSettings.Cors settings) {
        List<String> origins = settings.allowedOrigins();
        if (settings.allowCredentials() && origins.contains(ANY)) {
            throw new StartRefused("storage.cors.allow-credentials is true and storage.cors.allowed-origins has *: "
                    + "any web page could act as its visitor. Name the origins, or leave credentials out.");
        }
        for (String origin : origins) {
            if (!origin.equals(ANY) && !ORIGIN.matcher(origin).matches()) {
                throw new StartRefused("storage.cors.allowed-origins has '%s': ".formatted(LogText.value(origin))
                        + "an origin is like https://app.example.com, without a path, or * for all.");
            }
        }
        return settings;
    }

    private static CorsConfigurationSource source(StorageSettings.Cors settings, List<String> mounts) {
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOrigins(settings.allowedOrigins());
        configuration.setAllowedMethods(settings.allowedMethods());
        configuration.setAllowedHeaders(settings.allowedHeaders());
        configuration.setExposedHeaders(settings.exposedHeaders());
        configuration.setAllowCredentials(settings.allowCredentials());
        configuration.setMaxAge(settings.maxAge());
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        mounts.forEach(mount -> source.registerCorsConfiguration(mount + "/**", configuration));
        return source;
    }
}
