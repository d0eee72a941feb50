package io.aerodb.storage.bench;

import java.util.Collection;

/** Median, smallest and largest of some values; NaN of none. */
record Spread(double median, double min, double max) {

    static Spread of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    boolean known() {
        return Double.isFinite(median);
    }

    /** Like {@code 950 (930–970)}. */
    @Override
    public String toString() {
        return known() ? "%s (%s–%s)".formatted(Metric.text(median), Metric.text(min), Metric.text(max)) : "–";
    }
}
