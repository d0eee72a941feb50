package io.aerodb.storage.faults;

import io.aerodb.storage.backend.FaultPoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Runs inside the gateway, in a jar that {@link ArmedGateway} makes: strikes once at the point that a file orders,
 * {@code POINT halt} or {@code POINT fail}. Whoever removes the file first strikes.
 */
public final class ArmedPoint implements FaultPoints.Hook {

    static final String ORDER = "fault.order";

    private final Path order = Path.of(System.getProperty(ORDER));

    @Override
    public void reached(String point) {
        String ordered = ordered();
        if (ordered.startsWith(point + " ") && order.toFile().delete()) {
            strike(point, ordered.substring(point.length() + 1));
        }
    }

    private String ordered() {
        try {
            return Files.readString(order);
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void strike(String point, String action) {
        if (action.equals("halt")) {
            Runtime.getRuntime().halt(137);
        }
        throw new IllegalStateException("a test lets this fail: " + point);
    }
}
