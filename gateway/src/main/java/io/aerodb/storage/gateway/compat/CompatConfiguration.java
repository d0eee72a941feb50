package io.aerodb.storage.gateway.compat;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class CompatConfiguration {

    @Bean
    LegacyDialect legacyDialect() {
        return new LegacyDialect();
    }

    @Bean
    RouterFunction<ServerResponse> absentFeatureRoutes() {
        return AbsentFeatures.routes();
    }
}
