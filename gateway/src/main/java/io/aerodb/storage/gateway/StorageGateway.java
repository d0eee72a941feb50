package io.aerodb.storage.gateway;

import io.aerodb.storage.gateway.embedded.TokenCommand;
import io.aerodb.storage.gateway.observability.DroppedErrors;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the gateway, or prints a development token when the first argument is {@code token}. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class StorageGateway {

    public static void main(String[] args) {
        List<String> arguments = Arrays.asList(args);
        if (!arguments.isEmpty() && arguments.get(0).equals(TokenCommand.NAME)) {
            System.exit(TokenCommand.run(arguments.subList(1, arguments.size()), System.out, System.err));
        }
        DroppedErrors.hear();
        SpringApplication.run(StorageGateway.class, args);
    }
}
