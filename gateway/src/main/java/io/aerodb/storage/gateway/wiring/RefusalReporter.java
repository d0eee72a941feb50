package io.aerodb.storage.gateway.wiring;

import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says in a sentence why the start was refused, in place of Boot's report; the process then ends with exit code 1. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusalReporter implements SpringBootExceptionReporter {

    @Override
    public boolean reportException(Throwable failure) {
        Optional<String> sentence = Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .flatMap(cause -> sentence(cause).stream())
                .findFirst();
        sentence.ifPresent(System.err::println);
        return sentence.isPresent();
    }

    private static Optional<String> sentence(Throwable failure) {
        if (failure instanceof PortInUseException taken) {
            return Optional.of("Port %d is in use: stop who listens there, or choose another port for the gateway."
                    .formatted(taken.getPort()));
        }
        return Optional.of(failure).filter(StartRefused.class::isInstance).map(Throwable::getMessage);
    }
}
