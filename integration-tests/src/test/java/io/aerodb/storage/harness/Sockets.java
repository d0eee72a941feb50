package io.aerodb.storage.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What listens on this machine, and which processes run: read from {@code /proc}. */
public final class Sockets {

    private static final String LISTENING = "0A";

    private Sockets() {}

    public static boolean known() {
        return Files.isReadable(Path.of("/proc/net/tcp"));
    }

    /** The local addresses, in the kernel's hexadecimal, on which something listens at this port. */
    public static List<String> listeningAddresses(int port) throws IOException {
        String end = String.format(Locale.ROOT, ":%04X", port);
        try (Stream<String> v4 = Files.lines(Path.of("/proc/net/tcp"));
                Stream<String> v6 = Files.lines(Path.of("/proc/net/tcp6"))) {
            return Stream.concat(v4, v6)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns[1].endsWith(end) && columns[3].equals(LISTENING))
                    .map(columns -> columns[1].substring(0, columns[1].indexOf(':')))
                    .distinct()
                    .toList();
        }
    }

    /** Command lines of the processes, other than this one, that mention a directory. */
    public static List<String> processesOf(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .map(process -> commandLine(process.pid()))
                .filter(command -> command.contains(directory.toString()))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }
}
