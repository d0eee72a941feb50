package io.aerodb.storage.bench;

import java.util.stream.DoubleStream;

/**
 * What a JVM tells of its collector since some start; NaN where it tells nothing.
 *
 * @param pauses seconds in which it stood still
 * @param allocated bytes; known when a collection ends, so in steps of the young generation
 */
record Jvm(double pauses, double allocated) {

    static final Jvm UNKNOWN = new Jvm(Double.NaN, Double.NaN);

    /** From the text that Prometheus reads. Pauses are in it from the first one on. */
    static Jvm of(String metrics) {
        double allocated =
                values(metrics, "jvm_gc_memory_allocated_bytes_total").average().orElse(Double.NaN);
        double pauses = values(metrics, "jvm_gc_pause_seconds_sum").sum();
        return Double.isNaN(allocated) ? UNKNOWN : new Jvm(pauses, allocated);
    }

    Jvm since(Jvm start) {
        return new Jvm(pauses - start.pauses, allocated - start.allocated);
    }

    private static DoubleStream values(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
    }
}
