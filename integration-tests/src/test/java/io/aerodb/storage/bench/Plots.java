package io.aerodb.storage.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/** Pictures of a line as SVG. */
final class Plots {

    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#7fb3d5", "#c0392b", "#e59866", "#7d8a2e", "#8e44ad");
    private static final List<Double> PERCENTILES = List.of(0.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.99);
    private static final int WIDTH = 420;
    private static final int LEFT = 110;
    private static final int RIGHT = WIDTH - 130;
    private static final int BAR = 22;
    private static final int HEIGHT = 220;

    private Plots() {}

    /** A bar for each contestant, as long as its median, and a stroke from its smallest to its largest value. */
    static String speeds(Results results, Line line) {
        Metric metric = line.bytes() >= Line.MIB ? Metric.MEGABYTES : Metric.REQUESTS;
        List<String> contestants = results.contestants(line);
        double most = contestants.stream()
                .mapToDouble(who -> results.spread(who, line, metric).max())
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder();
        for (int row = 0; row < contestants.size(); row++) {
            Spread spread = results.spread(contestants.get(row), line, metric);
            svg.append(bar(row, contestants.get(row), spread, (RIGHT - LEFT) / most));
        }
        return svg(
                contestants.size() * BAR + 22, svg + text(LEFT, contestants.size() * BAR + 16, "start", metric.title));
    }

    /** A curve for each contestant: how long the fastest so many percent took at most; both axes are logarithmic. */
    static String delays(Results results, Line line) {
        List<String> contestants = results.contestants(line);
        List<Histogram> histograms =
                contestants.stream().map(who -> all(results.rounds(who, line))).toList();
        double least = millis(histograms).min().orElse(0.1);
        double most = Math.max(least * 10, millis(histograms).max().orElse(1));
        StringBuilder svg = new StringBuilder();
        svg.append(grid(least, most));
        for (int each = 0; each < contestants.size(); each++) {
            svg.append(curve(histograms.get(each), least, most, colour(each)))
                    .append(stroke(RIGHT + 12, 20 + each * 18.0, RIGHT + 30, 20 + each * 18.0, colour(each)))
                    .append(text(RIGHT + 35, 24 + each * 18.0, "start", contestants.get(each)));
        }
        return svg(HEIGHT + 22, svg.toString());
    }

    private static String bar(int row, String name, Spread spread, double scale) {
        double y = row * BAR + 3.0;
        double middle = y + 8;
        return text(LEFT - 6, y + 12, "end", name)
                + format(
                        "<rect x='%d' y='%.1f' width='%.1f' height='16' fill='%s'/>",
                        LEFT, y, spread.median() * scale, colour(row))
                + stroke(LEFT + spread.min() * scale, middle, LEFT + spread.max() * scale, middle, "#222")
                + text(RIGHT + 6, y + 12, "start", spread.toString());
    }

    private static String grid(double least, double most) {
        StringBuilder svg = new StringBuilder();
        for (double p : new double[] {50, 90, 99, 99.9, 99.99}) {
            svg.append(stroke(x(p), 10, x(p), HEIGHT, "#ddd"))
                    .append(text(x(p), HEIGHT + 14, "middle", ("" + p).replace(".0", "") + " %"));
        }
        for (double decade = Math.pow(10, Math.floor(Math.log10(least))); decade <= most; decade *= 10) {
            DoubleStream.of(decade, 2 * decade, 5 * decade)
                    .filter(tick -> tick >= least && tick <= most)
                    .forEach(tick -> svg.append(stroke(LEFT, y(tick, least, most), RIGHT, y(tick, least, most), "#ddd"))
                            .append(text(LEFT - 6, y(tick, least, most) + 4, "end", Metric.text(tick) + " ms")));
        }
        return svg.toString();
    }

    private static String curve(Histogram histogram, double least, double most, String colour) {
        return PERCENTILES.stream()
                .map(p -> format("%.1f,%.1f", x(p), y(histogram.getValueAtPercentile(p) / 1e6, least, most)))
                .collect(Collectors.joining(
                        " ", "<polyline fill='none' stroke-width='2' stroke='" + colour + "' points='", "'/>"));
    }

    private static Histogram all(List<Round> rounds) {
        Histogram all = new Histogram(3);
        rounds.forEach(round -> all.add(round.latency()));
        return all;
    }

    private static DoubleStream millis(List<Histogram> histograms) {
        return histograms.stream()
                .flatMapToDouble(
                        histogram -> PERCENTILES.stream().mapToDouble(p -> histogram.getValueAtPercentile(p) / 1e6))
                .map(value -> Math.max(value, 0.001));
    }

    private static double x(double percentile) {
        return LEFT - Math.log10(1 - percentile / 100) / 4 * (RIGHT - LEFT);
    }

    private static double y(double millis, double least, double most) {
        return HEIGHT - Math.log(Math.max(millis, 0.001) / least) / Math.log(most / least) * (HEIGHT - 10);
    }

    private static String colour(int each) {
        return COLOURS.get(each % COLOURS.size());
    }

    private static String stroke(double x1, double y1, double x2, double y2, String colour) {
        return format(
                "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='1.5'/>",
                x1, y1, x2, y2, colour);
    }

    private static String text(double x, double y, String anchor, String text) {
        return format(
                "<text x='%.1f' y='%.1f' font-size='11' text-anchor='%s'>%s</text>",
                x, y, anchor, HtmlReport.escaped(text));
    }

    private static String svg(int height, String content) {
        return format(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'>%s</svg>", WIDTH + 60, height, content);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
