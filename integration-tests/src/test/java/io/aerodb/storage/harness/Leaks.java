package io.aerodb.storage.harness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Netty reports a buffer that was not released once the collector has found it and the next buffer is made. */
final class Leaks {

    private Leaks() {}

    static List<String> in(String output) {
        return output.lines().filter(line -> line.contains("LEAK")).toList();
    }

    /** Lets the gateway's collector run and makes some buffers, so that leaks of the past are reported. */
    static void bringToLight(Gateway gateway) {
        try {
            for (int round = 0; round < 2; round++) {
                collect(gateway.pid());
                URI health = gateway.management().resolve("/actuator/health"); // asks the database and the backend, too
                gateway.anonymously().exchange("GET", health, BodyPublishers.noBody());
            }
        } catch (IOException noTool) {
            return; // a JRE without jcmd: what the collector did not find by itself stays unknown
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void collect(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor(10, TimeUnit.SECONDS);
    }
}
