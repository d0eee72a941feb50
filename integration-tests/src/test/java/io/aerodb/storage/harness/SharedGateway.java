package io.aerodb.storage.harness;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The gateways that most test classes share: started when first asked for, stopped after the last test, when also their
 * output is searched for leaks.
 */
public final class SharedGateway implements LauncherSessionListener {

    private static Gateway plain;
    private static ProductionGateway production;

    /** With everything at its defaults: embedded database, generated secret. */
    public static synchronized Gateway get() {
        if (plain == null) {
            plain = Gateway.start();
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
        List<AutoCloseable> started = new ArrayList<>();
        synchronized (SharedGateway.class) {
            started.add(production);
            started.add(plain);
            production = null;
            plain = null;
        }
        started.removeIf(gateway -> gateway == null);
        started.forEach(SharedGateway::close);
    }

    private static void close(AutoCloseable gateway) {
        try {
            gateway.close();
        } catch (Exception failed) {
            throw new IllegalStateException("a shared gateway did not end well", failed);
        }
    }
}
