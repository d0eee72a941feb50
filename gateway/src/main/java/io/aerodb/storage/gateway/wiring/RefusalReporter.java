package io.aerodb.storage.gateway.wiring;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says in a sentence why the start was refused, in place of Boot's report; the process then ends with exit code 1. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusalReporter implements SpringBootExceptionReporter {

    @Override
    public boolean reportException(Throwable failure) {
        Optional<String> sentence = sentence(failure);
        sentence.ifPresent(System.err::println);
        return sentence.isPresent();
    }

    /** Of the innermost cause that has one. */
    static Optional<String> sentence(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .flatMap(cause -> own(cause).stream())
                .reduce((outer, inner) -> inner);
    }

    private static Optional<String> own(Throwable failure) {
        if (failure instanceof PortInUseException taken) {
            return Optional.of("Port %d is in use: stop who listens there, or choose another port for the gateway."
                    .formatted(taken.getPort()));
        }
        if (failure instanceof UnboundConfigurationPropertiesException unknown) {
            return Optional.of(unknown.getUnboundProperties().stream()
                    .map(property -> property.getName().toString())
                    .collect(Collectors.joining(", ", "There is no setting ", ".")));
        }
        if (failure instanceof BindException malformed) {
            return Optional.of("The value of %s can't be read as %s."
                    .formatted(
                            malformed.getName(),
                            type(malformed.getTarget().getType().toClass())));
        }
        return Optional.of(failure).filter(StartRefused.class::isInstance).map(Throwable::getMessage);
    }

    private static String type(Class<?> type) {
        if (type.isEnum()) {
            return Stream.of(type.getEnumConstants())
                    .map(word -> word.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(" or "));
        }
        return switch (type.getSimpleName()) {
            case "DataSize" -> "a size like 20MB";
            case "Duration" -> "a time like 30s";
            case "int" -> "a whole number";
            case "boolean" -> "true or false";
            default -> "a " + type.getSimpleName();
        };
    }
}
