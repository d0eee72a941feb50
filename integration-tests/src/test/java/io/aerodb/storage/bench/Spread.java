package io.aerodb.storage.bench;

import java.util.Collection;

/** Median, smallest and largest of some values. */
record Spread(double median, double min, double max) {

    static Spread of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Like {@code 950 (930–970)}. */
    @Override
    public String toString() {
        return "%s (%s–%s)".formatted(Metric.text(median), Metric.text(min), Metric.text(max));
    }
}
