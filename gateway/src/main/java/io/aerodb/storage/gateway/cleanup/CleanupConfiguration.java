package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.metadata.BlobLedger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CleanupConfiguration {

    @Bean
    InstanceLease instanceLease(BlobLedger ledger, Instance instance) {
        return new InstanceLease(ledger, instance);
    }
}
