package io.aerodb.storage.gateway.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    @Bean
    RouterFunction<ServerResponse> openApiRoutes() throws IOException {
        return OpenApiRoutes.of(document());
    }

    private static String document() throws IOException {
        try (InputStream file = OpenApiConfiguration.class.getResourceAsStream("openapi.yaml")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
