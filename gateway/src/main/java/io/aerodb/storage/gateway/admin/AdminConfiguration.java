package io.aerodb.storage.gateway.admin;

import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.metadata.ObjectRights;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class AdminConfiguration {

    @Bean
    AdminFilter adminFilter() {
        return new AdminFilter(StorageApi.BASE + "/admin");
    }

    @Bean
    RouterFunction<ServerResponse> adminRoutes(ObjectRights rights, Bodies bodies) {
        ExplainHandler explanations = new ExplainHandler(rights, bodies);
        return RouterFunctions.route()
                .POST(StorageApi.BASE + "/admin/explain", explanations::explain)
                .withAttribute(Operation.ATTRIBUTE, Operation.EXPLAIN)
                .build();
    }
}
