package io.aerodb.storage.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
    final Set<Role> baselines = EnumSet.of(Role.NGINX, Role.S3PROXY);
    Optional<URI> peer = Optional.empty();
    Optional<Processors> serverProcessors = Optional.empty();
    Optional<Processors> clientProcessors = Optional.empty();
    int rounds = 5;
    int seconds = 3;
    int warmUpSeconds = 3;
    int warmUpLimitSeconds = 180;
    int visits = 1;
    int quietSeconds;
    int objects = 1_000_000;
    boolean listing;
    Path output = root.resolve("integration-tests/target/bench");

    private final List<Line> all = Lines.all();
    private final Set<Group> groups = EnumSet.noneOf(Group.class);
    private final List<String> peerHeaders = new ArrayList<>();
    private Pattern only = Pattern.compile("");
    private boolean quick;

    Options(String... arguments) {
        Deque<String> words = new ArrayDeque<>(List.of(arguments));
        variants.add(variant("A"));
        while (!words.isEmpty()) {
            take(words.remove(), words);
        }
    }

    /** The same ones each time. */
    List<Line> lines() {
        return all.stream()
                .filter(line -> only.matcher(line.name()).find())
                .filter(line -> groups.isEmpty() || groups.contains(line.group()))
                .filter(line -> line.main() || !quick)
                .toList();
    }

    /** Lines of a head. */
    String peerHeaders() {
        return peerHeaders.isEmpty() ? "" : String.join("\r\n", peerHeaders) + "\r\n";
    }

    private void take(String option, Deque<String> words) {
        switch (option) {
            case "--quick" -> quick();
            case "--list" -> listing = true;
            case "--only" -> only = Pattern.compile(value(option, words));
            case "--group" -> groups.addAll(names(Group.class, option, words));
            case "--rounds" -> rounds = number(option, words);
            case "--seconds" -> seconds = number(option, words);
            case "--warm-up" -> warmUpSeconds = number(option, words);
            case "--warm-up-limit" -> warmUpLimitSeconds = number(option, words);
            case "--await-quiet" -> quietSeconds = number(option, words);
            case "--visits" -> visits = number(option, words);
            case "--objects" -> objects = number(option, words);
            case "--output" -> output = Path.of(value(option, words)).toAbsolutePath();
            case "--server-cpus" -> serverProcessors = Optional.of(processors(option, words));
            case "--client-cpus" -> clientProcessors = Optional.of(processors(option, words));
            case "--baselines" -> baselines(option, words);
            case "--peer" -> peer = Optional.of(URI.create(value(option, words)));
            case "--peer-header" -> peerHeaders.add(value(option, words));
            case "--setting" -> last().settings().add(value(option, words));
            case "--jvm-option" -> last().jvmOptions().add(value(option, words));
            case "--checkout" -> checkout(Path.of(value(option, words)));
            case "--versus" -> versus();
            default -> throw new Misused("'" + option + "' is no option of run bench.");
        }
    }

    private void quick() {
        quick = true;
        seconds = 2;
        warmUpSeconds = 2;
        warmUpLimitSeconds = 60;
        rounds = 3;
        objects = 200_000;
    }

    private void baselines(String option, Deque<String> words) {
        baselines.retainAll(
                words.peek() != null && words.peek().equals("none") && words.remove() != null
                        ? Set.of()
                        : names(Role.class, option, words));
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

    /** {@code all} is left to the system. */
    private static Processors processors(String option, Deque<String> words) {
        String list = value(option, words);
        if (!list.matches("all|[0-9,-]+")) {
            throw new Misused("'" + list + "' is no list of processors for " + option + ".");
        }
        return list.equals("all") ? Processors.ALL : new Processors(list);
    }

    private static <E extends Enum<E>> List<E> names(Class<E> type, String option, Deque<String> words) {
        String list = value(option, words);
        try {
            return Arrays.stream(list.split(","))
                    .map(name -> Enum.valueOf(type, name.strip().toUpperCase(Locale.ROOT)))
                    .toList();
        } catch (IllegalArgumentException unknown) {
            throw new Misused("'" + list + "' is unknown to " + option + ".");
        }
    }

    private static int number(String option, Deque<String> words) {
        String value = value(option, words);
        if (!value.matches("[1-9]\\d{0,7}")) {
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
