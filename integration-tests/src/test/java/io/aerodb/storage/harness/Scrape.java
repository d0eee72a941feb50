package io.aerodb.storage.harness;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a gateway shows to Prometheus, read as its text format 0.0.4 wants it: each family begins with its help and its type, its
 * samples follow, and none is there twice. Fails on anything else.
 */
public final class Scrape {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*)\"(?:,|$)");

    private final String text;
    private final Map<String, String> types = new TreeMap<>();
    private final Map<Series, Double> samples = new LinkedHashMap<>();
    private String family = "";

    /** One sample's name and labels. */
    public record Series(String name, Map<String, String> labels) {}

    private Scrape(String text) {
        this.text = text;
        text.lines().forEach(this::line);
    }

    public static Scrape of(Gateway gateway) {
        return new Scrape(gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/prometheus"), BodyPublishers.noBody())
                .expect(200)
                .text());
    }

    public String text() {
        return text;
    }

    /** Of each family. */
    public Map<String, String> types() {
        return types;
    }

    public Set<Series> series() {
        return samples.keySet();
    }

    /** Names of samples, like {@code …_bucket} of histograms. */
    public Set<String> names() {
        return series().stream().map(Series::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The values of this label. */
    public Set<String> values(String label) {
        return series().stream()
                .map(series -> series.labels().get(label))
                .filter(value -> value != null)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The sum of all series of this name that have these labels, in pairs of name and value; fails when there is none. */
    public double sum(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().name().equals(name))
                .filter(sample -> sample.getKey().labels().entrySet().containsAll(wanted.entrySet()))
                .mapToDouble(Map.Entry::getValue)
                .reduce(Double::sum)
                .orElseThrow(() -> new AssertionError("no series " + name + wanted));
    }

    private void line(String line) {
        String[] words = line.split(" ", 4);
        if (line.startsWith("# HELP ")) {
            family = words[2];
        } else if (line.startsWith("# TYPE ")) {
            check(words[2].equals(family) && types.put(family, words[3]) == null, line);
        } else {
            sample(line);
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        check(sample.matches(), line);
        String part = sample.group(1);
        check(part.equals(family) || part.matches(Pattern.quote(family) + "_(bucket|count|sum)"), line);
        Series series = new Series(part, labels(sample.group(2) == null ? "" : sample.group(2)));
        check(samples.put(series, number(sample.group(3))) == null, line);
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            check(labels.put(label.group(1), label.group(2)) == null, text);
            end = label.end();
        }
        check(end == text.length(), text);
        return labels;
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("Inf", "Infinity"));
    }

    private static void check(boolean right, String line) {
        if (!right) {
            throw new AssertionError("not the text format of Prometheus: " + line);
        }
    }
}
