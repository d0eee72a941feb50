package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Processors that a process may run on.
 *
 * @param list as {@code taskset -c} takes it; empty for all
 */
record Processors(String list) {

    private static final int OF_SERVERS = 2;

    static final Processors ALL = new Processors("");

    /** The first two, for servers: the same class of machine everywhere. */
    static Processors ofServers() throws IOException {
        return of(allowed().stream().limit(OF_SERVERS));
    }

    /** Those that are left for the client, if they are as many; else the same as the servers'. */
    static Processors ofClient() throws IOException {
        List<Integer> allowed = allowed();
        return allowed.size() >= 2 * OF_SERVERS ? of(allowed.stream().skip(OF_SERVERS)) : ofServers();
    }

    /** What to put before a command. */
    List<String> prefix() {
        return list.isEmpty() || !installed() ? List.of() : List.of("taskset", "-c", list);
    }

    /** From now on this process, too. */
    void pinThisProcess() throws IOException, InterruptedException {
        if (!prefix().isEmpty()) {
            new ProcessBuilder(
                            "taskset",
                            "-a",
                            "-p",
                            "-c",
                            list,
                            "" + ProcessHandle.current().pid())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
    }

    @Override
    public String toString() {
        return prefix().isEmpty() ? "any processor" : "processors " + list;
    }

    private static boolean installed() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "taskset")));
    }

    /** The system's list, like {@code 0-3,8}. */
    private static List<Integer> allowed() throws IOException {
        String list = Files.readString(Path.of("/proc/self/status"))
                .lines()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst()
                .orElse("Cpus_allowed_list: 0")
                .replaceFirst(".*:\\s*", "");
        List<Integer> all = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.strip().split("-");
            IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(all::add);
        }
        return all;
    }

    private static Processors of(Stream<Integer> processors) {
        return new Processors(processors.map(String::valueOf).collect(Collectors.joining(",")));
    }
}
