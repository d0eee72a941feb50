package io.aerodb.storage.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Bytes of the heap that the threads of a gateway have taken so far, as its JVM counts them: exact to 1 MiB a thread. */
public final class HeapAllocation {

    private static final Pattern OF_A_THREAD = Pattern.compile(" allocated=(\\d+)([BKMG]) ");
    private static final Map<String, Long> UNITS = Map.of("B", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

    private HeapAllocation() {}

    public static long of(Gateway gateway) {
        long bytes = OF_A_THREAD
                .matcher(threads(gateway.pid()))
                .results()
                .mapToLong(HeapAllocation::bytes)
                .sum();
        if (bytes == 0) {
            throw new AssertionError("the JVM tells of no thread what it has allocated");
        }
        return bytes;
    }

    private static long bytes(MatchResult thread) {
        return Long.parseLong(thread.group(1)) * UNITS.get(thread.group(2));
    }

    private static String threads(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            return Shell.run(Path.of("."), Map.of(), jcmd.toString(), Long.toString(pid), "Thread.print", "-e")
                    .out();
        } catch (IOException | InterruptedException noTool) {
            throw new AssertionError("a JDK is needed, with jcmd", noTool);
        }
    }
}
