package io.aerodb.storage.faults;

import io.aerodb.storage.backend.FaultPoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs inside the gateway, in a jar that {@link ArmedGateway} makes: strikes once at the point that a file orders,
 * {@code POINT halt N} or {@code POINT fail N}, when it is reached for the N-th time. Whoever removes the file first strikes.
 */
public final class ArmedPoint implements FaultPoints.Hook {

    static final String ORDER = "fault.order";

    private final Path order = Path.of(System.getProperty(ORDER));
    private final AtomicInteger hits = new AtomicInteger();

    @Override
    public void reached(String point) {
        String[] ordered = ordered().split(" ");
        if (ordered[0].equals(point)
                && hits.incrementAndGet() >= Integer.parseInt(ordered[2])
                && order.toFile().delete()) {
            hits.set(0);
            strike(point, ordered[1]);
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
