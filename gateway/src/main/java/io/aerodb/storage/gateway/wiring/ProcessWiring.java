package io.aerodb.storage.gateway.wiring;

import java.util.Objects;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What concerns the whole process. */
@Configuration(proxyBeanMethods = false)
class ProcessWiring {

    @Bean
    Instance instance() {
        String build = ProcessWiring.class.getPackage().getImplementationVersion();
        return new Instance(UUID.randomUUID(), Objects.requireNonNullElse(build, "development"));
    }
}
