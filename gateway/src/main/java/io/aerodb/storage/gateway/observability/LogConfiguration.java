package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.http.RequestOperations;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;

/** Turns the log of operations and the audit on. */
@Configuration(proxyBeanMethods = false)
class LogConfiguration {

    @Bean
    RequestOperations requestOperations(ObjectProvider<RouterFunction<?>> tables) {
        return new RequestOperations(tables.orderedStream().toList());
    }

    @Bean
    OperationLog operationLog(RequestOperations operations, AuditLog audit) {
        return new OperationLog(operations, audit.enabled());
    }

    @Bean(destroyMethod = "close")
    AuditLog auditLog(StorageSettings settings, MeterRegistry meters) {
        return AuditLog.open(settings.audit(), settings.logging(), meters);
    }

    @Bean
    AuditGate auditGate(StorageSettings settings, AuditLog audit) {
        return new AuditGate(audit::filled, settings.audit().whenFull());
    }
}
