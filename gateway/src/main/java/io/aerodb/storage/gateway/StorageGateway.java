package io.aerodb.storage.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the gateway. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class StorageGateway {

    public static void main(String[] args) {
        SpringApplication.run(StorageGateway.class, args);
    }
}
