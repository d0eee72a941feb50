package io.aerodb.storage.gateway.wiring;

import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Prints a {@link StartRefused} in place of Boot's failure report; the process then ends with exit code 1. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusalReporter implements SpringBootExceptionReporter {

    @Override
    public boolean reportException(Throwable failure) {
        Optional<StartRefused> refusal = refusalIn(failure);
        refusal.ifPresent(refused -> System.err.println(refused.getMessage()));
        return refusal.isPresent();
    }

    private static Optional<StartRefused> refusalIn(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .filter(StartRefused.class::isInstance)
                .map(StartRefused.class::cast)
                .findFirst();
    }
}
