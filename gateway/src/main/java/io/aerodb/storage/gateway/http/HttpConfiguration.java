package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The parts of this package that run by themselves. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    @Bean
    RequestIds requestIds() {
        return new RequestIds();
    }

    @Bean
    Problems problems() {
        return new Problems();
    }

    @Bean
    Cors cors(StorageSettings settings) {
        return new Cors(settings.cors(), List.of(StorageApi.BASE));
    }

    @Bean
    ApiPortFilter apiPortFilter(ApplicationContext application) {
        if (ManagementPortType.get(application.getEnvironment()) == ManagementPortType.SAME) {
            throw new StartRefused(
                    "server.port and management.server.port are the same: health and metrics need a port of their own.");
        }
        return new ApiPortFilter(application);
    }

    @Bean
    MalformedRequestFilter malformedRequestFilter() {
        return new MalformedRequestFilter();
    }

    @Bean
    BodyBudget bodyBudget(StorageSettings settings, MeterRegistry meters) {
        DataSize json = settings.http().maxJsonBody();
        DataSize form = settings.multipart().maxFieldsSize();
        return new BodyBudget(settings.http().maxBufferedBodies(), json.compareTo(form) > 0 ? json : form, meters);
    }

    @Bean
    Bodies bodies(StorageSettings settings, BodyBudget budget) {
        return new Bodies(settings.http().maxJsonBody(), budget);
    }

    /** After Boot's own: its decoder settings replace earlier ones as a whole. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> serverTuning(
            StorageSettings settings, MeterRegistry meters) {
        return factory -> factory.addServerCustomizers(new ServerTuning(settings.http(), meters));
    }

    @Bean
    RouterFunction<ServerResponse> statusRoutes(Instance instance) {
        return RouterFunctions.route()
                .GET(StorageApi.BASE + "/status", HttpConfiguration::status)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .HEAD(StorageApi.BASE + "/status", HttpConfiguration::status)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .GET(StorageApi.BASE + "/version", request -> ServerResponse.ok()
                        .bodyValue(instance.build()))
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .build();
    }

    private static Mono<ServerResponse> status(ServerRequest request) {
        return ServerResponse.ok().build();
    }
}
