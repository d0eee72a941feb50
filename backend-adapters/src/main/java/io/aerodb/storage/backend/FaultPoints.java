package io.aerodb.storage.backend;

import java.util.ServiceLoader;

/**
 * Named steps at which tests let the process die or the step fail; {@code docs/reliability.md} lists them. No setting arms
 * them: that takes a {@link Hook} on the class path, of which the product has none, so that {@link #reach} is a call of an
 * empty method of a constant, which the JIT removes.
 */
public final class FaultPoints {

    private static final Hook HOOK = ServiceLoader.load(Hook.class, FaultPoints.class.getClassLoader())
            .findFirst()
            .orElse(point -> {});

    private FaultPoints() {}

    /** @param point its name, a literal: by these the documentation is compared with the code */
    public static void reach(String point) {
        HOOK.reached(point);
    }

    /** What a test does at a point: nothing, throw, or end the process. */
    @FunctionalInterface
    public interface Hook {

        void reached(String point);
    }
}
