package io.aerodb.storage.harness;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The gateways that most test classes share: started when first asked for, stopped after the last test, when also their
 * output is searched for leaks.
 */
public final class SharedGateway implements LauncherSessionListener {

    private static Gateway plain;
    private static ProductionGateway production;

    /** With nearly everything at its defaults: embedded database, generated secret. Some tests are slow clients on purpose. */
    public static synchronized Gateway get() {
        if (plain == null) {
            plain = Gateway.start("--storage.http.slow-client-window=10m");
        }
        return plain;
    }

    /** As in production: a database of somebody else's, keys and limits given. */
    public static synchronized ProductionGateway production() {
        if (production == null) {
            production = ProductionGateway.beside(get());
        }
        return production;
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        List<Throwable> failures = Stream.of(production, plain)
                .filter(Objects::nonNull)
                .flatMap(SharedGateway::failureOfClosing)
                .toList();
        production = null;
        plain = null;
        if (!failures.isEmpty()) {
            IllegalStateException all = new IllegalStateException("a shared gateway did not end well");
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    private static Stream<Throwable> failureOfClosing(AutoCloseable gateway) {
        try {
            gateway.close();
            return Stream.empty();
        } catch (Exception | AssertionError failure) {
            return Stream.of(failure);
        }
    }
}
