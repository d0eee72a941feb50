package io.aerodb.storage.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** What the command line asks for; {@code ./run bench --help} describes it. Variables, because options come one by one. */
final class Options {

    /** An option that does not exist or lacks its value. */
    static final class Misused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Misused(String message) {
            super(message);
        }
    }

    final Path root = Path.of(System.getProperty("repository.root", ".")).toAbsolutePath();
    final List<Variant> variants = new ArrayList<>();
    Pattern only = Pattern.compile("");
    int rounds = 3;
    int seconds = 4;
    Path output = root.resolve("integration-tests/target/bench");

    private int visits;

    Options(String... arguments) {
        Deque<String> words = new ArrayDeque<>(List.of(arguments));
        variants.add(variant("A"));
        while (!words.isEmpty()) {
            take(words.remove(), words);
        }
    }

    List<Line> lines() {
        return Line.all().stream()
                .filter(line -> only.matcher(line.toString()).find())
                .toList();
    }

    /** How often each variant is started; two of them take turns. */
    int visits() {
        return visits > 0 ? visits : variants.size();
    }

    private void take(String option, Deque<String> words) {
        switch (option) {
            case "--quick" -> seconds = 1;
            case "--only" -> only = Pattern.compile(value(option, words));
            case "--rounds" -> rounds = number(option, words);
            case "--seconds" -> seconds = number(option, words);
            case "--visits" -> visits = number(option, words);
            case "--output" -> output = Path.of(value(option, words)).toAbsolutePath();
            case "--setting" -> last().settings().add(value(option, words));
            case "--jvm-option" -> last().jvmOptions().add(value(option, words));
            case "--checkout" -> checkout(Path.of(value(option, words)));
            case "--versus" -> versus();
            default -> throw new Misused("'" + option + "' is no option of run bench.");
        }
    }

    private Variant last() {
        return variants.get(variants.size() - 1);
    }

    private void checkout(Path other) {
        Variant old = variants.remove(variants.size() - 1);
        variants.add(new Variant(old.name(), other.toAbsolutePath(), old.jvmOptions(), old.settings()));
    }

    private void versus() {
        if (variants.size() == 2) {
            throw new Misused("--versus compares two variants, not more.");
        }
        variants.add(variant("B"));
    }

    private Variant variant(String name) {
        return new Variant(name, root, new ArrayList<>(), new ArrayList<>());
    }

    private static int number(String option, Deque<String> words) {
        String value = value(option, words);
        if (!value.matches("[1-9]\\d{0,4}")) {
            throw new Misused("'" + value + "' is no number for " + option + ".");
        }
        return Integer.parseInt(value);
    }

    private static String value(String option, Deque<String> words) {
        if (words.isEmpty()) {
            throw new Misused(option + " needs a value.");
        }
        return words.remove();
    }
}
