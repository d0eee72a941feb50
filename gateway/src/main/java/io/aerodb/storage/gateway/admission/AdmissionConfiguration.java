package io.aerodb.storage.gateway.admission;

import io.aerodb.storage.gateway.wiring.EventSettings;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AdmissionConfiguration {

    @Bean
    Admission admission(StorageSettings settings, MeterRegistry meters) {
        EventSettings events = settings.events();
        return new Admission(settings.admission(), events.maxSubscribers(), events.maxSubscribersPerCaller(), meters);
    }
}
