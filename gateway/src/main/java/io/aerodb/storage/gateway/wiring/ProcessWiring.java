package io.aerodb.storage.gateway.wiring;

import java.util.Objects;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Hooks;

/** What concerns the whole process. */
@Configuration(proxyBeanMethods = false)
class ProcessWiring {

    ProcessWiring() {
        Hooks.onNextDropped(ProcessWiring::release);
    }

    @Bean
    Instance instance() {
        String build = ProcessWiring.class.getPackage().getImplementationVersion();
        return new Instance(UUID.randomUUID(), Objects.requireNonNullElse(build, "development"));
    }

    /** A buffer that arrives when its receiver is done, after a time-out for instance, belongs to nobody else. */
    private static void release(Object dropped) {
        if (dropped instanceof DataBuffer buffer) {
            DataBufferUtils.release(buffer);
        }
    }
}
