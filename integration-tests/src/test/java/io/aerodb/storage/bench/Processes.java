package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The processes of a server, read from /proc.
 *
 * @param root none for a server that somebody else started
 * @param database whether its descendants are PostgreSQL, and not more of the server
 */
record Processes(Optional<ProcessHandle> root, boolean database) {

    static final Processes UNKNOWN = new Processes(Optional.empty(), false);

    static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux of today
    private static final long PAGE = 4096;

    static Processes gateway(ProcessHandle root) {
        return new Processes(Optional.of(root), true);
    }

    static Processes family(ProcessHandle root) {
        return new Processes(Optional.of(root), false);
    }

    /** Of the server, PostgreSQL not counted; in seconds. */
    double serverCpu() {
        long own = root.map(process -> ticks(process, 2)).orElse(0L);
        return (database ? own : own + descendants()) / TICKS_PER_SECOND;
    }

    /** Of PostgreSQL, processes that have ended included; in seconds. */
    double databaseCpu() {
        return database ? descendants() / TICKS_PER_SECOND : 0;
    }

    /** Resident bytes of the server, PostgreSQL not counted. */
    long resident() {
        return own().mapToLong(Processes::resident).sum();
    }

    /** Those of the server, PostgreSQL not among them. */
    Stream<ProcessHandle> own() {
        return database
                ? root.stream()
                : root.stream().flatMap(process -> Stream.concat(Stream.of(process), process.descendants()));
    }

    /** A child that ended is counted in its parent, which waited for it. */
    private long descendants() {
        return root.stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(process -> ticks(process, 4))
                .sum();
    }

    private static long resident(ProcessHandle process) {
        String[] words = words(directory(process).resolve("statm"));
        return words.length < 2 ? 0 : Long.parseLong(words[1]) * PAGE;
    }

    /** The first so many of utime, stime, cutime and cstime of proc_pid_stat(5). */
    static long ticks(ProcessHandle process, int fields) {
        return ticks(directory(process), fields);
    }

    /** The same of the process or thread whose directory below /proc this is. */
    static long ticks(Path directory, int fields) {
        String[] words = words(directory.resolve("stat"));
        return Arrays.stream(words)
                .skip(11)
                .limit(fields)
                .flatMapToLong(word -> LongStream.of(Long.parseLong(word)))
                .sum();
    }

    static Path directory(ProcessHandle process) {
        return Path.of("/proc", "" + process.pid());
    }

    /** Behind the name of the process, which may hold spaces; none for a process that is gone. */
    private static String[] words(Path file) {
        try {
            String text = Files.readString(file);
            int name = text.lastIndexOf(')');
            return text.substring(name < 0 ? 0 : name + 2).split(" ");
        } catch (NoSuchFileException gone) {
            return new String[0];
        } catch (IOException dying) {
            return new String[0];
        }
    }
}
