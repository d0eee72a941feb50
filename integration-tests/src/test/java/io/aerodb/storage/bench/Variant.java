package io.aerodb.storage.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway to be measured.
 *
 * @param checkout the working copy whose {@code run} starts it
 * @param jvmOptions added to those of {@code run}
 * @param settings like {@code storage.local.fsync=false}
 */
record Variant(String name, Path checkout, List<String> jvmOptions, List<String> settings) {

    /** The same with more settings. */
    Variant with(String otherName, List<String> more) {
        List<String> all = new ArrayList<>(settings);
        all.addAll(more);
        return new Variant(otherName, checkout, jvmOptions, all);
    }
}
