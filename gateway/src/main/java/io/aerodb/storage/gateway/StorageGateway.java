package io.aerodb.storage.gateway;

import io.aerodb.storage.gateway.embedded.TokenCommand;
import io.aerodb.storage.gateway.observability.DroppedErrors;
import io.aerodb.storage.gateway.selftest.SelfTestCommand;
import io.aerodb.storage.gateway.wiring.MigrateCommand;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the gateway, or does what the first argument says when it is {@code token}, {@code migrate} or {@code self-test}. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class StorageGateway {

    public static void main(String[] args) {
        List<String> arguments = Arrays.asList(args);
        OptionalInt done = arguments.isEmpty()
                ? OptionalInt.empty()
                : command(arguments.get(0), arguments.subList(1, arguments.size()));
        if (done.isPresent()) {
            System.exit(done.getAsInt());
        }
        DroppedErrors.hear();
        SpringApplication.run(StorageGateway.class, args);
    }

    /** Not a gateway that nobody meant to start. */
    private static OptionalInt unknown(String name) {
        System.err.printf(
                "'%s' is no command: %s. Settings begin with two hyphens.%n",
                name, String.join(", ", TokenCommand.NAME, MigrateCommand.NAME, SelfTestCommand.NAME));
        return OptionalInt.of(2);
    }

    /** The exit code, when it was a command. */
    private static OptionalInt command(String name, List<String> arguments) {
        return switch (name) {
            case TokenCommand.NAME -> OptionalInt.of(TokenCommand.run(arguments, System.out, System.err));
            case MigrateCommand.NAME -> OptionalInt.of(MigrateCommand.run(arguments, System.out));
            case SelfTestCommand.NAME -> OptionalInt.of(SelfTestCommand.run(arguments, System.out, System.err));
            default -> name.startsWith("--") ? OptionalInt.empty() : unknown(name);
        };
    }
}
