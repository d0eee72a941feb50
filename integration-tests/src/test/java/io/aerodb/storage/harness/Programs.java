package io.aerodb.storage.harness;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** Programs of the system that a test starts. */
public final class Programs {

    private Programs() {}

    /** Where the first of these that there is stands; without any the test ends as skipped. */
    public static String require(String... names) {
        return Arrays.stream(names)
                .flatMap(name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseGet(() -> Assumptions.abort("no " + names[0] + " on this system"));
    }
}
